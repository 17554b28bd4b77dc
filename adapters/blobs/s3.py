"""Blobs in a bucket of an S3 store: Amazon's, or any that speaks its protocol in the office's own network."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from workflows.ports import BlobsUnavailable

_ANSWER_SECONDS = 20
_CONNECT_SECONDS = 3
_TRIES_SECONDS = 10


class S3Blobs:
    """`workflows.ports.blobs.Blobs` in a bucket; a request that fails is tried again for ten seconds at most.

    Args:
        bucket: its name; it must be there.
        prefix: what the keys begin with, where other things lie in the bucket too; "" for nothing.
        endpoint: the address of the store; "" for Amazon's own.
        region: the region that requests are signed for.
        access_key: the name of the key pair.
        secret_key: its secret part.
    """

    def __init__(  # what an S3 store is told apart by
        self, bucket: str, prefix: str, endpoint: str, region: str, access_key: str, secret_key: str
    ) -> None:
        self._named = f"bucket {bucket!r} at {endpoint or 'Amazon S3'}"
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=endpoint or None,
            region=region,
            access_key_id=access_key,
            secret_access_key=secret_key,
            # A store inside an office has one name, not one for each bucket.
            virtual_hosted_style_request=not endpoint,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=_CONNECT_SECONDS),
                "timeout": timedelta(seconds=_ANSWER_SECONDS),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=_TRIES_SECONDS)},
        )

    def put(self, key: str, content: bytes) -> None:
        try:
            # In one request: the store has the object as a whole or not at all, and no parts of it are ever left over.
            obstore.put(self._store, key, content, use_multipart=False)
        except (BaseError, OSError) as error:
            raise self._unavailable(error) from error

    def get(self, key: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._unavailable(error) from error
            return None
        except (BaseError, OSError) as error:
            raise self._unavailable(error) from error

    def delete(self, keys: Collection[str]) -> None:
        for key in keys:
            # One by one: not every store knows the request that names many.
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue
            except (BaseError, OSError) as error:
                raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> BlobsUnavailable:
        # The library's words go on with a dump of its own state.
        why = str(error).partition("\n")[0]
        return BlobsUnavailable(
            f"attachment store: {self._named}: {why}: look at LIAISON_ATTACHMENT_STORE and its keys"
        )
