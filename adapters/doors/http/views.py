"""What the machine API shows of cases, items and history: plain JSON-ready mappings, nothing personal in them.

`titles` hold the same in words of the caller's language, for programs that show it to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from adapters.choosing import who_may_be
from adapters.counted import because_of, because_view
from adapters.explaining import Saying, saying
from adapters.signatures import signature_view
from adapters.web.tables import Line, case_line, inbox_line
from adapters.web.timeline import Moment, timeline
from domain.calendar import light
from domain.event import WIRE_PREFIX
from workflows.language.choices import CHOOSING
from workflows.machine.answering import verbs_offered
from workflows.machine.case import Case, Holder, ItemState, WorkItem
from workflows.machine.deadlines import is_provisional
from workflows.machine.explain import Explanation, Reason
from workflows.machine.fieldrights import form_of, right_of, rights_at
from workflows.machine.nodes import index
from workflows.machine.turn import step_path
from workflows.ports import Library
from workflows.reads import CaseRow, CaseView, HistoryView, ItemView, stands_still

View = dict[str, Any]


def case_row(row: CaseRow, library: Library, now: datetime) -> View:
    """A line of the list of cases."""
    return _head(row.case) | {
        "item": None if row.item is None else item_line(row.item, row.case, now),
        "holders": list(row.holders),
        "titles": _titles(case_line(row, library, now)),
    }


def case_view(view: CaseView, library: Library, now: datetime) -> View:
    """One case with its items and what it waits for."""
    line = case_line(CaseRow(view.head, most_urgent(view.items), ()), library, now)
    return _head(view.head) | {
        "titles": _titles(line),
        "items": [
            item_line(item, view.head, now) | {"holders": _holders(view.holders.get(item.id, ()))}
            for item in view.items
        ],
        "waits": [
            {"path": one.path, "round": one.round, "event": WIRE_PREFIX + one.type} for one in view.subscriptions
        ],
        "timers": [
            {"path": one.path, "round": one.round, "kind": one.kind, "due_at": one.due_at} for one in view.timers
        ],
        "copies": [{"user": one.user, "by": one.by, "at": one.at, "read_at": one.read_at} for one in view.head.readers],
    }


def _titles(line: Line) -> View:
    lamp = None if line.lamp is None else f"{line.lamp.sign} {line.lamp.title}"
    left = None if line.lamp is None else line.lamp.left
    return {
        "workflow": line.workflow,
        "place": line.place,
        "state": line.state_title,
        "step": line.step,
        "holders": line.holders,
        "light": lamp,
        "left": left,
    }


def _head(head: Case) -> View:
    return {
        "id": head.id,
        "workflow": head.workflow,
        "definition": head.workflow_hash,
        "subject": head.key,
        "state": head.state.value,
        "outcome": head.outcome,
        "quarantined": head.quarantine is not None,
        "department": head.department,
        "fields": dict(head.fields),
        "sample": head.sample,
        "version": head.version,
        "opened_at": head.opened_at,
        "changed_at": head.last_at,
    }


def item_line(item: WorkItem, head: Case, now: datetime) -> View:
    """A work item, with the light that it shows now."""
    return {
        "id": item.id,
        "case": item.case,
        "path": item.path,
        "round": item.round,
        "seat": item.seat,
        "kind": item.kind,
        "state": item.state.value,
        "version": item.version,
        "light": light(now, item.yellow_at, item.due_at, stands_still(item, head), item.closed_at).value,
        "opened_at": item.opened_at,
        "yellow_at": item.yellow_at,
        "due_at": item.due_at,
        "provisional": is_provisional(item.due_rule),
        "closed_by": item.closed_by,
        "closed_at": item.closed_at,
    }


def item_view(view: ItemView, library: Library, now: datetime) -> View:
    """A work item with its case, its holders, its form and the verbs that it offers."""
    return item_line(view.item, view.case, now) | {
        "workflow": view.case.workflow,
        "subject": view.case.key,
        "sample": view.case.sample,
        "holders": _holders(view.holders),
        "verbs": list(_verbs(view, library)),
        "form": _form(view, library, now),
        "due_because": _because(view, library, now),
        "titles": _titles(inbox_line(view, library, now)),
    }


def _because(view: ItemView, library: Library, now: datetime) -> View | None:
    """Why it is due on its day; None where no rule counted the date, or there is none."""
    found = because_of(view.item.due_rule, library)
    if found is None:
        return None
    definition = library.by_hash(view.case.workflow_hash)
    return because_view(found, saying(definition, library.roster(), library.calendar().zone, now))


def most_urgent(items: Iterable[WorkItem]) -> WorkItem | None:
    """The item that is due first of those that are open; what has no due date comes last."""
    live = [item for item in items if item.closed_at is None]
    return min(live, key=lambda one: (one.due_at is None, one.due_at or one.opened_at, one.id), default=None)


def _holders(holders: Iterable[Holder]) -> list[View]:
    return [{"who": one.who, "capacity": one.capacity.value} for one in holders]


def _verbs(view: ItemView, library: Library) -> Sequence[str]:
    """What may be answered to an item; an item that waits for others takes no answer."""
    if view.item.state is not ItemState.OPEN:
        return ()
    if view.item.kind not in {"approve", "vote"}:
        return _VERBS.get(view.item.kind, ("complete",))
    step = index(library.by_hash(view.case.workflow_hash))[step_path(view.item.path)].step
    return verbs_offered(step, view.item)  # type: ignore[arg-type]  # such an item stands at such a step


_VERBS: Final = {"confirm": ("agree", "reject"), "advice": ("answer",)}
"""The answers to items that stand beside the steps."""


def _form(view: ItemView, library: Library, now: datetime) -> View | None:
    """The form of the item, each field with the right to it at this step; what the step hides is left out."""
    definition = library.by_hash(view.case.workflow_hash)
    form, rights = form_of(definition, view.item.form), rights_at(definition, view.item.path)
    if form is None:
        return None
    shown = [(one, right) for one in form.fields if (right := right_of(one, rights)) != "hidden"]
    said = saying(definition, library.roster(), library.calendar().zone, now)
    fields = [
        one.model_dump(mode="json")
        | {"right": right, "required": right == "required"}
        | ({"titles": {"choice": who_may_be(one, said)}} if one.type in CHOOSING else {})
        for one, right in shown
    ]
    return form.model_dump(mode="json") | {"fields": fields}


def history(entries: tuple[HistoryView, ...], head: Case, said: Saying) -> list[View]:
    """The timeline, oldest first, with the hashes that chain it."""
    moments = {one.seq: one for one in timeline(entries, head, said)}
    return [
        _entry(one) | {"titles": _in_words(moments[one.seq]), "signature": signature_view(one, head)} for one in entries
    ]


def _in_words(moment: Moment) -> View:
    return {
        "what": moment.what,
        "who": moment.who,
        "reason": moment.reason,
        "follows": list(moment.follows),
        "words": moment.words,
        "signature": moment.signature,
        "taken_back": moment.taken_back,
        "about": None if moment.about is None else moment.about.seq,
    }


def _entry(entry: HistoryView) -> View:
    return {
        "seq": entry.seq,
        "at": entry.at,
        **entry.body,
        "hash": entry.hash,
        "prev_hash": entry.prev_hash,
        "feed_no": entry.feed_no,
    }


def explanation(found: Explanation) -> list[View]:
    """Why a case waits, the most pressing reason first."""
    return [_reason(one) for one in found.reasons]


def first_because(found: Explanation, library: Library, said: Saying) -> View | None:
    """Why the most pressing thing is due on its day."""
    counted = because_of(found.first.due_rule, library)
    return None if counted is None else because_view(counted, said)


def _reason(reason: Reason) -> View:
    return {
        "why": reason.why.value,
        "since": reason.since,
        "path": reason.path,
        "kind": reason.kind,
        "holders": list(reason.holders),
        "chosen_by": reason.chosen_by,
        "chooses": list(reason.chooses),
        "verbs": list(reason.verbs),
        "events": [WIRE_PREFIX + name for name in reason.events],
        "due_at": reason.due_at,
        "provisional": reason.provisional,
        "remaining_minutes": reason.remaining,
        "light": reason.light.value,
        "escalates_at": reason.escalates_at,
        "escalates_to": reason.escalates_to,
        "by_itself": [asdict(one) for one in reason.by_itself],
        "detail": reason.detail,
        "done": reason.done,
        "of": reason.of,
        "needs": reason.needs,
        "cases": list(reason.cases),
        "paths": list(reason.paths),
        "resource": reason.resource,
        "ahead": reason.ahead,
        "in_person": reason.in_person,
    }


def blocks(found: Explanation) -> list[View]:
    """The blocks that count what arrives, and the open races, the outermost first."""
    return [asdict(one) for one in found.blocks]
