"""One case: why it waits, where it stands in its picture, what happened, and what it has to do with other cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic_core import to_json

from adapters.doors.http.answers import not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.explaining import Saying, closer, saying, sentence
from adapters.texts import _, current_language
from adapters.titles import titles_of
from adapters.web.attachments import beside, limits
from adapters.web.comments import own_comments
from adapters.web.operations import open_items
from adapters.web.rendering import fragment, page
from adapters.web.tables import STATES, Lamp, item_state, lamp_of, notice_line, place_of, urgency_mark
from adapters.web.timeline import related, timeline
from adapters.web.visitors import PageRoute, Visitor, VisitorOf
from workflows.language.choices import chosen_in_forms
from workflows.machine.case import Reader, WorkItem
from workflows.machine.copying import may_urge
from workflows.machine.explain import explain
from workflows.pictures.svg import draw
from workflows.pictures.timing import Clock
from workflows.policy import Viewer
from workflows.ports import Library
from workflows.reads import CaseView, HistoryView, NoticeView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

View = Literal["timeline", "compact", "json"]
_INDENT: Final = 2


@router.get("/cases/{case}")
def show(  # what the address of the page may ask for
    request: Request,
    office: OfficeOf,
    visitor: VisitorOf,
    case: str,
    view: View = "timeline",
    done: str = "",
    part: str = "",
) -> Response:
    """The page of a case; `part=live` is what its script fetches, `done` the operation that was just carried out."""
    found = seen(office, visitor.viewer, case)
    live = _live(office, visitor, found, view)
    if part:
        return fragment("_case.html", request, **live)
    said = said_of(office, found)
    mine = open_items(found, visitor.viewer)
    values = {
        "mine": [item_row(found, one, said, office.engine.library) for one in mine],
        "steerable": "act" in visitor.viewer.scopes,
        "guest": visitor.guest,
        "done": done,
        "files": beside(office, visitor.viewer, found, said),
    }
    return page("case.html", request, office, **(live | values))


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


def titles_of_case(view: CaseView, said: Saying) -> dict[str, Any]:
    """The case and what it is called: what every page about it begins with."""
    head, titles, language = view.head, said.names.titles, current_language()
    return {
        "case": head,
        "urgency": urgency_mark(head),
        "now": said.now,
        "title": titles.workflow(head.workflow, language),
        "help": titles.help[head.workflow].said(language) if head.workflow in titles.help else "",
        "place_title": place_of(head, titles, language),
        "sender": titles.department(head.department, language),
        "state_title": _(STATES[head.state.value]),
        "outcome": titles.outcome(head.outcome, language) if head.outcome else "",
    }


def _live(office: Office, visitor: Visitor, view: CaseView, asked: View) -> dict[str, Any]:
    """What changes while somebody looks at the page."""
    said = said_of(office, view)
    library, head = office.engine.library, view.head
    history = office.reads.history(visitor.viewer, head.id)
    values = {
        "version": head.version,
        "why": sentence(explain(said.definition, view, library.calendar(), said.now), said),
        "picture": _picture(office, view, history, said),
        "items": [item_row(view, one, said, library) for one in _in_order(view.items)],
        "view": asked,
        "moments": timeline(history, head, said),
        "own": own_comments(history, view, visitor.viewer),
        "csrf": visitor.csrf,
        # The same for everybody who looks at this state of the case, so that the fragment stays the same as well.
        "key": f"{head.id}.{head.version}",
        "limits": limits(office.engine.files),
        "raw": _raw(history) if asked == "json" else "",
        "related": related(history, said),
        "relatives": list(_relatives(view, history, said)),
        "copies": [_copy(one, visitor.viewer, library, said) for one in head.readers],
        "told": [_told(one, library, said) for one in office.reads.told(visitor.viewer, head.id)],
    }
    return titles_of_case(view, said) | values


def _picture(office: Office, view: CaseView, history: tuple[HistoryView, ...], said: Saying) -> str:
    library = office.engine.library
    clock = Clock(library.calendar(), said.now)
    numbers = library.numbers(view.head.numbers)
    return draw(said.definition, said.names.titles, view, current_language(), history, numbers, clock)


def _raw(history: tuple[HistoryView, ...]) -> str:
    """The history as the machine API gives it: what programs and auditors read."""
    entries = [{"seq": one.seq, "at": one.at, **one.body, "hash": one.hash} for one in history]
    return to_json(entries, indent=_INDENT).decode()


# -- items -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A line of the table of a case's items. `superseded` is the round that made its answer void."""

    id: str
    step: str
    round: int
    state: str
    open: bool
    holders: str
    lamp: Lamp | None
    item: WorkItem

    @property
    def superseded(self) -> int | None:
        """The round that made its answer void."""
        return self.item.superseded


def _in_order(items: Iterable[WorkItem]) -> list[WorkItem]:
    """Open ones first, then the newest."""
    return sorted(items, key=lambda one: (one.closed_at is not None, -one.opened_at.timestamp(), one.seat))


def item_row(view: CaseView, item: WorkItem, said: Saying, library: Library) -> ItemRow:
    """An item in words."""
    held = said.names.all(tuple(one.who for one in view.holders.get(item.id, ())))
    return ItemRow(
        id=item.id,
        step=said.step(item.path),
        round=item.round,
        state=item_state(item.state),
        open=item.closed_at is None,
        holders=held if item.closed_at is None else closer(item.closed_by or "", said.names),
        lamp=lamp_of(item, view.head, library, said.now),
        item=item,
    )


# -- what else there is to a case --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relative:
    """Another case of the same tree: the one that called this one, or one that this one called."""

    case: str
    title: str
    kind: str
    running: bool


def _relatives(view: CaseView, history: tuple[HistoryView, ...], said: Saying) -> Iterator[Relative]:
    parent = view.head.parent
    if parent is not None:
        yield Relative(parent[0], _("上级办件"), "parent", running=True)
    for entry in history:
        for case, workflow in entry.body.get("delta", {}).get("children", ()):
            title = titles_of(str(workflow), said.names.roster).workflow(str(workflow), said.names.language)
            yield Relative(str(case), title, "child", running=case in view.open_cases)


def _copy(one: Reader, viewer: Viewer, library: Library, said: Saying) -> dict[str, Any]:
    """A copy and whether it was read; whoever handed it out, and the office, may urge its reader."""
    urges = "act" in viewer.scopes and (one.by == viewer.user or viewer.sees_all)
    return {
        "user": one.user,
        "who": said.names.principal(one.user),
        "read_at": one.read_at,
        "told_at": one.at,
        "urge": urges and may_urge(one, library.calendar(), said.now),
    }


def _told(notice: NoticeView, library: Library, said: Saying) -> dict[str, Any]:
    return {"at": notice.at, "who": said.names.principal(notice.to), "words": notice_line(notice, library).words}


def worded(values: Mapping[str, Any], said: Saying) -> list[tuple[str, str]]:
    """Fields and values in words, in a fixed order; what the office has no name for is of the machine."""
    titles, language = said.names.titles, said.names.language
    named = [name for name in sorted(values) if name in titles.fields and values[name] not in (None, "", [])]
    return [(titles.label(name, language), _word(name, values[name], said)) for name in named]


def _word(name: str, value: Any, said: Saying) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(_word(name, one, said) for one in value)
    if name in chosen_in_forms(said.definition):
        # As in the list that they were chosen from: two of them may hold posts of the same title.
        return f"{said.names.user(str(value))} {value}"
    titles, language = said.names.titles, said.names.language
    return titles.reason(str(value), language) if name == "reason" else titles.choice(name, str(value), language)
