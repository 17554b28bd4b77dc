"""The inbox, where everybody begins: what waits for somebody, what the pool may take, what is done, what was told."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from adapters.doors.http.office import Office, OfficeOf, names_today
from adapters.web.addresses import Asked
from adapters.web.delegating import delegations
from adapters.web.rendering import fragment, page
from adapters.web.tables import LIGHTS, PAGE, SIGNS, mine_line, notice_line, workflow_titles
from adapters.web.visitors import PageRoute, Visitor, VisitorOf
from domain.texts import zh
from workflows.reads import ItemFilter, ItemView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

TODO: Final = "todo"
TABS: Final[Mapping[str, str]] = MappingProxyType(
    {"todo": zh("待我处理"), "shared": zh("可认领"), "done": zh("我已办"), "copies": zh("抄送我")}
)
_Short = Annotated[str, Query(max_length=100)]


@router.get("/inbox")
def inbox(  # the filters of the inbox, all in the address so that a view can be kept and sent
    request: Request,
    office: OfficeOf,
    visitor: VisitorOf,
    tab: _Short = TODO,
    workflow: _Short = "",
    light: _Short = "",
    text: _Short = "",
    cursor: _Short = "",
    part: _Short = "",
) -> Response:
    """One tab of the inbox; `part=live` is what its script fetches."""
    tab = tab if tab in TABS else TODO
    lit = light if light in LIGHTS and tab in {TODO, "shared"} else ""
    filters = {"workflow": workflow, "light": lit, "text": text.strip(), "cursor": cursor}
    values = _listed(office, visitor, tab, Asked("/inbox", {"tab": "" if tab == TODO else tab, **filters}))
    if part:
        return fragment("_inbox.html", request, **values)
    library = office.engine.library
    names = {one.name for _hash, one in library.current()}
    more: dict[str, Any] = {
        "tabs": TABS,
        "workflows": workflow_titles(library, names),
        "lights": {name: LIGHTS[name] for name in ("red", "yellow", "green", "grey")},
        "signs": SIGNS,
    }
    return page("inbox.html", request, office, **values, **more)


def _listed(office: Office, visitor: Visitor, tab: str, asked: Asked) -> dict[str, Any]:
    library, now, viewer = office.engine.library, office.reads.now(), visitor.viewer
    found = _found(office, visitor, tab, asked)
    notices = office.reads.notices(viewer, PAGE) if tab == "copies" else ()
    return {
        "asked": asked,
        "tab": tab,
        "counts": office.reads.item_counts(viewer),
        "lines": [mine_line(one, viewer, library, now) for one in found],
        "delegations": () if visitor.guest else delegations(names_today(office), viewer.user),
        "notices": [notice_line(one, library) for one in notices],
        "cursor": found[-1].item.id if len(found) == PAGE else "",
        "now": now,
        "guest": visitor.guest,
        "csrf": visitor.csrf,
        "key": secrets.token_urlsafe(16),
    }


def _found(office: Office, visitor: Visitor, tab: str, asked: Asked) -> tuple[ItemView, ...]:
    workflow, light, text = (asked[name] or None for name in ("workflow", "light", "text"))
    wanted = ItemFilter(workflow, light, text, shared=tab == "shared")
    match tab:
        case "done":
            return office.reads.done(visitor.viewer, PAGE, asked["cursor"] or None, wanted)
        case "copies":
            return ()
        case _:
            return office.reads.items(visitor.viewer, PAGE, asked["cursor"] or None, wanted)
