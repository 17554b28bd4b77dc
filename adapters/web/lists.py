"""The table of cases, with its filters in the address."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from adapters.doors.http.office import OfficeOf
from adapters.web.addresses import Asked
from adapters.web.rendering import fragment, page
from adapters.web.tables import LIGHTS, PAGE, SIGNS, STATES, case_line, counted, filter_of, workflow_titles
from adapters.web.visitors import PageRoute, VisitorOf

router = APIRouter(route_class=PageRoute, include_in_schema=False)

LONGEST_SEARCH: Final = 100
_Short = Annotated[str, Query(max_length=LONGEST_SEARCH)]


@router.get("/")
def home(visitor: VisitorOf) -> Response:
    """Whoever is signed in begins with the own inbox, a guest of a sample with all cases."""
    return RedirectResponse("/cases" if visitor.guest else "/inbox", 303)


@router.get("/cases")
def cases(  # the filters of the table, all in the address so that a view can be kept and sent
    request: Request,
    office: OfficeOf,
    visitor: VisitorOf,
    workflow: _Short = "",
    state: _Short = "",
    light: _Short = "",
    department: _Short = "",
    text: _Short = "",
    cursor: _Short = "",
    part: _Short = "",
) -> Response:
    """The live table of cases; `part=live` is what its script fetches."""
    library, now = office.engine.library, office.reads.now()
    wanted = filter_of(workflow, state, light, department, text.strip())
    try:
        found = office.reads.cases(visitor.viewer, wanted, PAGE, cursor or None)
    except ValueError:
        # An address that somebody shortened: the first page is what they meant.
        return RedirectResponse("/cases", 303)
    filters = {"workflow": workflow, "state": state, "light": light, "department": department, "text": text.strip()}
    values: dict[str, Any] = {
        "now": now,
        "lines": [case_line(row, library, now) for row in found.rows],
        "cursor": found.cursor,
        "counts": counted(office.reads.counts(visitor.viewer), workflow),
        "asked": Asked("/cases", {**filters, "cursor": cursor}),
        "states": STATES,
        "guest": visitor.guest,
    }
    if part:
        return fragment("_cases.html", request, **values)
    titles = workflow_titles(library, {one.name for _hash, one in library.current()})
    return page("cases.html", request, office, workflows=titles, lights=LIGHTS, signs=SIGNS, **values)
