"""The Celery application: built without a broker and without a database, which each process opens for itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import structlog
from celery import Celery, signals

from tasks.chain import register
from workflows.ports import Engine

T = TypeVar("T")

log = structlog.get_logger(__name__)


class OpenedBeforeFork(SystemExit):  # ends the process: Celery's signals swallow ordinary exceptions
    """A database connection would be shared by several processes; none of them could trust its answers."""


class PerProcess(Generic[T]):
    """Something that each process makes for itself when it first needs it: connections must not pass a fork."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: tuple[int, T] | None = None
        self._making = threading.Lock()

    def __call__(self) -> T:
        """The thing of this process."""
        with self._making:
            if self._made is None or self._made[0] != os.getpid():
                self._made = (os.getpid(), self._make())
            return self._made[1]

    def is_made_here(self) -> bool:
        return self._made is not None and self._made[0] == os.getpid()


def celery_app(broker_url: Callable[[], str], engine: PerProcess[Engine], progressed: Callable[[], None]) -> Celery:
    """The application with its tasks.

    Args:
        broker_url: asked when the application first needs the broker; may raise what the operator should read.
        engine: the engine of the process that runs a task.
        progressed: called at the start of each chain.
    """
    app = Celery("liaison", set_as_current=False)
    app.config_from_object("celeryconfig")
    app.add_defaults(lambda: {"broker_url": broker_url()})
    register(app, engine, progressed)
    refuse_forks_of(engine)
    return app


def refuse_forks_of(engine: PerProcess[Engine]) -> None:
    """Stop a worker whose main process has opened the engine: its children would share those sockets."""

    def refuse(**_: Any) -> None:
        if engine.is_made_here():
            message = (
                f"process {os.getpid()} opened the database before it started its pool: "
                "open it inside a task (tasks.application.PerProcess), never while a module loads"
            )
            log.critical("opened_before_fork", why=message)
            raise OpenedBeforeFork(message)

    signals.worker_before_create_process.connect(refuse, weak=False)
