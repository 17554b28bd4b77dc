"""The end of a decision: the next slice, the rows that changed, and the history entry that rebuilds them.

Every list stands in an order of its own, so that the same case gives the same bytes whatever store it came from.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Final

from domain.identifiers import mask_forbidden
from workflows.machine.attaching import NAMED, personal_part, plain_part
from workflows.machine.case import (
    JSON,
    SYSTEM,
    Activation,
    Case,
    Emitted,
    Holder,
    Slice,
    State,
    Subscription,
    Timer,
    Urgency,
    WorkItem,
)
from workflows.machine.decision import Decision, Entry
from workflows.machine.stimuli import Act, Sign, Signal
from workflows.machine.turn import Turn, sorted_subscriptions

Row = Activation | WorkItem | Holder | Timer | Subscription

_ABSENT: Final = object()
_NAMES: Final = {
    kind: tuple(one.name for one in fields(kind) if one.name != "case")
    for kind in (Activation, WorkItem, Holder, Timer, Subscription)
}
_COLUMNS: Final = {kind: (names, attrgetter(*names)) for kind, names in _NAMES.items()}


def conclude(turn: Turn, what: str, act: Act | None = None) -> Decision:
    """Everything that follows from a turn, with its history entry.

    Args:
        turn: the books, with nothing left on the agenda.
        what: what happened, as history names it ("event:…", "act:…", "timer:…").
        act: the act that was accepted, if it was one.
    """
    seq, version = turn.head.seq + 1, turn.before.head.version + 1
    turn.head = replace(turn.head, seq=seq, version=version, last_at=turn.now)
    activations = _changed_activations(turn)
    items = tuple(sorted(turn.items_changed.values(), key=lambda one: (one.path, one.round, one.seat)))
    turn.timers_cleared.sort()
    turn.subscriptions_opened = sorted_subscriptions(turn.subscriptions_opened)
    turn.subscriptions_closed = sorted_subscriptions(turn.subscriptions_closed)
    return Decision(
        after=_after(turn),
        entry=_entry(turn, what, act, activations, items),
        activations=activations,
        items=items,
        holders_opened=tuple(turn.holders_opened),
        items_closed=tuple(one.id for one in items if one.closed_at is not None and one.id in turn.before.items),
        items_reheld=tuple(turn.reheld),
        timers_set=tuple(turn.timers_set.values()),
        timers_cleared=tuple(turn.timers_cleared),
        subscriptions_opened=tuple(turn.subscriptions_opened),
        subscriptions_closed=tuple(turn.subscriptions_closed),
        effects=tuple(turn.effects),
        emitted=tuple(_without_traces(turn)),
        plans=tuple(turn.plans),
        access=tuple(turn.access.values()),
        access_ended=tuple(turn.access_ended),
        erases=tuple(turn.erases),
        forgets=turn.forgets,
        children=tuple(turn.children),
        signals=tuple(_signals(turn)),
        claims=tuple(turn.claims),
        releases=tuple(turn.releases),
        serials=tuple(turn.serials),
        ballots=tuple(turn.ballots),
        raised=tuple(turn.raised),
        lowered=turn.lowered,
        plans_ended=tuple(turn.plans_ended),
        plans_moved=tuple(turn.plans_moved),
        attached=tuple(one.id for one in turn.attached),
        detached=tuple(turn.detached),
    )


def _after(turn: Turn) -> Slice:
    return Slice(
        head=turn.head,
        activations={(one.path, one.round): one for one in turn.live.values()},
        items=turn.items,
        holders=turn.holders,
        timers=turn.timers,
        subscriptions=frozenset(turn.subscriptions),
        around=turn.before.around,
        hears=turn.before.hears,
    )


def _changed_activations(turn: Turn) -> tuple[Activation, ...]:
    """Live ones that are new or changed, and closed ones that had a row; the others only passed by."""
    known = turn.before.activations
    changed = [one for one in turn.live.values() if known.get((one.path, one.round)) != one]
    changed += [replace(one, state=state) for one, state in turn.closed if (one.path, one.round) in known]
    return tuple(sorted(changed, key=lambda one: (one.path, one.round)))


def _passed(turn: Turn) -> list[list[JSON]]:
    known = turn.before.activations
    return [[one.path, one.round, state.value] for one, state in turn.closed if (one.path, one.round) not in known]


def _signals(turn: Turn) -> list[tuple[str, Signal]]:
    """What other cases are told; when the case ends in this decision, its parent is told how."""
    head = turn.head
    if head.parent is None or head.state is State.RUNNING or turn.before.head.state is not State.RUNNING:
        return turn.signals
    case, path = head.parent
    values = {"child": head.id, "state": head.state.value, "outcome": head.outcome, "fields": dict(head.fields)}
    return [*turn.signals, (case, Signal(Sign.CHILD_ENDED, path, values))]


def _without_traces(turn: Turn) -> list[Emitted]:
    """What was emitted; where the person is erased in the same decision, nothing of the person goes out with it."""
    if not turn.erases:
        return turn.emitted
    return [replace(one, personal={}, fingerprint=None) for one in turn.emitted]


# -- history -----------------------------------------------------------------------------------------------


def _entry(
    turn: Turn, what: str, act: Act | None, activations: tuple[Activation, ...], items: tuple[WorkItem, ...]
) -> Entry:
    personal = _personal(turn)
    if act is not None and act.opinion:
        # An opinion may speak of the person: it goes under the person's key, where there is a person.
        (personal if turn.head.person else turn.said)["opinion"] = mask_forbidden(act.opinion)
    if turn.attached:
        personal[NAMED] = personal_part(turn.attached)
    said = dict(turn.said)
    path, round_, authority = said.pop("path", None), said.pop("round", None), said.pop("authority", "own")
    principal, rule = said.pop("principal", None), said.pop("rule", turn.definition.name)
    return Entry(
        case=turn.head.id,
        seq=turn.head.seq,
        at=turn.now,
        what=what,
        actor=SYSTEM if act is None else act.actor,
        principal=None if act is None else act.principal or principal or act.actor,
        authority=f"rule:{rule}" if act is None else str(authority),
        department=None if act is None else act.department,
        post=None if act is None else act.post,
        item=None if act is None else act.item,
        path=path,
        round=round_,
        key=None if act is None else act.key,
        reason=None if act is None else act.reason,
        facts=turn.facts.versions(),
        delta=_delta(turn, activations, items, sorted(personal)) | said,
        personal=personal,
    )


def _personal(turn: Turn) -> dict[str, JSON]:
    """The personal values that this decision wrote; with the first one, all that the case began with."""
    before, now = turn.before.head, turn.head.personal
    if before.seq == 0:
        return dict(now)
    return {name: value for name, value in now.items() if before.personal.get(name, _ABSENT) != value}


def _delta(
    turn: Turn, activations: tuple[Activation, ...], items: tuple[WorkItem, ...], personal: list[str]
) -> dict[str, JSON]:
    before, head = turn.before.head, turn.head
    first = before.seq == 0
    delta: dict[str, JSON] = {
        "fields": {n: v for n, v in head.fields.items() if first or before.fields.get(n, _ABSENT) != v},
        "personal": personal,
        "activations": [as_json(one) for one in activations],
        "passed": _passed(turn),
        "items": [as_json(one) for one in items],
        "reheld": list(turn.reheld),
        "holders": [as_json(one) for one in turn.holders_opened],
        "timers": [as_json(one) for one in turn.timers_set.values()],
        "cleared": list(turn.timers_cleared),
        "subscriptions": [as_json(one) for one in turn.subscriptions_opened],
        "unsubscribed": [as_json(one) for one in turn.subscriptions_closed],
        "effects": [one.key for one in turn.effects],
        "emitted": [[one.id, one.type] for one in turn.emitted],
        "plans": [one.id for one in turn.plans],
        "children": [[one.id, one.workflow] for one in turn.children],
        "signals": [[case, one.sign.value] for case, one in turn.signals],
        "claims": [[one.path, one.resource] for one in turn.claims],
        "releases": [[one.path, one.resource] for one in turn.releases],
        "plans_ended": list(turn.plans_ended),
        "plans_moved": [[name, due_at.isoformat()] for name, due_at in turn.plans_moved],
        "serials": [[one.id, one.series, one.year] for one in turn.serials],
        "attachments": plain_part(turn.attached),
        "detached": list(turn.detached),
        "erases": list(turn.erases),
        "forgets": turn.forgets,
    }
    if first or before.state is not head.state:
        delta["state"] = [head.state.value, head.outcome]
    if standing_of(head) != standing_of(before):
        # A case that stands as it began says so: what is empty is left out of a delta.
        delta["standing"] = standing_of(head) or {"round": 1}
    return {name: value for name, value in delta.items() if value}


def standing_of(head: Case) -> dict[str, JSON]:
    """The round of a case, its ways back, its urgency, its readers, what goes on with it: all that an even run lacks."""
    back = [[one.target, one.to, one.guard] for one in head.back]
    urgency = None if head.urgency is Urgency.NORMAL else head.urgency.value
    found: dict[str, JSON] = {"round": head.round if head.round > 1 else None, "back": back, "urgency": urgency}
    found["reopened_as"] = head.reopened_as
    found["readers"] = [[one.user, one.by, *_moments(one.at, one.read_at)] for one in head.readers]
    return {name: value for name, value in found.items() if value}


def _moments(*moments: datetime | None) -> list[str | None]:
    return [None if one is None else one.isoformat() for one in moments]


def as_json(row: Row) -> dict[str, JSON]:
    """A row as canonical JSON takes it: without what it has not, and without the case, which stands in the history row."""
    columns, values_of = _COLUMNS[type(row)]
    pairs = zip(columns, values_of(row), strict=True)
    return {name: _plain(value) for name, value in pairs if value is not None and value != {}}


def _plain(value: object) -> JSON:
    kind = type(value)
    if kind is str or kind is int:
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
