"""/api/calendar: the working calendar of a year, and the yearly notice as a sheet, its differences before it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, timedelta
from itertools import count
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from adapters.doors.http.answers import Refuse, json_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ReaderOf, ViewerOf
from adapters.doors.problems import Fault, Problem
from adapters.doors.sheets import BadSheet, cells_of
from adapters.texts import _
from domain.calendar import Calendar, is_known
from domain.calendar_changes import Changes, changes
from domain.calendar_sheet import FaultCode, RowFault, Sheet, next_version, read_sheet
from domain.counting import CountedDay, DayKind, day_of
from domain.texts import zh
from domain.working_time import Hours
from workflows.machine.case import Lane
from workflows.machine.foretelling import moves
from workflows.policy import Viewer, role_principal

router = APIRouter(prefix="/api/calendar", tags=["calendar"])

_OFFICE_HEAD: Final = role_principal("office_head", None)
_FAULTS: Final = {
    FaultCode.NO_HEADER: zh("第一行须有“日期”和“安排”两列"),
    FaultCode.EMPTY: zh("表中没有数据"),
    FaultCode.BAD_DATE: zh("“%(value)s”不是日期：请写成 2027-10-01"),
    FaultCode.BAD_KIND: zh("“%(value)s”不是安排：请写放假、上班或作息"),
    FaultCode.BAD_SCOPE: zh("“%(value)s”不是范围：请留空、写全县，或写部门代码"),
    FaultCode.BAD_HOURS: zh("“%(value)s”不是作息时间：请写成 08:30-12:00,13:30-17:00"),
    FaultCode.TWICE: zh("%(value)s重复：同一范围的一天只写一行"),
    FaultCode.MAKE_UP_ON_WEEKDAY: zh("%(value)s是周一至周五，不能是调休上班日"),
    FaultCode.YEAR_OUTSIDE: zh("%(value)s不属于通知的年份，或与已公布的年份之间缺年"),
}
_PLAIN: Final = frozenset({DayKind.WORKDAY, DayKind.WEEKEND})


def _publisher_of(viewer: ViewerOf) -> Viewer:
    """The office's head publishes a calendar, or the administrator at the machine."""
    is_head = _OFFICE_HEAD in viewer.principals and "act" in viewer.scopes
    if not is_head and "operate" not in viewer.scopes:
        raise Refuse(Problem(403, "not-permitted", _("只有联席会议办公室负责人或系统管理员可以更新工作日历")))
    return viewer


PublisherOf = Annotated[Viewer, Depends(_publisher_of)]


async def _cells(request: Request) -> list[list[Any]]:
    try:
        return cells_of(await request.body())
    except BadSheet as error:
        raise Refuse(Problem(422, "bad-data", str(error))) from None


CellsOf = Annotated[list[list[Any]], Depends(_cells)]


@router.get("")
def show(office: OfficeOf, viewer: ReaderOf, year: Annotated[int | None, Query(ge=1900, le=2200)] = None) -> Response:
    """What differs from Monday-Friday in a year, on every layer, and how far the notices are known."""
    calendar = office.engine.library.calendar()
    wanted = office.identity.today().year if year is None else year
    return json_response(
        {
            "version": calendar.version,
            "year": wanted,
            "known_from": calendar.known_from,
            "known_through": calendar.known_through,
            "announced": is_known(calendar, date(wanted, 1, 1)) and is_known(calendar, date(wanted, 12, 31)),
            "hours": _hours(calendar.county.hours or calendar.hours),
            "days": [_day(one) for one in _exceptions(calendar, wanted)],
            "departments": {code: _department(calendar, code, wanted) for code in sorted(calendar.departments)},
        }
    )


@router.post("/notices")
def publish(
    office: OfficeOf, viewer: PublisherOf, cells: CellsOf, *, preview: Annotated[bool, Query()] = False
) -> Response:
    """Tell what a sheet changes and which open due dates it moves; without `preview` it becomes the next version."""
    library = office.engine.library
    current = library.calendar()
    departments = frozenset(one.code for one in library.roster().departments)
    sheet = read_sheet(cells, current, departments)
    if not isinstance(sheet, Sheet):
        raise Refuse(_refusal(sheet))
    after = next_version(current, sheet, _free_version(office, sheet))
    found = changes(current, after)
    body = _told(office, viewer, current, after, found)
    if preview or found.first is None:
        return json_response(body | {"published": False})
    library.set_calendar(after)
    office.engine.wake(Lane.BULK)
    return json_response(body | {"published": True}, 201)


def _free_version(office: Office, sheet: Sheet) -> str:
    taken = {one.calendar.version for one in office.engine.library.calendars()}
    year = sheet.year or office.identity.today().year
    return next(name for number in count(1) if (name := f"{year}-{number}") not in taken)


def _refusal(faults: tuple[RowFault, ...]) -> Problem:
    told = tuple(Fault(f"/rows/{one.row}", _(_FAULTS[one.code], value=one.value)) for one in faults)
    codes = [{"row": one.row, "code": one.code.value, "value": one.value} for one in faults]
    return Problem(422, "bad-data", _("表中有%(n)s处错误，没有更新日历", n=len(faults)), told, {"faults": codes})


def _told(office: Office, viewer: Viewer, before: Calendar, after: Calendar, found: Changes) -> dict[str, Any]:
    terms = () if found.first is None else office.reads.open_terms(viewer)
    return {
        "replaces": before.version,
        "version": after.version,
        "announced": None if found.announced is None else list(found.announced),
        "days": [_day(one.after) | {"for": one.department} for one in found.days],
        "hours": list(found.hours),
        "moves": [asdict(one) for one in moves(terms, after)],
    }


def _department(calendar: Calendar, code: str, year: int) -> dict[str, Any]:
    layer, own = calendar.departments[code], calendar.local[code]
    days = [_day(day_of(own, day)) for day in sorted(layer.days) if day.year == year]
    return {"hours": None if layer.hours is None else _hours(layer.hours), "days": days}


def _exceptions(calendar: Calendar, year: int) -> Iterator[CountedDay]:
    for distance in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        found = day_of(calendar, date(year, 1, 1) + timedelta(days=distance))
        if found.kind not in _PLAIN:
            yield found


def _day(one: CountedDay) -> dict[str, Any]:
    name = _(one.name) if one.name else ""
    return {"date": one.day, "works": one.works, "kind": one.kind.value, "layer": one.level.value, "name": name}


def _hours(hours: Hours) -> list[str]:
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in hours]
