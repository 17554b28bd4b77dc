"""What may be done to a case as a whole: withdraw, suspend and whatever else the machine allows the visitor."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request, Response

from adapters.doors.http.office import Office, OfficeOf
from adapters.web.attachments import limits
from adapters.web.cases import said_of, seen, titles_of_case
from adapters.web.comments import named_beside
from adapters.web.operations import menu_of
from adapters.web.rendering import page
from adapters.web.visitors import PageRoute, Visitor, VisitorOf
from workflows.reads import CaseView

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/cases/{case}/operations")
def operations(request: Request, office: OfficeOf, visitor: VisitorOf, case: str) -> Response:
    """The operations on a case, each with what it would do."""
    return operations_page(request, office, visitor, seen(office, visitor.viewer, case))


def operations_page(
    request: Request, office: Office, visitor: Visitor, view: CaseView, status: int = 200, **more: Any
) -> Response:
    """The page of the operations on a case. `more` may hold: wrong, typed, tried, looked, kept (files)."""
    said = said_of(office, view)
    menu = menu_of(office, view, None, visitor.viewer, said, named_beside(office, visitor.viewer, view, said))
    values: dict[str, Any] = {
        "offers": menu.offers,
        "refused": menu.refused,
        "place": f"/cases/{view.head.id}",
        "version": "",
        # One key for each form that is shown: sent twice, it is the same act.
        "key": secrets.token_urlsafe(16),
        "csrf": visitor.csrf,
        "wrong": None,
        "typed": {},
        # What is done to a whole case is not put aside half written.
        "draft": None,
        "tried": "",
        "kept": (),
        "limits": limits(office.engine.files),
        "looked": None,
    }
    return page("operations.html", request, office, status, **(titles_of_case(view, said) | values | more))
