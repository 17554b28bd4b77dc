"""The roster as a workbook: what is written reads back, and each wrong row is named with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from xlsxwriter import Workbook

from adapters.rosters.reading import read_roster
from adapters.rosters.sheets import SHEETS
from adapters.rosters.writing import write_roster
from adapters.sample.county import sample_roster
from adapters.texts import in_english, speaking
from domain.organisation import Handover, Proxy
from domain.roster import Roster, versioned

DAY = date(2026, 3, 2)

Rows = dict[str, list[list[Any]]]


def sound() -> Rows:
    """The rows of a small office below their headers, as people type them."""
    return {
        "departments": [
            ["office", "办公室", "", "否", DAY, ""],
            [330226105, "岔路镇", "Chalu Town", "是", "2026/3/2", ""],
        ],
        "posts": [
            ["head", "office", "主任", "Head", "office_head", "", "", ""],
            ["clerk", "office", "干事", "", "office_clerk、process_admin", "head", "", ""],
            ["town", 330226105, "统战干事", "", "town_clerk:330226105 liaison:330226105", "", "", "2027-01-01"],
        ],
        "appointments": [
            ["chen", "head", "2026-03-02", ""],
            ["li", "clerk", "", ""],
            ["wang", "town", "2026-03-02", "2026-12-31"],
        ],
        "proxies": [["代理", "chen", "li", "2026-03-02", "2026-03-06", ""]],
    }


def workbook(rows: Rows, *, english: bool = False, without: tuple[str, ...] = ()) -> bytes:
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in SHEETS:
            if sheet.name in without:
                continue
            page = book.add_worksheet(in_english(sheet.title) if english else sheet.title)
            headers = [in_english(one.title) if english else one.title for one in sheet.columns]
            for number, row in enumerate([headers, *rows.get(sheet.name, [])]):
                for place, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(number, place, cell, days)
                    else:
                        page.write(number, place, cell)
    return content.getvalue()


def roster_of(content: bytes) -> Roster:
    found = read_roster(content, "330226")
    assert isinstance(found, Roster), found
    return found


def faults_in(rows: Rows, **more: Any) -> list[tuple[str, str]]:
    found = read_roster(workbook(rows, **more), "330226")
    assert not isinstance(found, Roster)
    return [(one.pointer, one.code) for one in found]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_sample_roster_is_written_and_reads_back(language: str) -> None:
    people = sample_roster()
    people = replace(
        people,
        proxies=(Proxy("sample.office_head", "sample.office_clerk", DAY, date(2026, 3, 6), "member_registration"),),
        handovers=(Handover("sample.centre_clerk_1", "sample.centre_clerk_2", DAY),),
    )

    with speaking(language):
        content = write_roster(people)

    assert roster_of(content) == replace(people, version="")


@pytest.mark.parametrize("english", [False, True])
def test_a_workbook_as_people_type_it_is_read_under_either_header(english: bool) -> None:  # a parameter of the test
    found = roster_of(workbook(sound(), english=english))

    assert [one.code for one in found.departments] == ["office", "330226105"]
    assert (found.departments[0].name_en, found.departments[1].since) == ("办公室", DAY)
    assert [(one.code, one.superior, len(one.roles)) for one in found.posts] == [
        ("head", None, 1),
        ("clerk", "head", 2),
        ("town", None, 2),
    ]
    assert [(one.user, one.since, one.until) for one in found.appointments][1:] == [
        ("li", date.min, None),
        ("wang", DAY, date(2026, 12, 31)),
    ]
    assert found.proxies == (Proxy("chen", "li", DAY, date(2026, 3, 6)),)


def test_the_sheet_of_proxies_may_be_missing() -> None:
    assert roster_of(workbook(sound(), without=("proxies",))).proxies == ()


def test_the_same_content_has_the_same_version_and_another_content_another() -> None:
    first, again = (versioned(roster_of(workbook(sound()))) for _ in range(2))
    other = versioned(roster_of(workbook(sound() | {"proxies": []})))

    assert first == again
    assert first.version != other.version


WRONG = [
    ("departments", 0, 0, "Büro", "bad_code", "/departments/2/code"),
    ("departments", 0, 1, "", "missing_value", "/departments/2/name_zh"),
    ("departments", 0, 3, "也许", "bad_choice", "/departments/2/member"),
    ("departments", 1, 0, "office", "twice", "/departments/3/code"),
    ("departments", 1, 4, "2026-02-30", "bad_date", "/departments/3/since"),
    ("posts", 1, 1, "nowhere", "unknown_name", "/posts/3/department"),
    ("posts", 1, 4, "office head!", "bad_role", "/posts/3/roles"),
    ("posts", 1, 5, "nobody", "unknown_name", "/posts/3/superior"),
    ("posts", 0, 5, "clerk", "circle", "/posts"),
    ("posts", 2, 6, "2027-06-01", "ends_before", "/posts/4/until"),
    ("appointments", 0, 0, "陈样例", "bad_code", "/appointments/2/user"),
    ("appointments", 0, 0, "13800000000", "bad_code", "/appointments/2/user"),
    ("appointments", 0, 1, "nowhere", "unknown_name", "/appointments/2/post"),
    ("proxies", 0, 0, "休假", "bad_choice", "/proxies/2/kind"),
    ("proxies", 0, 2, "stranger", "unknown_name", "/proxies/2/proxy"),
    ("proxies", 0, 2, "chen", "circle", "/proxies"),
]


@pytest.mark.parametrize(("sheet", "row", "column", "value", "code", "pointer"), WRONG)
def test_a_wrong_row_is_named_with_its_place(  # one planted mistake, spelled out
    sheet: str, row: int, column: int, value: str, code: str, pointer: str
) -> None:
    rows = sound()
    rows[sheet][row][column] = value

    assert (pointer, code) in faults_in(rows)


def test_every_wrong_row_is_named_at_once_in_the_order_of_the_file() -> None:
    rows = sound()
    rows["appointments"][2][3] = "soon"
    rows["departments"][0][3] = ""
    rows["posts"][1][1] = "nowhere"

    assert faults_in(rows) == [
        ("/departments/2/member", "missing_value"),
        ("/posts/3/department", "unknown_name"),
        ("/appointments/4/until", "bad_date"),
    ]


def test_a_missing_sheet_a_missing_column_and_an_unknown_one_are_named() -> None:
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet("部门").write_row(0, 0, ["代码", "名称", "电话"])
        book.add_worksheet("posts").write_row(0, 0, [one.name for one in SHEETS[1].columns])

    found = read_roster(content.getvalue(), "330226")

    assert not isinstance(found, Roster)
    assert [(one.pointer, one.code) for one in found] == [
        ("/departments/1/member", "missing_column"),
        ("/departments/1", "unknown_column"),
        ("/appointments", "missing_sheet"),
    ]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    found = read_roster(content, "330226")

    assert not isinstance(found, Roster)
    assert [one.code for one in found] == ["not_a_workbook"]
