"""The yearly notice as a sheet: its rows are read, every fault is named, and the next version is made of them.

One row says one thing: a day off (放假), a make-up day (上班), or working hours (作息); for the nation where it says
nothing else, for the county (全县) or for one department (its code). December of the year before may be in the notice of
a year: the New Year's holiday begins there (domain.md §5).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, Final

from domain.calendar import SAME, Calendar, Layer
from domain.working_time import Hours, is_weekday, working_time

NATION, COUNTY = "nation", "county"
"""Whom a row is for, where it is no department."""

_COLUMNS: Final = {
    "日期": "day",
    "date": "day",
    "安排": "kind",
    "kind": "kind",
    "名称": "name",
    "name": "name",
    "范围": "scope",
    "for": "scope",
    "时间": "hours",
    "hours": "hours",
}
_KINDS: Final = {
    "放假": "off",
    "休息": "off",
    "off": "off",
    "上班": "work",
    "调休上班": "work",
    "work": "work",
    "作息": "hours",
    "hours": "hours",
}
_SCOPES: Final = {"": NATION, "全国": NATION, "nation": NATION, "全县": COUNTY, "county": COUNTY}
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_RANGE: Final = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})")
_DECEMBER: Final = 12


class FaultCode(StrEnum):
    """What can be wrong with a row."""

    NO_HEADER = "no_header"
    EMPTY = "empty"
    BAD_DATE = "bad_date"
    BAD_KIND = "bad_kind"
    BAD_SCOPE = "bad_scope"
    BAD_HOURS = "bad_hours"
    TWICE = "twice"
    MAKE_UP_ON_WEEKDAY = "make_up_on_weekday"
    YEAR_OUTSIDE = "year_outside"


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row (counted from 1, the header is the first), and the value that is."""

    row: int
    code: FaultCode
    value: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row that can be read."""

    row: int
    scope: str
    day: date | None = None
    works: bool = False
    name: str = ""
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole sheet without a fault: the year of its notice, and its rows; `year` is None where it names no nation's day."""

    year: int | None
    rows: tuple[SheetRow, ...]


def read_sheet(
    cells: Sequence[Sequence[Any]], current: Calendar, departments: frozenset[str]
) -> Sheet | tuple[RowFault, ...]:
    """Read the cells of a sheet.

    Args:
        cells: the rows as a spreadsheet has them: text, numbers, dates.
        current: the version that the sheet is for; a notice follows the last known year or corrects one.
        departments: the codes that a row may be for.

    Returns:
        The sheet, or every fault in the order of the rows.
    """
    places = _header(cells[0]) if cells else {}
    if not {"day", "kind"} <= places.keys():
        return (RowFault(1, FaultCode.NO_HEADER),)
    read = [_row(number, row, places, departments) for number, row in _filled(cells)]
    faults = [one for one in read if isinstance(one, RowFault)]
    rows = tuple(one for one in read if isinstance(one, SheetRow))
    year = _year(rows)
    faults += [*_twice(rows), *_outside(rows, year, current)]
    if not read:
        faults.append(RowFault(2, FaultCode.EMPTY))
    return tuple(sorted(faults, key=lambda one: one.row)) if faults else Sheet(year, rows)


def next_version(current: Calendar, sheet: Sheet, version: str) -> Calendar:
    """The version that follows when a sheet is taken over: its year replaces what was known of that year."""
    made = replace(current, version=version)
    if sheet.year is not None:
        made = _with_notice(made, sheet, sheet.year)
    county = [one for one in sheet.rows if one.scope == COUNTY]
    own: dict[str, list[SheetRow]] = {}
    for one in sheet.rows:
        if one.scope not in {NATION, COUNTY}:
            own.setdefault(one.scope, []).append(one)
    departments = {code: _with(current.departments.get(code, SAME), rows) for code, rows in own.items()}
    return replace(made, county=_with(current.county, county), departments={**current.departments, **departments})


def _with_notice(current: Calendar, sheet: Sheet, year: int) -> Calendar:
    """December days that the next year's notice set stay, where that one is known already."""
    following = current.known_through.year > year
    nation = [one for one in sheet.rows if one.scope == NATION]
    kept = {day for day in current.days if day.year != year or (following and day.month == _DECEMBER)}
    old = Layer(
        days={day: current.days[day] for day in kept}, names={d: n for d, n in current.names.items() if d in kept}
    )
    new = _with(old, nation)
    known = max(current.known_through, date(year, 12, 31))
    return replace(current, days=new.days, names=new.names, hours=new.hours or current.hours, known_through=known)


