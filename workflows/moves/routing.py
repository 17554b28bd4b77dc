"""Which case an event starts or wakes: matched set-wise, in the transaction that accepts the event.

An event that starts a case makes the case's id, so that the answer to the sender can name it. A wait is found by its
subscription. What fits neither stays in `unmatched`, and whoever enters a wait looks there. Both sides first lock the
correlation (type, key), so that whichever comes second sees the first: neither order of arrival loses the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.identifiers import derived_id
from workflows.language.people import INITIATOR
from workflows.language.words import Workflow
from workflows.machine.case import Case, Lane, State, Subscription
from workflows.moves.registering import apply_registers, contended_rows
from workflows.moves.replanning import replan
from workflows.ports import Engine, InboxRow, NewEvent, StoredEvent, Unit

HINT_GRACE = timedelta(seconds=2)
"""How long an inbox row is left to a hinted run before the sweep may take it."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The cases an event started or woke, by event number, and the lanes that have new work."""

    cases: dict[int, tuple[str, ...]]
    lanes: frozenset[Lane]


def route(engine: Engine, unit: Unit, events: Sequence[StoredEvent]) -> Routed:
    """Route newly stored events: start cases, post to the inboxes of waiting ones, park the rest."""
    replan(engine, unit, events)
    awaited = engine.library.awaited_types()
    pairs = {(one.event.type, one.event.key) for one in events if one.event.type in awaited}
    registers = {(f"register:{name}", key) for name, key in contended_rows(events)}
    unit.lock_correlations(sorted(pairs | registers))
    apply_registers(unit, events)
    started = [(one, case) for one in events for case in _started(engine, unit, one)]
    unit.add_cases([case for _, case in started])
    woken = _woken(unit, events, sorted(pairs))
    rows = [_row(unit, one, case.id, case.lane, starts=True) for one, case in started]
    rows += [_row(unit, one, case, one.event.lane, starts=False) for one, case in woken]
    # In the order of arrival, which is promised for each source: numbers follow the keys, not the senders.
    arrival = {one.no: place for place, one in enumerate(events)}
    rows.sort(key=lambda row: arrival[row.event or 0])
    unit.post(rows)
    cases: dict[int, tuple[str, ...]] = {one.no: () for one in events}
    for row in rows:
        if row.event is not None:
            cases[row.event] += (row.case,)
    heard = {one.no for one, _ in woken}
    unit.park_unmatched(
        [one for one in events if one.no not in heard and _is_parked(unit, one, cases[one.no], awaited)]
    )
    return Routed(cases, frozenset(row.lane for row in rows))


def source_of(county: str) -> str:
    """The CloudEvents source of the engine's own events."""
    return f"urn:liaison:{county}"


def _is_parked(unit: Unit, stored: StoredEvent, started: tuple[str, ...], awaited: frozenset[str]) -> bool:
    """Whether an event that woke nobody is kept: one that somebody may wait for always, also where it started a case.

    A case that was started in the same batch opens its waits only when it advances. Of the rest, an event of others
    that started nothing is kept in sight.
    """
    return stored.event.type in awaited or not (started or stored.event.source == source_of(unit.county))


def meet_parked(
    unit: Unit, returned: Sequence[tuple[StoredEvent, str]], opened: Sequence[Subscription], lanes: dict[str, Lane]
) -> list[InboxRow]:
    """Bring together who waits and what lies parked, in the transaction that opens the waits; the rows it posts.

    Args:
        unit: where `opened` is written already.
        returned: (event, case) where the case that the event was routed to has no use for it any more.
        opened: new subscriptions, that events parked before may answer.
        lanes: the lanes of the cases of `opened`.
    """
    asked = {(one.type, one.key) for one in opened}
    given = {(one.event.type, one.event.key) for one, _ in returned}
    if not (asked or given):
        return []
    unit.lock_correlations(sorted(asked | given))
    rows = _given_back(unit, returned, sorted(given)) if returned else []
    rows += _awaited(unit, opened, lanes, sorted(asked)) if opened else []
    rows.sort(key=lambda row: row.event or 0)
    unit.post(rows)
    return rows


def _given_back(
    unit: Unit, returned: Sequence[tuple[StoredEvent, str]], pairs: Sequence[tuple[str, str]]
) -> list[InboxRow]:
    """What no other case has goes to whoever waits for it by now, or is parked: so no case gets an event twice."""
    free = unit.give_back([(one.no, case) for one, case in returned])
    events = list({one.no: one for one, _ in returned if one.no in free}.values())
    woken = _woken(unit, events, pairs)
    taken = {one.no for one, _ in woken}
    unit.park_unmatched([one for one in events if one.no not in taken])
    return [_row(unit, one, case, one.event.lane, starts=False) for one, case in woken]


def _awaited(
    unit: Unit, opened: Sequence[Subscription], lanes: dict[str, Lane], pairs: Sequence[tuple[str, str]]
) -> list[InboxRow]:
    cases: dict[tuple[str, str], list[str]] = {}
    for one in opened:
        known = cases.setdefault((one.type, one.key), [])
        if one.case not in known:
            known.append(one.case)
    return [
        _inbox_row(unit, number, case, lanes[case], starts=False)
        for number, type_, key in unit.take_unmatched(pairs)
        for case in cases[type_, key]
    ]


def _started(engine: Engine, unit: Unit, stored: StoredEvent) -> Iterable[Case]:
    for workflow_hash, definition in engine.library.started_by(stored.event.type):
        yield new_case(engine, stored.event, workflow_hash, definition, unit.now)


def new_case(engine: Engine, event: NewEvent, workflow_hash: str, definition: Workflow, now: datetime) -> Case:
    """The head of the case that an event starts."""
    case = derived_id(event.county, definition.name, event.key, event.source, event.id)
    personal = dict(event.personal)
    if event.fingerprint is not None:
        personal["fingerprint"] = event.fingerprint
    return Case(
        county=event.county,
        id=case,
        workflow=definition.name,
        workflow_hash=workflow_hash,
        language=definition.language,
        version=0,
        seq=0,
        prev_hash="",
        root=case,
        key=event.key,
        person=event.person,
        state=State.RUNNING,
        outcome=None,
        fields=dict(event.plain) if event.initiator is None else {**event.plain, INITIATOR: event.initiator},
        personal=personal if event.person is not None else {},
        field_versions={},
        numbers=engine.library.numbers().version,
        lane=event.lane,
        department=event.department,
        sample=event.sample,
        opened_at=now,
        last_at=now,
    )


def _woken(
    unit: Unit, events: Sequence[StoredEvent], pairs: Sequence[tuple[str, str]]
) -> list[tuple[StoredEvent, str]]:
    cases: dict[tuple[str, str], list[str]] = {}
    for subscription in unit.subscriptions_to(pairs) if pairs else []:
        known = cases.setdefault((subscription.type, subscription.key), [])
        if subscription.case not in known:
            known.append(subscription.case)
    return [(one, case) for one in events for case in sorted(cases.get((one.event.type, one.event.key), ()))]


def _row(unit: Unit, stored: StoredEvent, case: str, lane: Lane, *, starts: bool) -> InboxRow:
    return _inbox_row(unit, stored.no, case, lane, starts=starts)


def _inbox_row(unit: Unit, event: int, case: str, lane: Lane, *, starts: bool) -> InboxRow:
    return InboxRow(
        no=0,
        county=unit.county,
        case=case,
        lane=lane,
        attempts=0,
        ready_at=unit.now + HINT_GRACE,
        starts=starts,
        event=event,
    )
