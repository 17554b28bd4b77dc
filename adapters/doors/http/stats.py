"""/api/stats: figures for supervisors, by workflow, department and post, never by person.

Those of cases come with the lists that they count.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from adapters.doors.http.answers import json_response
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import ReaderOf
from adapters.raised import by_department
from domain.visits import Quarter, standing
from workflows.machine.deadlines import local_day
from workflows.machine.urgency import month_of, quota_of
from workflows.reads import Tally

router = APIRouter(prefix="/api/stats", tags=["stats"])

MONTH: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


@router.get("/board")
def board(office: OfficeOf, viewer: ReaderOf) -> Response:
    """The cases under way by workflow, state and sending department: all, and how many at each light.

    Never by person. Each figure has the address of the list that it counts, for the same viewer.
    """
    return json_response({"rows": [tally_body(one) for one in office.reads.board(viewer)]})


@router.get("/urgency")
def urgency(office: OfficeOf, viewer: ReaderOf, month: Annotated[str, Query(pattern=MONTH)] = "") -> Response:
    """What each department made urgent (加急) in a month ("2026-03", by default this one); empty for who sees not all.

    Beside how many: on which grounds, how many were lowered again, and how many had an item beyond its term all the same.
    """
    library = office.engine.library
    wanted = month or month_of(library.calendar(), office.reads.now())
    lines = by_department(office.reads.raised(viewer, wanted))
    rows = [asdict(one) | {"grounds": dict(one.grounds)} for one in lines]
    return json_response({"month": wanted, "quota": quota_of(library.numbers()), "rows": rows})


@router.get("/visits")
def visits(office: OfficeOf, viewer: ReaderOf) -> Response:
    """What the visits (走访) of each contact officer, a post, stand at this quarter; empty for who sees not all.

    Planned in the quarter, held, held late; and what is due or overdue now, also from before. Never by person.
    """
    quarter = Quarter.of(local_day(office.engine.library.calendar(), office.reads.now()))
    found = standing(office.reads.visits(viewer), quarter)
    rows = [{"officer": officer, **asdict(counts)} for officer, counts in found.items()]
    return json_response({"quarter": f"{quarter.year}-Q{quarter.number}", "rows": rows})


def tally_body(one: Tally) -> dict[str, Any]:
    """A line of the board with its lists."""
    group = {"workflow": one.workflow, "state": one.state, "department": one.department}
    return {
        **group,
        "open": {"count": one.open, "list": _list(group)},
        "near_due": {"count": one.near_due, "list": _list({**group, "light": "yellow"})},
        "overdue": {"count": one.overdue, "list": _list({**group, "light": "red"})},
        "on_time": {"count": one.on_time, "list": _list({**group, "light": "green"})},
        "paused": {"count": one.paused, "list": _list({**group, "light": "grey"})},
    }


def _list(filters: dict[str, str]) -> str:
    return f"/api/cases?{urlencode(filters)}"
