"""Blobs in memory, for the test kit and the tests."""

from __future__ import annotations

from collections.abc import Collection

from workflows.ports import BlobsUnavailable


class MemoryBlobs:
    """`workflows.ports.blobs.Blobs` says what each method means. While `away` is set the store does not answer."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.away = False

    def put(self, key: str, content: bytes) -> None:
        self._reach()
        self.kept[key] = content

    def get(self, key: str) -> bytes | None:
        self._reach()
        return self.kept.get(key)

    def delete(self, keys: Collection[str]) -> None:
        self._reach()
        for key in keys:
            self.kept.pop(key, None)

    def _reach(self) -> None:
        if self.away:
            raise BlobsUnavailable("the blobs in memory are away: set `away` to False")
