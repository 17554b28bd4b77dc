"""/api/cases/{case}/print and /api/check: the paper of a case, and whether one is genuine."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from adapters.doors.http.answers import json_response
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import ReaderOf
from adapters.web.prints import checked, printed
from adapters.web.rendering import page

router = APIRouter(prefix="/api", tags=["prints"])


@router.get("/cases/{case}/print", response_class=HTMLResponse)
def print_case(
    request: Request,
    office: OfficeOf,
    viewer: ReaderOf,
    case: str,
    *,
    history: Annotated[bool, Query(description="the whole history as well")] = False,
) -> Response:
    """The print of a case as a page that a browser prints, within the rights of the viewer; reading the person is recorded."""
    return page("print.html", request, office, **printed(office, viewer, case, history=history))


@router.get("/check")
def check(
    office: OfficeOf,
    viewer: ReaderOf,
    number: Annotated[str, Query(min_length=1, max_length=200)],
    code: Annotated[str, Query(min_length=1, max_length=100)],
) -> Response:
    """Whether a print is genuine: `says` is `latest`, `gone_on` (with `gone_on_at`) or `unknown`.

    `case` is named where the viewer may see it.
    """
    found = checked(office, viewer, number.strip(), code)
    return json_response(
        {
            "says": found.says,
            "as_of": found.as_of,
            "gone_on_at": found.gone_on_at,
            "same_template": found.same_template,
            "case": found.case or None,
        }
    )
