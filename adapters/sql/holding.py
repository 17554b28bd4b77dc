"""One process writes an SQLite database: a lock file beside it says which."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class DatabaseInUse(Exception):  # noqa: N818  # said to a person at the start
    """Another process writes this SQLite database."""

    def __init__(self, database: Path, pid: str) -> None:
        super().__init__(
            f"{database} is in use by process {pid or 'unknown'}, and SQLite serves one process: stop it, or set "
            "LIAISON_DATABASE_URL to a PostgreSQL database (postgresql+psycopg://user@host:5432/name), "
            "which serves any number of web and worker processes"
        )


class Hold:
    """The lock on a database file, held until it is let go or the process ends, however it ends."""

    def __init__(self, database: Path) -> None:
        """Take the lock.

        Raises:
            DatabaseInUse: when another process has it.
        """
        self._file = os.open(_lock_file(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(self._file, 32, 0).decode()
            os.close(self._file)
            raise DatabaseInUse(database, pid) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def let_go(self) -> None:
        """Give the lock back."""
        os.close(self._file)


def is_held(database: Path) -> bool:
    """Whether some process writes this database now: then the command line talks to it instead."""
    path = _lock_file(database)
    if not path.exists():
        return False
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _lock_file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")
