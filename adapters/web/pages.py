"""What people see in a browser: every page is a router of its own, and a page says so where there is none."""

from __future__ import annotations

from contextlib import suppress

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from adapters.doors.http.office import OfficeOf
from adapters.texts import _
from adapters.web import (
    acting,
    assets,
    attachments,
    board,
    cases,
    drafting,
    entering,
    inbox,
    items,
    keys,
    lists,
    printing,
    steering,
    together,
    uploading,
)
from adapters.web.rendering import set_language
from adapters.web.visitors import PageRoute, SignInNeeded, error_page, visitor_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
# `acting` takes every other form of a case or item, so it comes last.
for room in (
    assets,
    entering,
    keys,
    lists,
    board,
    uploading,
    inbox,
    together,
    items,
    drafting,
    cases,
    printing,
    attachments,
    steering,
    acting,
):
    router.include_router(room.router)
strangers = APIRouter(include_in_schema=False)


@strangers.get("/{address}")
def nowhere(request: Request, office: OfficeOf, address: str) -> Response:
    """An address that does not exist: a page for people, a problem document for programs."""
    if "text/html" not in request.headers.get("accept", ""):
        raise HTTPException(404)
    set_language(request, office)
    with suppress(SignInNeeded):
        visitor_of(request, office)
    return error_page(request, 404, _("没有这个页面，可能是网址不完整。"))


router.include_router(strangers)
