"""Where the bytes of attachments lie: outside of the database, and never in plain (`Unit.attachments` seals them)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class Blobs(Protocol):
    """Bytes by key. Keys are ids that the house made (letters and digits, 16 at least), never what somebody typed.

    Every method may be called again after it failed or was cut off. Each raises BlobsUnavailable where the store does
    not answer.
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep the bytes under the key, whole or not at all; returns when they survive a loss of power."""

    def get(self, key: str) -> bytes | None:
        """The bytes of a key; None where there are none."""

    def delete(self, keys: Collection[str]) -> None:
        """Remove what is under these keys, there or not."""
