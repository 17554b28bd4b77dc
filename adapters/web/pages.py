"""What people see in a browser: the table of cases and the inbox; the other pages are routers of their own."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from adapters.doors.http.office import OfficeOf
from adapters.texts import _
from adapters.web import assets, cases, deeds, entering
from adapters.web.rendering import fragment, page, set_language
from adapters.web.tables import (
    LIGHTS,
    PAGE,
    SIGNS,
    STATES,
    case_line,
    counted,
    filter_of,
    inbox_line,
    notice_line,
    workflow_titles,
)
from adapters.web.visitors import PageRoute, VisitorOf, error_page

router = APIRouter(route_class=PageRoute, include_in_schema=False)
router.include_router(assets.router)
router.include_router(cases.router)
router.include_router(deeds.router)
router.include_router(entering.router)
strangers = APIRouter(include_in_schema=False)

LONGEST_SEARCH: Final = 100
_Short = Annotated[str, Query(max_length=LONGEST_SEARCH)]


@router.get("/")
def front(  # the filters of the table, all in the address so that a view can be kept and sent
    request: Request,
    office: OfficeOf,
    visitor: VisitorOf,
    workflow: _Short = "",
    state: _Short = "",
    light: _Short = "",
    text: _Short = "",
    cursor: _Short = "",
    part: _Short = "",
) -> Response:
    """The live table of cases; `part=live` is what its script fetches."""
    library, now = office.engine.library, office.reads.now()
    wanted = filter_of(workflow, state, light, text.strip())
    try:
        found = office.reads.cases(visitor.viewer, wanted, PAGE, cursor or None)
    except ValueError:
        # An address that somebody shortened: the first page is what they meant.
        return RedirectResponse("/", 303)
    counts = office.reads.counts(visitor.viewer)
    values: dict[str, Any] = {
        "now": now,
        "lines": [case_line(row, library, now) for row in found.rows],
        "cursor": found.cursor,
        "counts": counted(counts, workflow),
        "asked": {"workflow": workflow, "state": state, "light": light, "text": text, "cursor": cursor},
        "filtered": bool(workflow or state or light or text),
        "first_page": not cursor,
        "states": STATES,
        "guest": visitor.guest,
    }
    if part:
        return fragment("_cases.html", request, **values)
    names = {one.name for _hash, one in library.current()}
    titles = workflow_titles(library, names)
    return page("cases.html", request, office, workflows=titles, lights=LIGHTS, signs=SIGNS, **values)


@router.get("/inbox")
def inbox(request: Request, office: OfficeOf, visitor: VisitorOf, cursor: _Short = "", part: _Short = "") -> Response:
    """What waits for the visitor, the most urgent first, and the notices below."""
    library, now = office.engine.library, office.reads.now()
    items = office.reads.items(visitor.viewer, PAGE, cursor or None)
    values: dict[str, Any] = {
        "now": now,
        "lines": [inbox_line(one, library, now) for one in items],
        "cursor": items[-1].item.id if len(items) == PAGE else None,
        "notices": [notice_line(one, library) for one in office.reads.notices(visitor.viewer, PAGE)],
        "guest": visitor.guest,
    }
    if part:
        return fragment("_inbox.html", request, **values)
    return page("inbox.html", request, office, after=cursor, **values)


@strangers.get("/{address}")
def nowhere(request: Request, office: OfficeOf, address: str) -> Response:
    """An address that does not exist: a page for people, a problem document for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        raise HTTPException(404)
    set_language(request, office)
    return error_page(request, 404, _("没有这个页面，可能是网址不完整。"))


router.include_router(strangers)
