"""Cells of an uploaded sheet: a workbook (XLSX, XLS, ODS) or CSV; nothing in it is ever run."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

MOST_ROWS: Final = 5000
_ARCHIVE: Final = b"PK\x03\x04"
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"


class BadSheet(ValueError):  # noqa: N818  # a value that a door answers with, like `Refuse`
    """The file is no sheet."""


def cells_of(content: bytes) -> list[list[Any]]:
    """The cells of the first sheet, row by row.

    Raises:
        BadSheet: it is neither a workbook nor text, or has more than MOST_ROWS rows.
    """
    rows = _workbook(content) if content.startswith((_ARCHIVE, _OLD_WORKBOOK)) else _csv(content)
    if len(rows) > MOST_ROWS:
        raise BadSheet(f"the sheet has more than {MOST_ROWS} rows: send it in parts")
    return rows


def _workbook(content: bytes) -> list[list[Any]]:
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            return book.get_sheet_by_index(0).to_python(nrows=MOST_ROWS + 1)
    except (CalamineError, IndexError, OSError) as error:
        raise BadSheet(f"the workbook cannot be read ({error}): save it as XLSX or CSV") from None


def _csv(content: bytes) -> list[list[Any]]:
    return [list(row) for row in csv.reader(StringIO(_text(content)))]


def _text(content: bytes) -> str:
    """Excel in China writes CSV in GB 18030 unless it is asked for UTF-8."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadSheet("the file is neither a workbook nor text: save it as XLSX or CSV")
