"""The inbox, where everybody begins: what waits for somebody, what the pool may take, what is done, what was told."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import Office, OfficeOf, names_today
from adapters.doors.problems import Problem
from adapters.texts import _
from adapters.web.addresses import Asked
from adapters.web.delegating import delegations
from adapters.web.rendering import fragment, page
from adapters.web.tables import LIGHTS, PAGE, SIGNS, Line, mine_line, notice_line, workflow_titles
from adapters.web.visitors import PageRoute, PersonOf, Posted, Visitor, VisitorOf, field
from domain.identifiers import derived_id
from domain.texts import zh
from workflows.machine.case import Act
from workflows.moves.acting import Answer
from workflows.moves.together import MOST, answer_items
from workflows.reads import ItemFilter, ItemView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

TODO: Final = "todo"
TABS: Final[Mapping[str, str]] = MappingProxyType(
    {"todo": zh("待我处理"), "shared": zh("可认领"), "done": zh("我已办"), "copies": zh("抄送我")}
)
_REFUSED: Final = 400
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


# -- several at once ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several items."""

    line: Line
    done: bool
    detail: str


@router.post("/inbox/agree")
def agree(request: Request, office: OfficeOf, visitor: PersonOf, form: Posted) -> Response:
    """Agree to the chosen items; each has its own outcome, and one that is refused stops no other."""
    picked = [str(one).rpartition(":") for one in form.getlist("pick")][:MOST]
    if not picked:
        return RedirectResponse("/inbox", 303)
    key = field(form, "key")
    if not key:
        raise Refuse(Problem(400, "no-idempotency-key", _("表单不完整，请刷新页面后重试")))
    chosen = list(_chosen(office, visitor, [(item, version) for item, _colon, version in picked]))
    batch = derived_id("batch", f"{visitor.viewer.user}:{key}") if len(chosen) > 1 else None
    acts = [(view, replace(_agreement(visitor, key, view, version), batch=batch)) for view, _line, version in chosen]
    answers = answer_items(office.engine, acts)
    outcomes = [_outcome(line, answer) for (_view, line, _version), answer in zip(chosen, answers, strict=True)]
    return page("agreed.html", request, office, outcomes=outcomes, done=sum(one.done for one in outcomes))


def _chosen(
    office: Office, visitor: Visitor, picked: list[tuple[str, str]]
) -> Iterator[tuple[ItemView, Line, int | None]]:
    """The items that may be agreed to together; what cannot be seen or wants a form of its own is left out."""
    now = office.reads.now()
    for item, version in dict(picked).items():
        view = office.reads.item(visitor.viewer, item)
        if view is not None:
            line = mine_line(view, visitor.viewer, office.engine.library, now)
            yield view, line, int(version) if version.isdecimal() else None


def _agreement(visitor: Visitor, key: str, view: ItemView, version: int | None) -> Act:
    viewer = visitor.viewer
    return Act(
        key=f"{viewer.user}:{key}.{view.item.id}.agree",
        case=view.case.id,
        item=view.item.id,
        verb="agree",
        actor=viewer.user,
        principals=viewer.principals,
        seen=version,
        department=viewer.department,
        post=viewer.post,
    )


def _outcome(line: Line, answer: Answer) -> Outcome:
    done = answer.status < _REFUSED
    return Outcome(line, done, "" if done else _(str(answer.body["detail"])))
