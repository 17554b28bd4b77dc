"""Workbooks that `submit` is given: their rows as events, and the annotated copy of what was refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic_core import to_json

from adapters.cli.ending import Exit, give_up
from adapters.cli.rows import Row
from adapters.doors.spreadsheets.annotating import annotated
from adapters.doors.spreadsheets.events import Report, SheetRow, rows_of_workbook
from adapters.doors.spreadsheets.tables import Unreadable
from adapters.texts import _


class Sheets:
    """A workbook or CSV file on its way through the door.

    Args:
        name: the path of the file.
        content: its bytes.
        type_: the event type, where the file names none.
    """

    def __init__(self, name: str, content: bytes, type_: str | None) -> None:
        self.name = name
        self.report = Report()
        self._content = content
        self._type = type_

    def rows(self) -> Iterator[Row]:
        """The rows as `submit` sends them, one after the other."""
        try:
            for row in rows_of_workbook(self.name, self._content, self.report, self._type):
                yield self._row(row)
        except Unreadable as error:
            give_up(Exit.USAGE, str(error))

    def _row(self, row: SheetRow) -> Row:
        place = f"{self.name}:{row.sheet}:{row.number}"
        if row.event is None:
            return Row(place, b"", "; ".join(f"{header} {detail}".strip() for _code, header, detail in row.faults))
        return Row(place, to_json(dict(row.event)))

    def write_copy(self, refused: Mapping[str, str]) -> Path:
        """Write the annotated copy beside the file; returns where."""
        told = {}
        for place, why in refused.items():
            if place.startswith(f"{self.name}:"):
                sheet, _colon, number = place.removeprefix(f"{self.name}:").rpartition(":")
                told[sheet, int(number)] = (_("未接收"), why)
        path = Path(self.name)
        target = path.with_name(f"{path.stem}.annotated{path.suffix}")
        target.write_bytes(annotated(self.name, self._content, told))
        return target
