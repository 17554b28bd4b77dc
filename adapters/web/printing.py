"""/cases/{case}/print: a page that a browser prints, or saves as a PDF; /check: whether such a paper is genuine."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from adapters.doors.http.office import OfficeOf
from adapters.web.prints import checked, printed
from adapters.web.rendering import page
from adapters.web.visitors import PageRoute, VisitorOf

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/cases/{case}/print")
def print_case(
    request: Request,
    office: OfficeOf,
    visitor: VisitorOf,
    case: str,
    *,
    history: bool = False,
) -> Response:
    """The print of a case; `history` puts its whole history on the paper as well."""
    return page("print.html", request, office, **printed(office, visitor.viewer, case, history=history))


@router.get("/check")
def check(request: Request, office: OfficeOf, visitor: VisitorOf, number: str = "", code: str = "") -> Response:
    """What the number and the code of a print say: genuine and still the latest, genuine but gone on, or not from here."""
    found = checked(office, visitor.viewer, number.strip(), code) if number or code else None
    return page("check.html", request, office, number=number, code=code, found=found)