def _with(layer: Layer, rows: Sequence[SheetRow]) -> Layer:
    days = {one.day: one.works for one in rows if one.day is not None}
    names = {one.day: one.name for one in rows if one.day is not None and one.name}
    hours = next((one.hours for one in reversed(rows) if one.hours is not None), layer.hours)
    return Layer(hours, {**layer.days, **days}, {**layer.names, **names})


# -- rows --------------------------------------------------------------------------------------------------


def _header(row: Sequence[Any]) -> dict[str, int]:
    named = ((str(cell).strip().lower(), place) for place, cell in enumerate(row))
    return {_COLUMNS[name]: place for name, place in named if name in _COLUMNS}


def _filled(cells: Sequence[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, row in enumerate(cells[1:], start=2):
        if any(str(cell).strip() for cell in row if cell is not None):
            yield number, row


def _row(
    number: int, cells: Sequence[Any], places: Mapping[str, int], departments: frozenset[str]
) -> SheetRow | RowFault:
    said = {name: cells[place] if place < len(cells) else None for name, place in places.items()}
    kind, scope = _KINDS.get(_text(said.get("kind")).lower()), _scope(_text(said.get("scope")), departments)
    if kind is None:
        return RowFault(number, FaultCode.BAD_KIND, _text(said.get("kind")))
    if scope is None:
        return RowFault(number, FaultCode.BAD_SCOPE, _text(said.get("scope")))
    if kind == "hours":
        hours = _hours(_text(said.get("hours")))
        return (
            RowFault(number, FaultCode.BAD_HOURS, _text(said.get("hours")))
            if hours is None
            else SheetRow(number, scope, hours=hours)
        )
    day = _day(said.get("day"))
    if day is None:
        return RowFault(number, FaultCode.BAD_DATE, _text(said.get("day")))
    if kind == "work" and scope == NATION and is_weekday(day):
        return RowFault(number, FaultCode.MAKE_UP_ON_WEEKDAY, day.isoformat())
    return SheetRow(number, scope, day, kind == "work", _text(said.get("name")))


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _scope(text: str, departments: frozenset[str]) -> str | None:
    return _SCOPES.get(text.lower(), text if text in departments else None)


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DAY.fullmatch(_text(cell))
    try:
        return None if found is None else date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _hours(text: str) -> Hours | None:
    parts = [part.strip() for part in re.split(r"[,，;；、]", text)]
    found = [_RANGE.fullmatch(part) for part in parts]
    try:
        hours = tuple((_time(one[1]), _time(one[2])) for one in found if one is not None)
        working_time("UTC", hours, {})
    except ValueError:
        return None
    return hours if len(hours) == len(parts) else None


def _time(text: str) -> time:
    return time.fromisoformat(text.zfill(5))


# -- what several rows say together ------------------------------------------------------------------------


def _year(rows: Sequence[SheetRow]) -> int | None:
    """The year of the notice: that of most of its days, the later one of two."""
    years = Counter(one.day.year for one in rows if one.day is not None and one.scope == NATION)
    return max(years, key=lambda year: (years[year], year), default=None)


def _twice(rows: Sequence[SheetRow]) -> Iterator[RowFault]:
    seen: set[tuple[str, date | None]] = set()
    for one in rows:
        if (one.scope, one.day) in seen:
            yield RowFault(one.row, FaultCode.TWICE, "" if one.day is None else one.day.isoformat())
        seen.add((one.scope, one.day))


def _outside(rows: Sequence[SheetRow], year: int | None, current: Calendar) -> Iterator[RowFault]:
    """Days of another year than the notice's, or a notice that leaves a year out."""
    for one in rows:
        if one.day is None or one.scope != NATION or year is None:
            continue
        before = (one.day.year, one.day.month) == (year - 1, _DECEMBER)
        gap = current.known_through != date.min and year > current.known_through.year + 1
        if gap or not (one.day.year == year or before):
            yield RowFault(one.row, FaultCode.YEAR_OUTSIDE, one.day.isoformat())
