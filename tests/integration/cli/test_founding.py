"""An office that begins without the sample: its own roster, keys and sign-ins, and the first case, by the commands of production."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextvars import copy_context
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import worker
from adapters.cli.house import Rooms
from adapters.cli.program import command
from adapters.rosters.writing import write_roster
from adapters.settings import read_settings
from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster
from tests.integration.doors.offices import cloud_event
from workflows.moves.running import drain

Liaison = Callable[..., Result]

SINCE = date(2026, 1, 1)
POSTS = {
    "office_head": ("united_front", "office_head"),
    "section_officer": ("united_front", "section_officer"),
    "centre_clerk": ("service_centre", "centre_clerk"),
    "town_clerk": ("330226105", "town_clerk"),
    "verifier": ("justice", "category_verifier"),
}


def own_roster() -> Roster:
    units = sorted({unit for unit, _ in POSTS.values()})
    return Roster(
        version="",
        county="330226",
        departments=tuple(Department(unit, unit, unit, SINCE) for unit in units),
        posts=tuple(Post(code, unit, code, code, (Grant(role),)) for code, (unit, role) in POSTS.items()),
        appointments=tuple(Appointment(f"own.{code}", code, SINCE) for code in POSTS),
    )


@pytest.fixture
def liaison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Liaison:
    """Runs a command with the rooms of production, in an empty data folder."""
    for name in ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "LANGUAGE", "KEY"):
        monkeypatch.delenv(f"LIAISON_{name}", raising=False)
    monkeypatch.setenv("LIAISON_DATA_DIR", str(tmp_path / "data"))
    rooms = Rooms(
        store=worker.store,
        doors=worker.doors,
        embedded=worker.embedded,
        turned=worker.turned,
        work=worker.work,
        sweep=worker.sweep,
        begun=worker.begun,
        blobs=worker.blobs_of,
    )

    def run(*arguments: str, key: str | None = None) -> Result:
        environment = {} if key is None else {"LIAISON_KEY": key}
        return copy_context().run(CliRunner().invoke, command(), list(arguments), obj=rooms, env=environment)

    return run


@pytest.fixture
def book(tmp_path: Path) -> str:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(write_roster(own_roster()))
    return str(path)


@pytest.fixture
def event(tmp_path: Path) -> str:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(cloud_event()))
    return str(path)


def work_off() -> None:
    """What `liaison up` does all the time: the moves, until nothing is due."""
    with worker.embedded(read_settings()) as running:
        drain(running.office.engine)


def test_an_office_begins_with_its_own_roster_and_works_its_first_case(liaison: Liaison, book: str, event: str) -> None:
    begun = liaison("roster", "import", book)
    department = liaison("key", "issue", "centre", "--department", "service_centre").stdout.strip()
    clerk = liaison("key", "issue", "clerk", "--user", "own.centre_clerk").stdout.strip()
    sent = liaison("submit", event, key=department)
    work_off()
    inbox = liaison("inbox", "--json", key=clerk)
    sign_in = liaison("sign-in", "own.centre_clerk")

    assert [one.exit_code for one in (begun, sent, inbox, sign_in)] == [0, 0, 0, 0]
    assert [one["kind"] for one in json.loads(inbox.stdout)["items"]] == ["approve"]


def test_the_same_workbook_again_changes_nothing(liaison: Liaison, book: str) -> None:
    liaison("roster", "import", book)

    again = liaison("roster", "import", book)

    assert again.exit_code == 0
    assert "与现行名册相同" in again.stdout


def test_a_trial_of_the_first_roster_leaves_the_folder_as_it_is(liaison: Liaison, book: str) -> None:
    said = liaison("roster", "import", book, "--dry-run")

    assert said.exit_code == 0
    assert "第一个名册" in said.stdout
    assert not worker.begun(read_settings())


def test_without_a_roster_the_office_says_what_to_do(liaison: Liaison) -> None:
    liaison("db", "upgrade")

    said = liaison("cases")

    assert said.exit_code == 5
    assert "liaison roster import" in said.stderr


def test_the_first_roster_must_be_right_too(liaison: Liaison, tmp_path: Path) -> None:
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(b"nothing")

    said = liaison("roster", "import", str(path))

    assert said.exit_code == 1
    assert not worker.begun(read_settings())
