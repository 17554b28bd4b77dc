"""The keys that the pages answer to, on a page of their own; there they can be turned off."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from adapters.doors.http.office import OfficeOf
from adapters.texts import _
from adapters.web.rendering import page
from adapters.web.visitors import PageRoute, VisitorOf

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/keys")
def keys(request: Request, office: OfficeOf, visitor: VisitorOf) -> Response:
    """The list of keys."""
    found = (
        (("j",), _("下一行")),
        (("k",), _("上一行")),
        (("Enter",), _("打开所在的一行")),
        (("/",), _("跳到查找")),
        (("g", "i"), _("去待办")),
        (("g", "c"), _("去全部办件")),
        (("?",), _("打开本页")),
    )
    return page("keys.html", request, office, keys=found)
