"""/api/plans: what comes later; /api/serials: the numbers that were given."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from adapters.doors.http.answers import Refuse, json_response
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import ReaderOf
from adapters.doors.problems import Fault, Problem
from adapters.texts import _
from workflows.machine.case import Plan
from workflows.reads import PlanFilter

router = APIRouter(prefix="/api", tags=["plans"])

Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/plans")
def list_plans(  # each filter of the list is a parameter
    office: OfficeOf,
    viewer: ReaderOf,
    case: str | None = None,
    subject: str | None = None,
    due_before: AwareDatetime | None = None,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """What is planned by the cases that the viewer may see, the soonest first."""
    try:
        page = office.reads.plans(viewer, PlanFilter(case, subject, due_before), limit, cursor)
    except ValueError:
        detail = _("cursor 不是上一页给出的，请不带 cursor 重新开始")
        raise Refuse(Problem(422, "bad-value", detail, (Fault("#query/cursor", detail),))) from None
    return json_response({"plans": [plan_body(one) for one in page.plans], "cursor": page.cursor})


@router.get("/serials")
def list_serials(office: OfficeOf, viewer: ReaderOf, series: str | None = None, limit: Limit = 50) -> Response:
    """The numbers that were given, of one series or of all, the last ones first."""
    found = office.reads.serials(viewer, series, limit)
    shown = ("series", "year", "number", "text", "case", "at")
    return json_response({"serials": [{name: getattr(one, name) for name in shown} for one in found]})


def plan_body(one: Plan) -> dict[str, Any]:
    """A plan as the API gives it: what comes, when, and how often."""
    every = None if one.recurrence is None else {"n": one.recurrence.n, "unit": one.recurrence.unit}
    return {
        "id": one.id,
        "name": one.name,
        "case": one.case,
        "subject": one.key,
        "event": one.type,
        "starts": one.starts,
        "due_at": one.due_at,
        "occurrence": one.occurrence,
        "every": every,
        "times": one.times,
        "until": one.until,
        "ends_on": one.ends_on,
        "moves_on": one.moves_on,
        "sample": one.sample,
    }
