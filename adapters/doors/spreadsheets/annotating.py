"""The copy of a file that says for each row what became of it: the sender's own cells, and two columns more."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from typing import Final

from xlsxwriter import Workbook

from adapters.doors.spreadsheets.tables import ZIP, Cell, Table, tables_of
from adapters.texts import _
from domain.forbidden import is_forbidden_name
from domain.identifiers import mask_forbidden

Told = Mapping[tuple[str, int], tuple[str, str]]
"""(sheet, row number) -> what became of it, and why."""

LONGEST_NAME: Final = 31
"""Characters in the name of a sheet."""


def annotated(name: str, content: bytes, told: Told) -> bytes:
    """The copy, in the format of the file. Columns of what nobody may record, and numbers of that kind, are not in it."""
    tables = list(tables_of(name, content))
    return _workbook(tables, told) if content.startswith(ZIP) else _csv(tables, told)


def _workbook(tables: list[Table], told: Told) -> bytes:
    content = BytesIO()
    # Row by row to a file of its own, so that a hundred thousand rows need no more memory than ten.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(content, options) as workbook:
        bold, wrong = workbook.add_format({"bold": True}), workbook.add_format({"bg_color": "#FDE7E9"})
        for number, table in enumerate(tables, 1):
            page = workbook.add_worksheet(table.name[:LONGEST_NAME] or f"{number}")
            page.write_row(0, 0, [*_kept(table, table.header), _("结果"), _("原因")], bold)
            for line, (at, cells) in enumerate(table.rows, 1):
                result, why = told.get((table.name, at), ("", ""))
                texts = [*_kept(table, [mask_forbidden(cell.text) for cell in cells]), result, why]
                for place, text in enumerate(texts):
                    page.write_string(line, place, text, wrong if why else None)
    return content.getvalue()


def _csv(tables: list[Table], told: Told) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    for table in tables:
        writer.writerow([*_kept(table, table.header), _("结果"), _("原因")])
        for at, cells in table.rows:
            writer.writerow([*_kept(table, [_harmless(cell) for cell in cells]), *told.get((table.name, at), ("", ""))])
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = mask_forbidden(cell.text)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def _kept(table: Table, texts: Sequence[str]) -> list[str]:
    """The cells under the header, without the columns that are dropped."""
    width = len(table.header)
    full = [*texts, *[""] * (width - len(texts))]
    return [text for place, text in enumerate(full[:width]) if not is_forbidden_name(table.header[place])]
