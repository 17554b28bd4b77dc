"""Where figures are measured: databases, virtual hosts and folders of the benchmark's own, gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.services import POSTGRES, RABBITMQ, database_of_its_own

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Place:
    """A store, and what brings the work to the processes that do it."""

    name: str
    folder: Path
    database_url: str
    broker_url: str | None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a product's process: this place, none of the settings around us, code compiled once."""
        around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        own = {name: value for name, value in around.items() if not name.startswith("LIAISON_")}
        own |= {"LIAISON_DATA_DIR": str(self.folder), "LIAISON_DATABASE_URL": self.database_url}
        return own if self.broker_url is None else own | {"LIAISON_BROKER_URL": self.broker_url}


@contextmanager
def sqlite() -> Iterator[Place]:
    """The embedded default: one process, one file."""
    with _folder() as folder:
        yield Place("sqlite", folder, f"sqlite:///{folder}/liaison.sqlite3", None)


@contextmanager
def postgresql() -> Iterator[Place]:
    """PostgreSQL and RabbitMQ: web, Celery worker and sweeper in processes of their own."""
    with _folder() as folder, database_of_its_own(POSTGRES.url) as database, broker() as url:
        yield Place("postgresql+rabbitmq", folder, database, url)


@contextmanager
def postgresql_alone() -> Iterator[Place]:
    """PostgreSQL without a broker."""
    with _folder() as folder, database_of_its_own(POSTGRES.url) as database:
        yield Place("postgresql", folder, database, None)


Open = Callable[[], AbstractContextManager[Place]]
BOTH: tuple[Open, ...] = (sqlite, postgresql)


@contextmanager
def broker() -> Iterator[str]:
    """A virtual host of the benchmark's own, where rabbitmqctl may make one; else the one that is named.

    The names of the queues are fixed, so in a virtual host that others use their hints would mix with ours.
    """
    name = f"liaison_bench_{uuid.uuid4().hex[:12]}"
    if not _may_control(name):
        yield RABBITMQ.url
        return
    try:
        user = urlsplit(RABBITMQ.url).username or "guest"
        _control("set_permissions", "-p", name, user, ".*", ".*", ".*")
        yield urlsplit(RABBITMQ.url)._replace(path=f"/{name}").geturl()
    finally:
        _control("delete_vhost", name)


def _may_control(name: str) -> bool:
    return shutil.which("rabbitmqctl") is not None and _control("add_vhost", name) == 0


def _control(*arguments: str) -> int:
    done = subprocess.run(["rabbitmqctl", "--quiet", *arguments], capture_output=True, check=False)
    return done.returncode


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as folder:
        yield Path(folder)
