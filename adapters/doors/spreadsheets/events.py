"""Rows of a workbook as CloudEvents. The same row gives the same id, so a file that is sent twice is recognised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.doors.spreadsheets.columns import BadCell, Columns, columns_of, event_named, value_of
from adapters.doors.spreadsheets.tables import Cell, Table, tables_of
from adapters.texts import _

SOURCE: Final = "urn:liaison:workbook"
"""Where events of a sheet come from that names no source itself."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: where it stands, the event that it is, or what is wrong with it as (code, header, detail)."""

    sheet: str
    number: int
    event: Mapping[str, Any] | None
    faults: tuple[tuple[str, str, str], ...] = ()


@dataclass(slots=True)
class Report:
    """What was seen beside the rows: columns that were left out because nobody may record such a thing."""

    dropped: dict[str, tuple[str, ...]] = field(default_factory=dict)


def rows_of_workbook(name: str, content: bytes, report: Report, type_: str | None = None) -> Iterator[SheetRow]:
    """The rows of a file, one after the other.

    Args:
        name: what the file is called.
        content: its bytes.
        report: takes down the columns that are dropped.
        type_: the event type, where neither sheet nor first row names it.

    Raises:
        Unreadable: the file is no workbook.
    """
    for table in tables_of(name, content):
        event = event_named(table.type_named, table.name, type_)
        if event is None:
            fault = _("工作表“%(sheet)s”没有写明事件类型：第一行写“类型”和类型名，或用类型名作表名", sheet=table.name)
            yield SheetRow(table.name, 1, None, (("unknown_sheet", "", fault),))
            continue
        columns = columns_of(event, table.header)
        report.dropped |= {table.name: columns.dropped} if columns.dropped else {}
        yield from _rows(table, columns)


def _rows(table: Table, columns: Columns) -> Iterator[SheetRow]:
    if columns.unknown:
        detail = _("不认识的列“%(column)s”：请删除，或改用导出文件中的列名", column="、".join(columns.unknown))
        yield SheetRow(table.name, 1, None, (("unknown_column", columns.unknown[0], detail),))
        return
    for number, cells in table.rows:
        if any(cell.text for cell in cells):
            yield _row(table, columns, number, cells)


def _row(table: Table, columns: Columns, number: int, cells: list[Cell]) -> SheetRow:
    data: dict[str, Any] = {}
    faults: list[tuple[str, str, str]] = []
    for place, name in columns.fields.items():
        cell = cells[place] if place < len(cells) else Cell("")
        if not cell.text:
            continue
        try:
            data[name] = value_of(cell.text, columns.kinds[name])
        except BadCell as bad:
            faults.append(("bad_cell", table.header[place], str(bad)))
        if cell.fault is not None:
            faults.append(("bad_cell", table.header[place], cell.fault))
    if faults:
        return SheetRow(table.name, number, None, tuple(faults))
    return SheetRow(table.name, number, _event(columns, cells, data))


def _event(columns: Columns, cells: list[Cell], data: Mapping[str, Any]) -> Mapping[str, Any]:
    digest = hashlib.sha256(json.dumps([columns.event, data], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {
        "specversion": "1.0",
        "id": _text_at(cells, columns.id) or f"row-{digest[:32]}",
        "source": _text_at(cells, columns.source) or SOURCE,
        "type": columns.event,
        "datacontenttype": "application/json",
        "data": data,
    }


def _text_at(cells: list[Cell], place: int | None) -> str:
    return "" if place is None or place >= len(cells) else cells[place].text
