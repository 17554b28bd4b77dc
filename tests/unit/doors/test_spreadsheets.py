"""Workbooks and CSV files as events: headers, values, what must not be recorded, and what is wrong in which row."""

import csv
import gc
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any

import pytest
from xlsxwriter import Workbook

from adapters.doors.spreadsheets.annotating import annotated
from adapters.doors.spreadsheets.events import Report, SheetRow, rows_of_workbook
from adapters.doors.spreadsheets.tables import Unreadable, is_workbook
from domain.events import parse_event

APPLIED = "liaison.member.applied.v1"
HEADER = (
    "申请编号",
    "所在乡镇(街道)代码",
    "来源渠道",
    "已阅知并同意",
    "告知书版本",
    "姓名",
    "所属类别",
    "已满十八周岁",
)
ROW = ("a-1", "330226105", "self", "是", "2026-01", "样例·𠮷", "2、3", "是")


def workbook(*sheets: tuple[str, Iterable[Sequence[Any]]], merge: str | None = None) -> bytes:
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        for name, rows in sheets:
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
            if merge is not None:
                page.merge_range(merge, "样例")
    return content.getvalue()


def text(*rows: Sequence[Any]) -> bytes:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode("utf-8-sig")


def read(content: bytes, name: str = "members.xlsx", **more: Any) -> tuple[list[SheetRow], Report]:
    report = Report()
    return list(rows_of_workbook(name, content, report, **more)), report


def faults(rows: list[SheetRow]) -> list[tuple[int, str, str]]:
    return [(row.number, code, header) for row in rows for code, header, _detail in row.faults]


def test_a_sheet_named_by_the_title_of_a_type_gives_events_that_the_door_takes() -> None:
    [row], _ = read(workbook(("提交会员登记申请", [HEADER, ROW])))

    assert row.event is not None
    assert (row.event["type"], row.number) == (APPLIED, 2)
    event = parse_event(APPLIED, row.event["data"])
    assert (event.key(), event.personal()["name"], event.personal()["groups"]) == ("a-1", "样例·𠮷", ["2", "3"])


def test_a_first_row_may_name_the_type_and_headers_may_be_english_or_field_names() -> None:
    english = (
        "Number of the application",
        "town",
        "channel",
        "consented",
        "consent_version",
        "name",
        "groups",
        "adult",
    )
    header = ("application", *english[1:])
    values = ("a-1", "330226105", "self", "yes", "2026-01", "样例", "2", "yes")

    [row], _ = read(text(("type", "member.applied.v1"), header, values), "x.csv")

    assert row.event is not None
    assert row.event["data"]["consented"] is True


def test_the_same_row_has_the_same_id_and_another_row_another() -> None:
    (first, second), _ = read(workbook(("member.applied.v1", [HEADER, ROW, ("a-2", *ROW[1:])])))
    (again, *_rest), _ = read(workbook(("member.applied.v1", [HEADER, ROW])))

    assert first.event is not None
    assert second.event is not None
    assert again.event is not None
    assert first.event["id"] == again.event["id"] != second.event["id"]


def test_columns_of_what_nobody_may_record_are_dropped_and_reported() -> None:
    content = workbook(("member.applied.v1", [(*HEADER, "政治面貌", "出生日期"), (*ROW, "样例", "1990-01-01")]))

    [row], report = read(content)
    copy = annotated("m.xlsx", content, {("member.applied.v1", 2): ("未接收", "样例")})

    assert row.event is not None
    assert report.dropped == {"member.applied.v1": ("政治面貌", "出生日期")}
    assert "1990-01-01" not in str(row.event)
    assert "1990-01-01" not in str(list(read_back(copy)))


def read_back(copy: bytes) -> Iterable[list[Any]]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # only to look at what was written

    return CalamineWorkbook.from_filelike(BytesIO(copy)).get_sheet_by_index(0).to_python()


