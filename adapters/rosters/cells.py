"""Reads the sheets of a workbook into rows of text, each with the number that it has in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from adapters.rosters.sheets import Column, Sheet
from adapters.texts import _

MOST_ROWS: Final = 20_000
"""More rows than this in a sheet are no county's roster."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a workbook: the sheet, the row (from 1, as shown) and the column, where it has them.

    `code` is stable, `detail` says in the current language what is wrong and what to do.
    """

    code: str
    detail: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    @property
    def pointer(self) -> str:
        """The place as a pointer: /posts/5/superior."""
        return "/" + "/".join(str(one) for one in (self.sheet, self.row, self.column) if one is not None)


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its number and its values by field; what is empty is absent."""

    number: int
    values: Mapping[str, str]


def open_workbook(content: bytes) -> CalamineWorkbook | Fault:
    """The workbook of a file's bytes, or why it is none."""
    try:
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except CalamineError as error:
        return Fault("not_a_workbook", _("不是可以读取的 XLSX 工作簿（%(why)s）", why=type(error).__name__))


def lines_of(workbook: CalamineWorkbook, sheet: Sheet) -> tuple[list[Line], list[Fault]]:
    """The rows of a sheet below its header, and what is wrong with the sheet itself."""
    name = next((one for one in workbook.sheet_names if sheet.is_called(one.strip())), None)
    if name is None:
        return [], [Fault("missing_sheet", _("缺少工作表“%(sheet)s”", sheet=_(sheet.title)), sheet.name)]
    found = workbook.get_sheet_by_name(name)
    if found.total_height > MOST_ROWS:
        detail = _("工作表超过 %(most)s 行，请删除多余的行", most=MOST_ROWS)
        return [], [Fault("too_many_rows", detail, sheet.name)]
    return _below_header(_texts(found), sheet)


def _texts(sheet: CalamineSheet) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _text(cell: Any) -> str:
    match cell:
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            # Area codes are numbers to a spreadsheet.
            return str(int(cell))
        case _:
            return str(cell).strip()


def _below_header(rows: Sequence[Sequence[str]], sheet: Sheet) -> tuple[list[Line], list[Fault]]:
    places = _places(rows[0] if rows else (), sheet)
    missing = [column for column in sheet.columns if column.needed and column.name not in places.values()]
    faults = [
        Fault("missing_column", _("缺少列“%(column)s”", column=_(column.title)), sheet.name, 1, column.name)
        for column in missing
    ]
    unknown = (header for place, header in enumerate(rows[0] if rows else ()) if header and place not in places)
    faults += [
        Fault(
            "unknown_column", _("不认识的列“%(column)s”：请删除，或改用导出文件中的列名", column=header), sheet.name, 1
        )
        for header in unknown
    ]
    return list(_lines(rows[1:], places)), faults


def _places(headers: Sequence[str], sheet: Sheet) -> dict[int, str]:
    """Which field stands in which column; the first of two of the same name counts."""
    found: dict[int, str] = {}
    for place, header in enumerate(headers):
        column: Column | None = next((one for one in sheet.columns if one.is_called(header)), None)
        if column is not None and column.name not in found.values():
            found[place] = column.name
    return found


def _lines(rows: Sequence[Sequence[str]], places: Mapping[int, str]) -> Iterator[Line]:
    for number, row in enumerate(rows, 2):
        values = {places[place]: cell for place, cell in enumerate(row) if place in places and cell}
        if values:
            yield Line(number, values)
