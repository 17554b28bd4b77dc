"""calendar import and calendar show."""

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Liaison, in_json
from tests.integration.doors.offices import Doors
from tests.sheets import comma_separated, workbook

NOTICE = [("日期", "安排", "名称"), ("2027-01-01", "放假", "元旦"), ("2027-01-09", "上班", "元旦")]


@pytest.fixture
def notice(tmp_path: Path) -> str:
    path = tmp_path / "notice.xlsx"
    path.write_bytes(workbook(NOTICE))
    return str(path)


def test_the_differences_come_first_and_a_dry_run_ends_there(doors: Doors, liaison: Liaison, notice: str) -> None:
    result = liaison("calendar", "import", notice, "--dry-run")

    assert result.exit_code == 0
    assert "与现行版本sample-4的差异：" in result.stdout
    assert "2027-01-09" in result.stdout
    assert "没有更新日历" in result.stdout
    assert doors.kit.library.calendar().version == "sample-4"


def test_an_import_makes_the_next_version_that_show_then_shows(doors: Doors, liaison: Liaison, notice: str) -> None:
    imported = liaison("calendar", "import", notice)

    shown = liaison("calendar", "show", "2027")

    assert imported.exit_code == 0
    assert imported.stdout.index("差异") < imported.stdout.index("已发布日历版本2027-1")
    assert "调休上班" in shown.stdout
    assert doors.kit.library.calendar().version == "2027-1"


def test_a_year_without_notice_says_so(liaison: Liaison) -> None:
    assert "2027年的放假安排尚未公布" in liaison("calendar", "show", "2027").stdout
    assert in_json(liaison("calendar", "show", "2026", "--json"))["announced"]


def test_a_wrong_row_is_named_and_nothing_is_published(doors: Doors, liaison: Liaison, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(comma_separated([*NOTICE, ("2027-02-30", "放假", "")]))

    result = liaison("calendar", "import", str(path))

    assert result.exit_code == 1
    assert "/rows/4" in result.stderr
    assert doors.kit.library.calendar().version == "sample-4"


def test_a_file_that_is_not_there_is_a_wrong_use(liaison: Liaison) -> None:
    assert liaison("calendar", "import", "nowhere.xlsx").exit_code == 2