def test_the_copy_says_of_each_row_what_became_of_it_and_masks_numbers_of_persons() -> None:
    marked = (*ROW[:5], "样例 11010519491231002X", *ROW[6:])
    content = workbook(("member.applied.v1", [HEADER, marked]))

    copy = list(read_back(annotated("m.xlsx", content, {("member.applied.v1", 2): ("未接收", "样例原因")})))

    assert copy[0][-2:] == ["结果", "原因"]
    assert copy[1][-2:] == ["未接收", "样例原因"]
    assert "11010519491231002X" not in str(copy)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ((*ROW[:3], "也许", *ROW[4:]), (2, "bad_cell", "已阅知并同意")),
        ((330226199001011234, *ROW[1:]), (2, "bad_cell", "申请编号")),
    ],
)
def test_a_cell_that_cannot_be_read_is_told_with_its_row_and_column(row: Sequence[Any], wrong: Any) -> None:
    rows, _ = read(workbook(("member.applied.v1", [HEADER, row])))

    assert faults(rows) == [wrong]


def test_rows_under_a_merged_cell_are_refused_and_the_others_taken() -> None:
    content = workbook(("member.applied.v1", [HEADER, ROW, ROW, ("a-9", *ROW[1:])]), merge="F2:F3")

    rows, _ = read(content)

    assert sorted({number for number, _, _ in faults(rows)}) == [2, 3]
    assert rows[2].event is not None


def test_a_formula_counts_as_what_it_showed() -> None:
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet("member.applied.v1")
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, ROW)
        page.write_formula(1, 0, '="a-"&"7"', None, "a-7")

    [row], _ = read(content.getvalue())

    assert row.event is not None
    assert row.event["data"]["application"] == "a-7"


def test_a_sheet_that_names_no_type_and_an_unknown_column_are_told() -> None:
    nameless, _ = read(workbook(("样例", [HEADER, ROW])))
    unknown, _ = read(workbook(("member.applied.v1", [(*HEADER, "备注栏"), (*ROW, "x")])))

    assert faults(nameless) == [(1, "unknown_sheet", "")]
    assert faults(unknown) == [(1, "unknown_column", "备注栏")]


def test_an_empty_workbook_has_no_rows_and_what_is_none_says_so() -> None:
    assert read(workbook(("member.applied.v1", [])))[0] == []
    with pytest.raises(Unreadable, match="XLSX"):
        read(b"PK\x03\x04 no workbook")
    with pytest.raises(Unreadable, match="CSV"):
        read(b"\xff\xff\xff", "x.csv")


def test_chinese_csv_of_old_programs_is_read_as_well() -> None:
    content = (
        text(("类型", "member.applied.v1"), HEADER, (*ROW[:5], "样例", *ROW[6:])).decode("utf-8-sig").encode("gb18030")
    )

    [row], _ = read(content, "x.csv")

    assert row.event is not None
    assert row.event["data"]["name"] == "样例"


@pytest.mark.parametrize(("name", "content", "found"), [("a.csv", b"x", True), ("a.json", b"[]", False)])
def test_files_are_told_apart(name: str, content: bytes, found: bool) -> None:  # what is expected
    assert is_workbook(name, content) is found


def peak_of(reading: Callable[[Iterable[SheetRow]], int], rows: int) -> int:
    """Bytes that reading so many rows in this way takes at most, beside the file."""
    content = BytesIO()
    with Workbook(content, {"constant_memory": True}) as book:
        page = book.add_worksheet("member.applied.v1")
        page.write_row(0, 0, HEADER)
        for number in range(1, rows + 1):
            page.write_row(number, 0, (f"a-{number}", *ROW[1:]))
    raw = content.getvalue()
    gc.collect()
    tracemalloc.start()
    seen = reading(rows_of_workbook("m.xlsx", raw, Report()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == rows
    return peak


def one_after_the_other(rows: Iterable[SheetRow]) -> int:
    return sum(1 for row in rows if row.event is not None)


def all_at_once(rows: Iterable[SheetRow]) -> int:
    return len(list(rows))


def test_rows_are_read_one_after_the_other_and_never_kept() -> None:
    # Garbage in cycles and what is built once by the first reader come on top: so a share, and not a sum, is asked.
    assert peak_of(one_after_the_other, 10_000) < peak_of(all_at_once, 10_000) / 3
