"""Opens a workbook or a CSV file as tables: a header, and rows that are read one after the other."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from adapters.texts import _

ZIP: Final = b"PK\x03\x04"
"""How an XLSX file begins."""
LONGEST_EXACT: Final = 15
"""Digits of a number that a spreadsheet keeps; of longer ones the last are lost."""
TYPE_MARKS: Final = frozenset({"类型", "事件类型", "type", "event type"})
"""What stands before the event type in a first row of its own."""


class Unreadable(ValueError):  # noqa: N818  # an answer to whoever sent the file, not a mistake in the program
    """The file is no workbook: says what it is and what to do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell; `fault` says why it cannot be what was typed."""

    text: str
    fault: str | None = None


Rows = Iterator[tuple[int, list[Cell]]]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: what tells its event type, its header, and its rows with their numbers (from 1, as shown)."""

    name: str
    type_named: str | None
    header: Sequence[str]
    rows: Rows


def is_workbook(name: str, content: bytes) -> bool:
    """Whether a file is for this door: an XLSX file by its content, a CSV file by its name."""
    return content.startswith(ZIP) or name.lower().endswith((".csv", ".xlsx"))


def tables_of(name: str, content: bytes) -> Iterator[Table]:
    """The tables of a file, in order; a sheet without a header is left out.

    Raises:
        Unreadable: it is neither XLSX nor CSV in UTF-8 or GB 18030.
    """
    if content.startswith(ZIP):
        yield from _sheets(content)
    else:
        rows = csv.reader(StringIO(_decoded(name, content)))
        cells = ((number, [Cell(one.strip()) for one in row]) for number, row in enumerate(rows, 1))
        yield from _table(name.rpartition("/")[2].rpartition(".")[0], cells)


def _decoded(name: str, content: bytes) -> str:
    if name.lower().endswith(".xlsx"):
        raise Unreadable(_("%(name)s 不是 XLSX 工作簿：请用表格软件另存为 .xlsx", name=name))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("%(name)s 不是 UTF-8 或 GB 18030 编码的 CSV：请另存后重试", name=name))


def _sheets(content: bytes) -> Iterator[Table]:
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        for name in workbook.sheet_names:
            yield from _table(name.strip(), _rows(workbook.get_sheet_by_name(name)))
    except CalamineError as error:
        message = _("不是可以读取的 XLSX 工作簿（%(why)s）", why=type(error).__name__)
        raise Unreadable(message) from error


def _rows(sheet: CalamineSheet) -> Rows:
    first = (sheet.start or (0, 0))[0] + 1
    merged = _merged_rows(sheet)
    for number, row in enumerate(sheet.iter_rows(), first):
        cells = [_cell(one) for one in row]
        yield (
            number,
            [Cell(one.text, _("合并的单元格：请拆分后逐行填写")) for one in cells] if number in merged else cells,
        )


def _merged_rows(sheet: CalamineSheet) -> set[int]:
    """The rows that a merged cell reaches over: which of them its value belongs to, nobody can tell."""
    ranges = sheet.merged_cell_ranges or []
    return {row + 1 for (top, _left), (bottom, _right) in ranges for row in range(top, bottom + 1)}


def _cell(value: Any) -> Cell:
    match value:
        case datetime():
            return Cell(value.date().isoformat())
        case date():
            return Cell(value.isoformat())
        case bool():
            return Cell("true" if value else "false")
        case float() if value.is_integer():
            text = str(int(value))
            lost = _("长数字被表格软件改过：请把这一列设为文本后重新填写") if len(text) > LONGEST_EXACT else None
            return Cell(text, lost)
        case _:
            return Cell(str(value).strip())


def _table(name: str, rows: Rows) -> Iterator[Table]:
    """The table of a sheet: a first row may name the event type, the next one is the header."""
    type_named: str | None = None
    for _number, cells in rows:
        texts = [cell.text for cell in cells]
        if not any(texts):
            continue
        if type_named is None and texts[0].lower() in TYPE_MARKS and len(texts) > 1 and texts[1]:
            type_named = texts[1]
            continue
        yield Table(name, type_named, texts, rows)
        return
