"""Cases as CSV: opens in any spreadsheet, and no cell of it is ever run as a formula (ASVS 1.2.10)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA_STARTS: Final = frozenset("=+-@\t\r＝＋－＠")
MARK: Final = "\ufeff"
"""The byte order mark that spreadsheets need to read UTF-8."""


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The whole file."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(map(_quoted, headers))
    writer.writerows([*map(_quoted, row)] for row in rows)
    return MARK + written.getvalue()


def _quoted(cell: str) -> str:
    """A cell that starts like a formula gets an apostrophe: the spreadsheet then shows it as text."""
    return f"'{cell}" if cell[:1] in _FORMULA_STARTS and cell else cell
