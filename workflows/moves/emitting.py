"""Domain events that the engine itself says: stored and routed like any other, in the transaction that says them."""

from __future__ import annotations

from collections.abc import Sequence

from domain.audit import canonical
from domain.identifiers import derived_id
from workflows.machine.case import Case, Emitted, Lane
from workflows.moves.routing import Routed, route, source_of
from workflows.ports import Engine, NewEvent, StoredEvent, Unit

NOTHING_ROUTED = Routed({}, frozenset())


def emit_events(engine: Engine, unit: Unit, emitted: Sequence[tuple[Case, Emitted]]) -> Routed:
    """Store and route what cases emitted; an id that is known already was emitted before and is left out."""
    return store_own(engine, unit, [_own_event(unit, head, one) for head, one in emitted])


def store_own(engine: Engine, unit: Unit, events: Sequence[NewEvent]) -> Routed:
    """Key, store and route the engine's own events, in the order in which they were said."""
    if not events:
        return NOTHING_ROUTED
    keyed = unit.key_events(events)
    stored = [
        StoredEvent(key.no, event, unit.now) for key, event in zip(keyed, events, strict=True) if key.status == "new"
    ]
    unit.add_events(stored)
    return route(engine, unit, stored)


def _own_event(unit: Unit, head: Case, emitted: Emitted) -> NewEvent:
    body = {"type": emitted.type, "plain": dict(emitted.plain)}
    return NewEvent(
        county=unit.county,
        source=source_of(unit.county),
        id=emitted.id,
        type=emitted.type,
        key=emitted.key,
        person=emitted.person,
        plain=emitted.plain,
        personal=emitted.personal,
        body_hash=derived_id("body", canonical(body).decode()),
        department=head.department,
        fingerprint=emitted.fingerprint,
        sample=head.sample,
        lane=Lane.INTERACTIVE if head.lane is Lane.INTERACTIVE else Lane.BULK,
    )
