"""Where the bytes of attachments lie: outside of the database, and never in plain (`Unit.attachments` seals them)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from domain.attachments import TYPES

MIB: Final = 1024 * 1024


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


@dataclass(frozen=True, slots=True)
class Files:
    """What an office takes in as attachments, and where their bytes lie.

    `types` are endings of `domain.attachments.TYPES`; a file has `most_bytes` at most; what nobody has linked is kept for
    `kept_staged`.
    """

    blobs: Blobs
    types: frozenset[str] = frozenset(TYPES)
    most_bytes: int = 20 * MIB
    kept_staged: timedelta = timedelta(hours=24)
