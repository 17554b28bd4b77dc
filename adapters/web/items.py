"""One work item: what it is about, what the visitor may do with it and what that would do, and who else is asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from adapters.choosing import chooser
from adapters.counted import because_html, because_of
from adapters.doors.http.answers import not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.explaining import Saying, by_itself, sentence, verb_title
from adapters.offering import OPEN
from adapters.texts import _
from adapters.web.attachments import beside, limits
from adapters.web.cases import item_row, said_of, seen, titles_of_case, worded
from adapters.web.changed import changes
from adapters.web.drafts import Kept, kept
from adapters.web.fields import asking_step
from adapters.web.operations import menu_of, open_items
from adapters.web.rendering import fragment, page
from adapters.web.tables import lamp_of, mine_line
from adapters.web.timeline import timeline
from adapters.web.visitors import PageRoute, PersonOf, Visitor, VisitorOf
from workflows.machine.byitself import ahead_of
from workflows.machine.case import DEEMED, Capacity, ItemState, WorkItem
from workflows.machine.confirming import is_proposal
from workflows.machine.explain import explain
from workflows.machine.fieldrights import hidden_at
from workflows.policy import Viewer
from workflows.ports import Library
from workflows.reads import CaseView
from workflows.showing import without

router = APIRouter(route_class=PageRoute, include_in_schema=False)

RECENT: Final = 3


@router.get("/items/{item}")
def show(
    request: Request, office: OfficeOf, visitor: VisitorOf, item: str, done: str = "", part: str = "", saved: str = ""
) -> Response:
    """The page of an item; `part=live` is what its script fetches, `done` the operation that was just carried out."""
    view, found = _seen(office, visitor, item)
    if part:
        return fragment("_item.html", request, **_live(office, visitor, view, found))
    return item_page(request, office, visitor, view, found, done=done, saved=bool(saved))


@router.post("/items/{item}/personal")
def personal(request: Request, office: OfficeOf, visitor: PersonOf, item: str) -> Response:
    """The same page with what the applicant wrote: only for holders, and the reading is recorded."""
    view, found = _seen(office, visitor, item)
    said = said_of(office, view)
    purpose = _("办理“%(step)s”", step=said.step(found.path))
    values = office.reads.personal(visitor.viewer, view.head.id, purpose)
    shown = worded(without(values, hidden_at(said.definition, found.path)), said)
    history = timeline(office.reads.history(visitor.viewer, view.head.id), view.head, said, values)
    spoken = [one for one in history if one.words and not one.is_correction]
    return item_page(request, office, visitor, view, found, values=shown, spoken=spoken, asked_values=True)


def _seen(office: Office, visitor: Visitor, item: str) -> tuple[CaseView, WorkItem]:
    found = office.reads.item(visitor.viewer, item)
    if found is None:
        raise not_found()
    view = seen(office, visitor.viewer, found.case.id)
    # As the case shows it: read in one moment with everything around it.
    return view, next(one for one in view.items if one.id == item)


def item_page(
    request: Request, office: Office, visitor: Visitor, view: CaseView, item: WorkItem, status: int = 200, **more: Any
) -> Response:
    """The page of an item. `more` may hold: done, values, asked_values, wrong (a WrongForm), typed, tried (a verb), looked (a Looked), kept (files)."""
    said = said_of(office, view)
    mine = any(one.id == item.id for one in open_items(view, visitor.viewer))
    menu = menu_of(office, view, item, visitor.viewer, said)
    values = {
        "answers": [one for one in menu.offers if one.is_answer],
        "others": [one for one in menu.offers if not one.is_answer and one.verb != OPEN],
        "opens": any(one.verb == OPEN for one in menu.offers),
        "refused": menu.refused,
        "place": f"/items/{item.id}",
        # What this step hides is not looked at from here, even by somebody whom another step shows it.
        "plain": worded(without(view.head.fields, hidden_at(said.definition, item.path)), said),
        "has_person": mine and view.head.person is not None,
        "guest": visitor.guest,
        "csrf": visitor.csrf,
        # One key for each form that is shown: sent twice, it is the same act.
        "key": secrets.token_urlsafe(16),
        "following": _following(office, visitor, item),
        "draft": kept(office, view, item, visitor.viewer, said) if mine else Kept(),
        "standing_in": _standing_in(view, item, visitor.viewer) if mine else "",
        "saved": False,
        "done": "",
        "values": (),
        "spoken": (),
        "asked_values": False,
        "wrong": None,
        "typed": {},
        "tried": "",
        "kept": (),
        "drawn": None,
        "limits": limits(office.engine.files),
        "files": beside(office, visitor.viewer, view, said),
        "looked": None,
    }
    return page("item.html", request, office, status, **(_live(office, visitor, view, item) | values | more))


def _standing_in(view: CaseView, item: WorkItem, viewer: Viewer) -> str:
    """What a proxy, and whoever has one, should know of drafts: they are private to whoever wrote them."""
    proxies = {one.who for one in view.holders.get(item.id, ()) if one.capacity is Capacity.PROXY}
    if not proxies:
        return ""
    if viewer.principals & proxies:
        return _("您以代办身份办理：本人暂存的内容只有本人看得到，您暂存的也只有您看得到。")
    return _("这项待办也可由代办人办理：您暂存的内容代办人看不到。")


def _following(office: Office, visitor: Visitor, item: WorkItem) -> Any:
    """The most urgent of the other items of the visitor."""
    if visitor.guest:
        return None
    found = next((one for one in office.reads.items(visitor.viewer, 2) if one.item.id != item.id), None)
    return None if found is None else mine_line(found, visitor.viewer, office.engine.library, office.reads.now())


def _live(office: Office, visitor: Visitor, view: CaseView, item: WorkItem) -> dict[str, Any]:
    """What changes while somebody looks at the page."""
    said = said_of(office, view)
    library = office.engine.library
    moments = timeline(office.reads.history(visitor.viewer, view.head.id), view.head, said)
    by = chooser(view, item, said)
    return titles_of_case(view, said) | {
        "item": item,
        "version": item.version,
        "step": said.step(item.path),
        "row": item_row(view, item, said, library),
        "lamp": lamp_of(item, view.head, library, said.now),
        "why": sentence(explain(said.definition, view, library.calendar(), said.now), said),
        "progress": _progress(view, item),
        "later": _later(view, item, library, said),
        "because": _because(item, office.engine.library, said),
        "chosen_by": "" if by is None else said.names.principal(by),
        "claimed": said.names.user(item.claimed_by) if item.claimed_by else "",
        "secret": getattr(asking_step(said.definition, item), "secret", False),
        "changes": changes(view, item, said),
        "proposed": _proposed(view, item, said),
        "signers": [item_row(view, one, said, library) for one in _seats(view, item)],
        "moments": moments[:RECENT],
        "number_of_moments": len(moments),
    }


def _because(item: WorkItem, library: Library, said: Saying) -> str:
    """Why it is due on its day; empty where no rule counted it."""
    found = because_of(item.due_rule, library)
    return "" if found is None else because_html(found, said)


def _later(view: CaseView, item: WorkItem, library: Library, said: Saying) -> str:
    """What the system will do by itself if nobody answers; empty where it waits."""
    if item.closed_at is not None:
        return ""
    return by_itself(ahead_of(asking_step(said.definition, item), item, view.timers, library.calendar()), said)


def _proposed(view: CaseView, item: WorkItem, said: Saying) -> str:
    """What a proposal asks to confirm, and who proposed it; empty for any other item."""
    found = next((one.values for one in view.activations if one.path == item.path and is_proposal(one.path)), None)
    if found is None:
        return ""
    who, verb = said.names.principal(str(found["by"])), verb_title(str(found["verb"]))
    to = found["fields"].get("to")
    if to is None:
        return _("%(who)s提出“%(verb)s”，须由另一人确认。", who=who, verb=verb)
    return _("%(who)s提出“%(verb)s”至“%(step)s”，须由另一人确认。", who=who, verb=verb, step=said.step(str(to)))


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the seats of a step have answered."""

    done: int
    of: int


def _seats(view: CaseView, item: WorkItem) -> list[WorkItem]:
    """The seats of the step in this round, in order."""
    same = [one for one in view.items if (one.path, one.round) == (item.path, item.round)]
    return sorted(same, key=lambda one: (one.seat, one.opened_at))


def _progress(view: CaseView, item: WorkItem) -> Progress | None:
    """None where one person decides. What changed hands is no seat any more; silence is no answer of anybody."""
    gone = {ItemState.CANCELLED, ItemState.TRANSFERRED}
    seats = [one for one in _seats(view, item) if one.state not in gone]
    if len(seats) < 2:  # noqa: PLR2004  # a progress is shown of several
        return None
    answered = sum(one.closed_at is not None and one.state not in DEEMED for one in seats)
    return Progress(answered, len(seats))
