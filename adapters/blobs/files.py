"""Blobs as files below one folder, spread over two levels of folders by the first letters of their keys."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

from workflows.ports import BlobsUnavailable

_KEY: Final = re.compile(r"[0-9A-Za-z]{16,100}")


class FileBlobs:
    """`workflows.ports.blobs.Blobs` in a folder; `ports.blobs` says what each method promises.

    A file gets its name when it is whole and on the disk: it is written under another name, synced, renamed, and the
    folder synced. What a crash leaves of that begins with a dot and is nobody's blob.

    Args:
        folder: made when it is first needed, for its owner alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, content: bytes) -> None:
        path = self._path(key)
        try:
            self._make(path.parent)
            _write_whole(path, content)
        except OSError as error:
            raise _unavailable(path, error) from error

    def get(self, key: str) -> bytes | None:
        path = self._path(key)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unavailable(path, error) from error

    def delete(self, keys: Collection[str]) -> None:
        for path in sorted(map(self._path, keys)):
            try:
                path.unlink(missing_ok=True)
                if path.parent.is_dir():
                    _sync(path.parent)
            except OSError as error:
                raise _unavailable(path, error) from error

    def _path(self, key: str) -> Path:
        """Where the key's file is.

        Raises:
            ValueError: what is no key of this house names no file either.
        """
        if _KEY.fullmatch(key) is None:
            raise ValueError(f"{key!r} is no key of a blob: 16 to 100 letters and digits")
        return self._folder / key[:2] / key[2:4] / key

    def _make(self, wanted: Path) -> None:
        """The folder, with those above it, each of which is on the disk before anything is put into it."""
        missing = [one for one in (wanted, *wanted.parents) if one.is_relative_to(self._folder) and not one.is_dir()]
        for one in reversed(missing):
            one.mkdir(mode=0o700, parents=one == self._folder, exist_ok=True)
            _sync(one.parent)


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:  # whatever stops it, Ctrl-C too: half a file would lie there for good
        Path(name).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Let what was named or removed in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(path: Path, error: OSError) -> BlobsUnavailable:
    return BlobsUnavailable(
        f"attachment store: {path}: {error.strerror}: give this user room and rights below LIAISON_DATA_DIR"
    )
