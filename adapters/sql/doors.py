"""What the doors and routing do in a unit: keys, bodies, correlations, subscriptions, unmatched events, the inbox."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Executable, and_, delete, select

from adapters.sql import personal
from adapters.sql.dialects import Dialect, among, same
from adapters.sql.personal import NOTHING, Personal
from adapters.sql.rows import event_of, event_values, inbox_values, subscription_of
from adapters.sql.tables import event, event_key, inbox, routed, subscription, unmatched
from adapters.sql.transaction import Transaction
from workflows.machine.case import Subscription
from workflows.ports import InboxRow, Keyed, NewEvent, StoredEvent

Pairs = Sequence[tuple[str, str]]


def key_events(tx: Transaction, events: Sequence[NewEvent]) -> list[Keyed]:
    """Whoever comes second with a key waits here for the first one's commit, and then reads what it stored."""
    first: dict[tuple[str, str], NewEvent] = {}
    for new in events:
        first.setdefault((new.source, new.id), new)
    # In one order for everybody, so that two batches with the same keys never wait for each other.
    keys = sorted(first)
    given = tx.next_numbers("event_no", len(keys))
    tx.insert_new(event_key, [(*key, no, first[key].body_hash) for key, no in zip(keys, given, strict=True)])
    stored = {(row.source, row.id): row for row in tx.rows_of(_keys, keys)}
    fresh = set(given)
    outcomes = []
    for new in events:
        row = stored[new.source, new.id]
        if row.body_hash != new.body_hash:
            outcomes.append(Keyed("conflict", row.no))
        elif row.no in fresh:
            # The first of the batch is the new one; the same event again in the same batch is a duplicate.
            fresh.remove(row.no)
            outcomes.append(Keyed("new", row.no))
        else:
            outcomes.append(Keyed("duplicate", row.no))
    return outcomes


def _keys(dialect: Dialect) -> Executable:
    given = dialect.given(event_key.c.source, event_key.c.id)
    columns = (event_key.c.source, event_key.c.id, event_key.c.no, event_key.c.body_hash)
    return select(*columns).join(given, same(event_key, given, "source", "id"))


def add_events(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    parts = {
        stored.no: Personal(f"event/{stored.no}", stored.event.person, stored.event.personal)
        for stored in events
        if stored.event.personal and stored.event.person is not None
    }
    # The cases that these events start may be about people of whom the events themselves keep nothing.
    personal.give_keys(tx, {stored.event.person for stored in events if stored.event.person is not None})
    personal.welcome(tx, {part.person for part in parts.values()})
    personal.write(tx, list(parts.values()))
    tx.insert(event, [event_values(one, parts[one.no].ref if one.no in parts else None) for one in events])


def lock_correlations(tx: Transaction, pairs: Pairs) -> None:
    if pairs:
        tx.dialect.lock(tx.driver, [f"{tx.county}\0{type_}\0{key}" for type_, key in pairs])


def subscriptions_to(tx: Transaction, pairs: Pairs) -> list[Subscription]:
    return [subscription_of(row) for row in tx.rows_of(_subscriptions, sorted(set(pairs)))]


def _subscriptions(dialect: Dialect) -> Executable:
    given = dialect.given(subscription.c.type, subscription.c.key)
    return select(subscription).join(given, same(subscription, given, "type", "key"))


def park_unmatched(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    tx.insert(unmatched, [(one.event.type, one.event.key, one.no, one.at) for one in events])


def give_back(tx: Transaction, routes: Sequence[tuple[int, str]]) -> set[int]:
    """The caller holds the correlations' locks, so nobody else gives the same events back meanwhile."""
    tx.run_of(_forget_routes, sorted(set(routes)))
    given = sorted({no for no, _ in routes})
    kept = {row.event for row in tx.rows_of(_routes, [(no,) for no in given])}
    return {no for no in given if no not in kept}


def _forget_routes(dialect: Dialect) -> Executable:
    given = dialect.given(routed.c.event, routed.c.case)
    return delete(routed).where(among(routed, given, "event", "case"))


def _routes(dialect: Dialect) -> Executable:
    given = dialect.given(routed.c.event)
    return select(routed.c.event).join(given, same(routed, given, "event"))


def take_unmatched(tx: Transaction, pairs: Pairs) -> list[tuple[int, str, str]]:
    return sorted((row.no, row.type, row.key) for row in tx.rows_of(_unpark, sorted(set(pairs))))


def _unpark(dialect: Dialect) -> Executable:
    given = dialect.given(unmatched.c.type, unmatched.c.key)
    return (
        delete(unmatched)
        .where(among(unmatched, given, "type", "key"))
        .returning(unmatched.c.no, unmatched.c.type, unmatched.c.key)
    )


def post(tx: Transaction, rows: Sequence[InboxRow]) -> list[int]:
    given = tx.next_numbers("inbox_no", len(rows))
    tx.insert(inbox, [inbox_values(row, no) for row, no in zip(rows, given, strict=True)])
    tx.insert_new(routed, sorted({(row.event, row.case) for row in rows if row.event is not None}))
    return list(given)


def events(tx: Transaction, numbers: Sequence[int]) -> dict[int, StoredEvent]:
    rows = tx.rows_of(_events, [(no,) for no in sorted(set(numbers))])
    values = personal.read(tx, [row.payload_ref for row in rows if row.payload_ref is not None])
    return {row.no: event_of(row, values.get(row.payload_ref, NOTHING)) for row in rows}


def _events(dialect: Dialect) -> Executable:
    given = dialect.given(event.c.no)
    keyed = and_(event_key.c.county == event.c.county, event_key.c.no == event.c.no)
    return (
        select(event, event_key.c.source, event_key.c.id, event_key.c.body_hash)
        .join(given, same(event, given, "no"))
        .join(event_key, keyed)
    )
