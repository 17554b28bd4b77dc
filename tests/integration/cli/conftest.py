"""The command line in this process, on an office in memory; nothing runs behind the socket."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import worker
from adapters.cli.house import Rooms, Running
from adapters.cli.program import command
from adapters.settings import Settings
from adapters.sql.units import SqlUnits
from tests.integration.doors.offices import Doors, open_doors

Liaison = Callable[..., Result]


@pytest.fixture
def doors() -> Iterator[Doors]:
    opened = open_doors()
    yield opened
    opened.office.committer.stop()


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def liaison(doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Liaison:
    """Runs the command with these arguments."""
    for name in ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "LANGUAGE", "KEY"):
        monkeypatch.delenv(f"LIAISON_{name}", raising=False)
    monkeypatch.setenv("LIAISON_DATA_DIR", str(tmp_path / "data"))

    @contextmanager
    def here(settings: Settings) -> Iterator[Running]:
        yield Running(doors.http.app, doors.office)

    def no_store(settings: Settings) -> AbstractContextManager[SqlUnits]:
        raise AssertionError("this command must not open a store")

    rooms = Rooms(
        store=no_store,
        doors=here,
        embedded=here,
        work=lambda _: 0,
        sweep=lambda _: 0,
        begun=lambda _: True,
        turned=worker.turned,
        blobs=worker.blobs_of,
    )

    def run(*arguments: str, given: str | None = None) -> Result:
        # A context of its own: the language that a command chooses ends with it.
        return copy_context().run(CliRunner().invoke, command(), list(arguments), obj=rooms, input=given)

    return run


def in_json(result: Result) -> Any:
    """What a reading command printed with --json."""
    return json.loads(result.stdout)
