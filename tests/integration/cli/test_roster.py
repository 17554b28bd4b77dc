"""`liaison roster`: shown, exported, compared and adopted over the API of the office."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.rosters.writing import write_roster
from domain.organisation import Appointment
from domain.roster import Roster, versioned
from tests.integration.cli.conftest import Liaison, in_json
from tests.integration.doors.offices import Doors


@pytest.fixture
def book(doors: Doors, tmp_path: Path) -> Path:
    """The office's roster with another clerk in the place of the first one."""
    path = tmp_path / "roster.xlsx"
    path.write_bytes(write_roster(changed(doors.kit.library.roster())))
    return path


def changed(roster: Roster) -> Roster:
    appointments = [one for one in roster.appointments if one.user != "sample.office_clerk"]
    [old] = [one for one in roster.appointments if one.user == "sample.office_clerk"]
    return replace(
        roster, version="", appointments=(*appointments, Appointment("sample.new_clerk", old.post, old.since))
    )


def test_the_roster_is_shown(liaison: Liaison, doors: Doors) -> None:
    shown, data = liaison("roster", "show"), in_json(liaison("roster", "show", "--json"))

    assert shown.exit_code == 0
    assert "sample.office_head" in shown.stdout
    assert data["version"] == doors.kit.library.roster().version


def test_what_is_exported_is_imported_as_the_same_roster(liaison: Liaison, doors: Doors, tmp_path: Path) -> None:
    path = tmp_path / "exported.xlsx"
    before = doors.kit.library.roster()

    exported, imported = liaison("roster", "export", "-o", str(path)), liaison("roster", "import", str(path))

    assert (exported.exit_code, imported.exit_code) == (0, 0)
    assert doors.kit.library.roster() == versioned(before)


@pytest.mark.parametrize("arguments", [("diff",), ("import", "--dry-run")])
def test_a_comparison_tells_who_gains_and_loses_and_adopts_nothing(
    liaison: Liaison, doors: Doors, book: Path, arguments: tuple[str, ...]
) -> None:
    before = doors.kit.library.roster()

    said = liaison("roster", *arguments, str(book))

    assert said.exit_code == 0
    assert "sample.new_clerk" in said.stdout
    assert "没有采用（试运行）" in said.stdout
    assert doors.kit.library.roster() is before


def test_an_import_adopts_the_roster(liaison: Liaison, doors: Doors, book: Path) -> None:
    answer = in_json(liaison("roster", "import", str(book), "--json"))

    assert answer["adopted"]
    assert {one["user"] for one in answer["people"]} == {"sample.office_clerk", "sample.new_clerk"}
    assert doors.kit.library.roster().version == answer["version"]


def test_a_wrong_workbook_ends_with_1_and_a_missing_one_with_2(liaison: Liaison, tmp_path: Path) -> None:
    path = tmp_path / "wrong.xlsx"
    path.write_bytes(b"nothing")

    wrong, missing = liaison("roster", "import", str(path)), liaison("roster", "import", str(tmp_path / "none.xlsx"))

    assert (wrong.exit_code, missing.exit_code) == (1, 2)
    assert "XLSX" in wrong.stderr
