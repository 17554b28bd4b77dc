"""Published events that nobody can subscribe to: one JSON line each, appended to a file of this machine.

Embedded there is no broker, and from a sample database nothing goes outside; events that waited for a subscriber
would pile up. So each is written, with fsync, to `published.jsonl` in the data folder, where programs of the same
machine may read it. An event that is written twice after a crash has the same `id`: readers keep
the first. A line torn by a power cut is not JSON: readers skip it, the event follows again.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.gateways.envelope import cloud_event
from workflows.ports import DueEffect


class FeedFile:
    """The gateway "publish" of the embedded mode."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Append and fsync; for each effect key None, or the error to record."""
        lines = b"".join(cloud_event(due) + b"\n" for due in effects)
        try:
            self._append(lines)
        except OSError as error:
            return {due.effect.key: f"{self._path}: {error.strerror}; make room or allow writing" for due in effects}
        return dict.fromkeys((due.effect.key for due in effects), None)

    def _append(self, lines: bytes) -> None:
        # Unbuffered: one append for all lines, so that several processes do not mix theirs.
        with self._path.open("ab", buffering=0) as file:
            whole = self._healing(file.fileno()) + lines
            if file.write(whole) < len(whole):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())

    def _healing(self, descriptor: int) -> bytes:
        """A line end where the last writer was cut off in the middle of a line."""
        size = os.fstat(descriptor).st_size
        if size == 0:
            return b""
        with self._path.open("rb") as file:
            file.seek(size - 1)
            return b"" if file.read(1) == b"\n" else b"\n"
