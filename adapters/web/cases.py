"""One case: why it waits, where it stands in its picture, what happened, and what the visitor may do now."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from adapters.doors.http.answers import not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.explaining import Saying, saying, sentence
from adapters.texts import _, current_language
from adapters.web.forms import doables, may_withdraw
from adapters.web.rendering import fragment, page
from adapters.web.tables import STATES, Lamp, lamp_of, place_of
from adapters.web.timeline import related, timeline
from adapters.web.visitors import PageRoute, PersonOf, Visitor, VisitorOf
from workflows.machine.case import WorkItem
from workflows.machine.explain import explain
from workflows.pictures.svg import draw
from workflows.pictures.timing import Clock
from workflows.policy import Viewer
from workflows.reads import CaseView

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/cases/{case}")
def show(request: Request, office: OfficeOf, visitor: VisitorOf, case: str, done: str = "", part: str = "") -> Response:
    """The page of a case; `part=live` is what its script fetches, `done` the act that was just carried out."""
    view = seen(office, visitor.viewer, case)
    if part:
        return fragment("_case.html", request, **_live(office, visitor, view))
    return case_page(request, office, visitor, view, done=done)


@router.post("/cases/{case}/personal")
def personal(request: Request, office: OfficeOf, visitor: PersonOf, case: str) -> Response:
    """The same page with what the applicant wrote: only for holders, and the reading is recorded."""
    view = seen(office, visitor.viewer, case)
    said = said_of(office, view)
    held = doables(view, visitor.viewer, said)
    purpose = _("办理“%(step)s”", step=held[0].step) if held else _("查看办件")
    values = office.reads.personal(visitor.viewer, view.head.id, purpose)
    return case_page(request, office, visitor, view, values=_worded(values, said), asked_values=True)


def seen(office: Office, viewer: Viewer, case: str) -> CaseView:
    """The case, as far as the viewer may see it."""
    found = office.reads.case(viewer, case)
    if found is None:
        raise not_found()
    return found


def said_of(office: Office, view: CaseView) -> Saying:
    """What is said about the case is said with this."""
    library = office.engine.library
    definition = library.by_hash(view.head.workflow_hash)
    return saying(definition, library.roster(), library.calendar().zone, office.reads.now())


def case_page(
    request: Request, office: Office, visitor: Visitor, view: CaseView, status: int = 200, **more: Any
) -> Response:
    """The page of a case. `more` may hold: done, values, asked_values, wrong (field, detail) and typed."""
    said = said_of(office, view)
    held = doables(view, visitor.viewer, said)
    lamps = {one.item.id: lamp_of(one.item, office.engine.library, said.now) for one in held}
    values = {
        "doables": held,
        "lamps": lamps,
        "withdrawable": may_withdraw(view, visitor.viewer),
        "csrf": visitor.csrf,
        "guest": visitor.guest,
        # One key for each form that is shown: sent twice, it is the same act.
        "key": secrets.token_urlsafe(16),
        "has_person": view.head.person is not None,
        "done": "",
        "values": (),
        "asked_values": False,
        "wrong": None,
        "typed": {},
    }
    return page("case.html", request, office, status, **(_live(office, visitor, view) | values | more))


def _live(office: Office, visitor: Visitor, view: CaseView) -> dict[str, Any]:
    """What changes while somebody looks at the page."""
    said = said_of(office, view)
    library, head, titles, language = office.engine.library, view.head, said.names.titles, current_language()
    history = office.reads.history(visitor.viewer, head.id)
    return {
        "case": head,
        "now": said.now,
        "version": head.version,
        "title": titles.workflow(head.workflow, language),
        "help": titles.help[head.workflow].said(language) if head.workflow in titles.help else "",
        "place": titles.department(place_of(head), language),
        "sender": titles.department(head.department, language),
        "state_title": _(STATES[head.state.value]),
        "outcome": titles.outcome(head.outcome, language) if head.outcome else "",
        "why": sentence(explain(said.definition, view, library.calendar(), said.now), said),
        "picture": draw(
            said.definition,
            titles,
            view,
            language,
            history,
            library.numbers(head.numbers),
            Clock(library.calendar(), said.now),
        ),
        "items": [_item(office, view, one, said) for one in _in_order(view.items)],
        "moments": timeline(history, said),
        "related": related(history, said),
    }


def _in_order(items: tuple[WorkItem, ...]) -> list[WorkItem]:
    """Open ones first, then the newest."""
    return sorted(items, key=lambda one: (one.closed_at is not None, -one.opened_at.timestamp(), one.seat))


def _item(office: Office, view: CaseView, item: WorkItem, said: Saying) -> dict[str, Any]:
    lamp: Lamp | None = lamp_of(item, office.engine.library, said.now)
    held = said.names.all(tuple(one.who for one in view.holders.get(item.id, ())))
    holders = held if item.closed_at is None else _closed_by(item, said)
    return {
        "step": said.step(item.path),
        "round": item.round,
        "state": item_state(item.state.value),
        "open": item.closed_at is None,
        "holders": holders,
        "lamp": lamp,
        "opened_at": item.opened_at,
        "closed_at": item.closed_at,
    }


def _closed_by(item: WorkItem, said: Saying) -> str:
    """Who decided, by post, or why nobody had to any more."""
    why, _colon, _rest = (item.closed_by or "").partition(":")
    reasons = {
        "decided": _("已由他人决定"),
        "returned": _("已由他人退回"),
        "event": _("收到事件"),
        "silence": _("逾期未答复"),
        "interrupted": _("原流程中止"),
        "ended": _("办件已办结"),
    }
    return reasons[why] if why in reasons else said.names.principal(item.closed_by or "")


def item_state(state: str) -> str:
    """The state of an item in words."""
    titles = {
        "open": _("待办理"),
        "waiting": _("等待中"),
        "approved": _("已同意"),
        "rejected": _("未同意"),
        "completed": _("已完成"),
        "returned": _("已退回"),
        "cancelled": _("已取消"),
        "expired": _("逾期关闭"),
    }
    return titles[state]


def _worded(values: Mapping[str, Any], said: Saying) -> list[tuple[str, str]]:
    """Fields and values in words, in a fixed order."""
    titles, language = said.names.titles, said.names.language
    return [(titles.label(name, language), _word(name, values[name], said)) for name in sorted(values)]


def _word(name: str, value: Any, said: Saying) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(_word(name, one, said) for one in value)
    return "" if value is None else said.names.titles.choice(name, str(value), said.names.language)
