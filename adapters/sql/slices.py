"""What is live in cases: loaded whole or near one turn of many, shown to pages by the same questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, Table, Text, and_, bindparam, column, select

from adapters.sql import personal
from adapters.sql.dialects import COUNTY, Build, Dialect, same
from adapters.sql.gates import HEAD
from adapters.sql.personal import NOTHING, personal_ref
from adapters.sql.rows import activation_of, case_of, holder_of, item_of, subscription_of, timer_of
from adapters.sql.tables import activation, case_head, holder, subscription, timer, work_item
from adapters.sql.transaction import Transaction
from workflows.machine.case import ActivationState, Case, Holder, Slice, WorkItem
from workflows.machine.nearness import spans, turns_around

ByCase = dict[str, list[Any]]
Paths = Mapping[str, Collection[str]]
Pairs = Mapping[str, Collection[tuple[str, str]]]


def load(tx: Transaction, cases: Sequence[str], near: Paths, heard: Pairs) -> dict[str, Slice]:
    """The live slices of these cases; of those in `near` and `heard` what is near the paths, and what asks for events."""
    heads = _of_keys(tx, _heads, cases)
    found = personal.read(tx, [personal_ref(row.id) for row in heads if row.person is not None])
    tx.personal.update({personal_ref(row.id): found.get(personal_ref(row.id), NOTHING) for row in heads})
    # A case without an entry in its history has nothing live yet: five questions less for every case that starts.
    begun = [row.id for row in heads if row.seq]
    around = _around(tx, begun, near, heard)
    whole = [(case,) for case in begun if case not in around]
    spread = sorted({(case, *span) for case, turns in around.items() for turn in turns for span in spans(turn)})
    of_whole = tx.rows_of_each(
        (_activations, whole), (_items, whole), (_timers, whole), (_subscriptions, whole), (_holders, whole)
    )
    of_parts = tx.rows_of_each(
        (_near_activations, spread), (_near_items, spread), (_near_timers, spread), (_near_subscriptions, spread)
    )
    activations, items, timers, subscriptions = map(_by_case, of_whole[:4], of_parts)
    seats = [(row.id,) for case in around for row in items[case]]
    holders = _by_case(of_whole[4], tx.rows_of(_item_holders, seats))
    return {
        row.id: Slice(
            head=case_of(row, found.get(personal_ref(row.id), NOTHING)),
            activations={(one.path, one.round): one for one in map(activation_of, activations[row.id])},
            items={one.id: one for one in map(item_of, items[row.id])},
            holders=_by_item(items[row.id], holders[row.id]),
            timers={one.id: one for one in map(timer_of, timers[row.id])},
            subscriptions=frozenset(map(subscription_of, subscriptions[row.id])),
            around=around.get(row.id),
            hears=frozenset(heard.get(row.id, ())),
        )
        for row in heads
    }


def _around(tx: Transaction, cases: Sequence[str], near: Paths, heard: Pairs) -> dict[str, tuple[str, ...]]:
    """The turns to load of each case that need not be loaded as a whole."""
    asked = sorted({(case, *pair) for case in cases for pair in heard.get(case, ())})
    asking: dict[str, list[str]] = defaultdict(list)
    for row in tx.rows_of(_asking, asked) if asked else ():
        asking[row.case].append(row.path)
    found = {case: turns_around(near.get(case, ()), asking[case], hears=case in heard) for case in cases}
    return {case: turns for case, turns in found.items() if turns is not None}


def _by_case(*found: Iterable[Any]) -> ByCase:
    groups: ByCase = defaultdict(list)
    for row in chain(*found):
        groups[row.case].append(row)
    return groups


def _by_item(items: Iterable[Any], rows: Iterable[Any]) -> dict[str, tuple[Holder, ...]]:
    """The holders of each item, also of one that nobody holds."""
    holders: dict[str, tuple[Holder, ...]] = {row.id: () for row in items}
    for row in rows:
        if row.item in holders:
            holders[row.item] += (holder_of(row),)
    return holders


def heads_of(tx: Transaction, cases: Iterable[str]) -> dict[str, Case]:
    """The heads of these cases, without anything personal."""
    return {row.id: case_of(row, NOTHING) for row in _of_keys(tx, _heads, cases)}


def open_items(tx: Transaction, cases: Iterable[str]) -> Mapping[str, Sequence[WorkItem]]:
    """The items of these cases that are not closed, by case."""
    rows = _by("case", _of_keys(tx, _items, cases))
    return defaultdict(list, {case: [item_of(row) for row in mine] for case, mine in rows.items()})


def holders_in(tx: Transaction, cases: Iterable[str]) -> Mapping[str, Sequence[Holder]]:
    """Who holds items of these cases now, by case."""
    rows = _by("case", _of_keys(tx, _holders, cases))
    return defaultdict(list, {case: [holder_of(row) for row in mine] for case, mine in rows.items()})


def holders_of(tx: Transaction, items: Iterable[str]) -> Mapping[str, tuple[Holder, ...]]:
    """Who holds these items now, by item."""
    rows = _by("item", _of_keys(tx, _item_holders, items))
    return defaultdict(tuple, {item: tuple(map(holder_of, mine)) for item, mine in rows.items()})


def past(tx: Transaction, cases: Sequence[str]) -> dict[str, tuple[WorkItem, ...]]:
    """The closed items of these cases, by the moment they were closed at."""
    rows = _by("case", _of_keys(tx, _closed_items, cases))
    return {case: tuple(map(item_of, rows.get(case, ()))) for case in cases}


def item(tx: Transaction, which: str) -> WorkItem | None:
    """One item, open or closed."""
    for row in tx.rows(_item, item=which):
        return item_of(row)
    return None


def places(tx: Transaction, items: Iterable[str]) -> dict[str, str]:
    """The steps that these items are for."""
    return {row.id: row.path for row in _of_keys(tx, _places, items)}


def _of_keys(tx: Transaction, build: Build, keys: Iterable[str]) -> Sequence[Row[Any]]:
    return tx.rows_of(build, [(key,) for key in sorted(set(keys))])


def _by(name: str, rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups


def _item(dialect: Dialect) -> Executable:
    return select(work_item).where(work_item.c.county == COUNTY, work_item.c.id == bindparam("item"))


def _places(dialect: Dialect) -> Executable:
    given = dialect.given(work_item.c.id)
    return select(work_item.c.id, work_item.c.path).join(given, same(work_item, given, "id"))


def _heads(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    return select(*HEAD).join(given, same(case_head, given, "id"))


def _of_cases(dialect: Dialect, table: Table) -> Any:
    given = dialect.given(table.c.case)
    return select(table).join(given, same(table, given, "case"))


def _of_spans(dialect: Dialect, table: Table, *conditions: ColumnElement[bool]) -> Executable:
    given = dialect.given(table.c.case, column("low", Text), column("high", Text))
    spread = (table.c.path >= given.c.low, table.c.path < given.c.high)
    return dialect.looked_up(table, given, and_(same(table, given, "case"), *spread, *conditions))


_IS_LIVE = activation.c.state == str(ActivationState.LIVE)
_IS_OPEN = work_item.c.closed_at.is_(None)
_IS_HELD = holder.c.closed_at.is_(None)


def _activations(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, activation).where(_IS_LIVE)
    return live


def _near_activations(dialect: Dialect) -> Executable:
    return _of_spans(dialect, activation, _IS_LIVE)


def _items(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, work_item).where(_IS_OPEN)
    return live


def _closed_items(dialect: Dialect) -> Executable:
    closed: Executable = (
        _of_cases(dialect, work_item)
        .where(work_item.c.closed_at.is_not(None))
        .order_by(work_item.c.case, work_item.c.closed_at, work_item.c.id)
    )
    return closed


def _near_items(dialect: Dialect) -> Executable:
    return _of_spans(dialect, work_item, _IS_OPEN)


def _holders(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, holder).where(_IS_HELD).order_by(holder.c.who)
    return live


def _item_holders(dialect: Dialect) -> Executable:
    given = dialect.given(holder.c.item)
    return select(holder).join(given, same(holder, given, "item")).where(_IS_HELD).order_by(holder.c.who)


def _timers(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, timer)
    return live


def _near_timers(dialect: Dialect) -> Executable:
    return _of_spans(dialect, timer)


def _subscriptions(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, subscription)
    return live


def _asking(dialect: Dialect) -> Executable:
    """The paths that ask for these events in these cases."""
    given = dialect.given(subscription.c.case, subscription.c.type, subscription.c.key)
    return select(subscription.c.case, subscription.c.path).join(
        given, same(subscription, given, "case", "type", "key")
    )


def _near_subscriptions(dialect: Dialect) -> Executable:
    return _of_spans(dialect, subscription)
