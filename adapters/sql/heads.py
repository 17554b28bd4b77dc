"""Heads of cases in a unit: opened, loaded with what is live in them, saved under the guard of their version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Executable, Integer, Table, bindparam, column, select, update

from adapters.sql import personal
from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.personal import NOTHING, Personal
from adapters.sql.rows import (
    activation_of,
    case_of,
    case_values,
    holder_of,
    item_of,
    subscription_of,
    timer_of,
)
from adapters.sql.tables import activation, case_head, holder, subscription, timer, work_item
from adapters.sql.transaction import Transaction
from workflows.machine.case import ActivationState, Case, Slice, WorkItem

# What a save leaves alone; the quarantine mark is set and lifted on its own, never by a save that knew nothing of it.
_FIXED = {"county", "id", "workflow", "root", "key", "lane", "department", "sample", "opened_at", "quarantine"}
_CHANGING = [each for each in case_head.columns if each.name not in _FIXED]
_PLACES = [[each.name for each in case_head.columns][1:].index(name.name) for name in _CHANGING]


def add_cases(tx: Transaction, cases: Sequence[Case]) -> set[str]:
    """Two units that open the same case meet at its key: the second one runs again and finds it."""
    there = {row.id for row in tx.rows_of(_known, [(case.id,) for case in cases])}
    new = {case.id: case for case in reversed(cases) if case.id not in there}
    tx.insert(case_head, sorted(map(case_values, new.values())))
    tx.personal.update({personal_ref(case): NOTHING for case in new})
    write_personal(tx, new.values())
    return set(new)


def _known(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    return select(case_head.c.id).join(given, same(case_head, given, "id"))


def write_personal(tx: Transaction, cases: Iterable[Case]) -> None:
    """Write the personal values of these heads, except those that this unit knows to stand there already.

    Raises:
        ValueError: for a case about nobody that holds personal values: no key could ever erase them.
    """
    changed = []
    for case in cases:
        ref = personal_ref(case.id)
        if case.person is None and not case.personal:
            continue
        if case.person is None:
            raise ValueError(f"case {case.id} is about no person but holds personal values: {sorted(case.personal)}")
        if case.personal != tx.personal.get(ref):
            changed.append(Personal(ref, case.person, case.personal))
    stored = personal.write(tx, changed)
    tx.personal.update({part.ref: part.values for part in changed if part.ref in stored})


def personal_ref(case: str) -> str:
    """Where the personal values of a case stand."""
    return f"case/{case}"


def load(tx: Transaction, cases: Sequence[str]) -> dict[str, Slice]:
    wanted = [(case,) for case in sorted(set(cases))]
    heads = tx.rows_of(_heads, wanted)
    found = personal.read(tx, [personal_ref(row.id) for row in heads if row.person is not None])
    tx.personal.update({personal_ref(row.id): found.get(personal_ref(row.id), NOTHING) for row in heads})
    # A case without an entry in its history has nothing live yet: five questions less for every case that starts.
    begun = [(row.id,) for row in heads if row.seq]
    activations = _by_case(tx, _activations, begun)
    items = _by_case(tx, _items, begun)
    holders = _by_case(tx, _holders, begun)
    timers = _by_case(tx, _timers, begun)
    subscriptions = _by_case(tx, _subscriptions, begun)
    return {
        row.id: Slice(
            head=case_of(row, found.get(personal_ref(row.id), NOTHING)),
            activations={(one.path, one.round): one for one in map(activation_of, activations[row.id])},
            items={one.id: one for one in map(item_of, items[row.id])},
            holders=_by_item(holders[row.id]),
            timers={one.id: one for one in map(timer_of, timers[row.id])},
            subscriptions=frozenset(map(subscription_of, subscriptions[row.id])),
        )
        for row in heads
    }


def _by_case(tx: Transaction, build: Any, wanted: list[tuple[str]]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in tx.rows_of(build, wanted):
        rows[row.case].append(row)
    return rows


def item(tx: Transaction, which: str) -> WorkItem | None:
    for row in tx.rows(_item, item=which):
        return item_of(row)
    return None


def _item(dialect: Dialect) -> Executable:
    return select(work_item).where(work_item.c.county == COUNTY, work_item.c.id == bindparam("item"))


def _by_item(rows: list[Any]) -> dict[str, Any]:
    holders: dict[str, Any] = defaultdict(tuple)
    for row in rows:
        holders[row.item] += (holder_of(row),)
    return dict(holders)


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


def _timers(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, timer)
    return live


def _subscriptions(dialect: Dialect) -> Executable:
    live: Executable = _of_cases(dialect, subscription)
    return live


def save_heads(tx: Transaction, heads: Sequence[tuple[int, Case]]) -> set[str]:
    """Locks in id order first (doors are not kept waiting by this kind of lock), then updates all at once."""
    ordered = sorted(heads, key=lambda head: head[1].id)
    tx.rows_of(_lock, [(case.id,) for _, case in ordered])
    rows = []
    for expected, case in ordered:
        values = case_values(case)
        rows.append((case.id, expected, *(values[place] for place in _PLACES)))
    saved = {row.id for row in tx.rows_of(_save, rows)}
    write_personal(tx, [case for _, case in ordered if case.id in saved])
    return saved


def _lock(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    return (
        select(case_head.c.id)
        .join(given, same(case_head, given, "id"))
        .order_by(case_head.c.id)
        .with_for_update(key_share=True, of=case_head)
    )


def _save(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id, column("expected", Integer), *_CHANGING)
    return (
        update(case_head)
        .values({each.name: given.c[each.name] for each in _CHANGING})
        .where(
            same(case_head, given, "id"),
            case_head.c.version == given.c.expected,
        )
        .returning(case_head.c.id)
    )


def quarantine(tx: Transaction, case: str, why: str) -> None:
    tx.run(_quarantine, case=case, why=why)


def _quarantine(dialect: Dialect) -> Executable:
    return (
        update(case_head)
        .values(quarantine=bindparam("why"))
        .where(case_head.c.county == COUNTY, case_head.c.id == bindparam("case"))
    )
