"""What is live in cases: loaded for a batch in one question for each table, shown to pages by the same questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row, Table, bindparam, select

from adapters.sql import personal
from adapters.sql.dialects import COUNTY, Build, Dialect, same
from adapters.sql.heads import personal_ref
from adapters.sql.personal import NOTHING
from adapters.sql.rows import activation_of, case_of, holder_of, item_of, subscription_of, timer_of
from adapters.sql.tables import activation, case_head, holder, subscription, timer, work_item
from adapters.sql.transaction import Transaction
from workflows.machine.case import ActivationState, Case, Holder, Slice, WorkItem


def load(tx: Transaction, cases: Sequence[str]) -> dict[str, Slice]:
    """The live slices of these cases."""
    heads = _of_keys(tx, _heads, cases)
    found = personal.read(tx, [personal_ref(row.id) for row in heads if row.person is not None])
    tx.personal.update({personal_ref(row.id): found.get(personal_ref(row.id), NOTHING) for row in heads})
    # A case without an entry in its history has nothing live yet: five questions less for every case that starts.
    begun = [row.id for row in heads if row.seq]
    activations = _by("case", _of_keys(tx, _activations, begun))
    items = _by("case", _of_keys(tx, _items, begun))
    holders = _by("item", _of_keys(tx, _holders, begun))
    timers = _by("case", _of_keys(tx, _timers, begun))
    subscriptions = _by("case", _of_keys(tx, _subscriptions, begun))
    return {
        row.id: Slice(
            head=case_of(row, found.get(personal_ref(row.id), NOTHING)),
            activations={(one.path, one.round): one for one in map(activation_of, activations[row.id])},
            items={one.id: one for one in map(item_of, items[row.id])},
            holders={one.id: tuple(map(holder_of, holders[one.id])) for one in items[row.id]},
            timers={one.id: one for one in map(timer_of, timers[row.id])},
            subscriptions=frozenset(map(subscription_of, subscriptions[row.id])),
        )
        for row in heads
    }


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


def item(tx: Transaction, which: str) -> WorkItem | None:
    """One item, open or closed."""
    for row in tx.rows(_item, item=which):
        return item_of(row)
    return None


def _of_keys(tx: Transaction, build: Build, keys: Iterable[str]) -> Sequence[Row[Any]]:
    return tx.rows_of(build, [(key,) for key in sorted(set(keys))])


def _by(name: str, rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups


def _item(dialect: Dialect) -> Executable:
    return select(work_item).where(work_item.c.county == COUNTY, work_item.c.id == bindparam("item"))


def _heads(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    return select(case_head).join(given, same(case_head, given, "id"))


def _of_cases(dialect: Dialect, table: Table) -> Any:
    given = dialect.given(table.c.case)
    return select(table).join(given, same(table, given, "case"))


def _activations(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, activation).where(activation.c.state == str(ActivationState.LIVE))
    return live


def _items(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, work_item).where(work_item.c.closed_at.is_(None))
    return live


def _holders(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, holder).where(holder.c.closed_at.is_(None)).order_by(holder.c.who)
    return live


def _item_holders(dialect: Dialect) -> Executable:
    given = dialect.given(holder.c.item)
    held = select(holder).join(given, same(holder, given, "item"))
    return held.where(holder.c.closed_at.is_(None)).order_by(holder.c.who)


def _timers(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, timer)
    return live


def _subscriptions(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, subscription)
    return live
