"""What was made urgent on the memory store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from workflows.machine.decision import Raised
from workflows.memory.rows import ITEMS, RAISED, RaisedRow
from workflows.memory.store import Transaction
from workflows.ports import Changes
from workflows.reads import RaisedTally


class MemoryUrgencies:
    """`workflows.ports.urgencies.Urgencies` says what each method means."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def raised(self, departments: Collection[str], month: str) -> Mapping[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in self._tx.where(RAISED, "month", month):
            if row.one.counts and row.one.department in departments:
                found[row.one.department].add(row.one.case)
        return {department: frozenset(cases) for department, cases in found.items()}


def write(tx: Transaction, changes: Changes) -> None:
    """Note what was raised, for each month once, and that it was lowered again."""
    for one in changes.raised:
        if tx.get(RAISED, _key(one)) is None:
            tx.put(RAISED, _key(one), RaisedRow(one, tx.now))
    for case in sorted(set(changes.lowered)):
        for row in tx.where(RAISED, "case", case):
            if row.lowered_at is None:
                tx.put(RAISED, _key(row.one), replace(row, lowered_at=tx.now))


def tallies(tx: Transaction, month: str) -> tuple[RaisedTally, ...]:
    """What was raised in a month, by department, ground and by whom."""
    groups: defaultdict[tuple[str, str, bool], list[RaisedRow]] = defaultdict(list)
    for row in tx.where(RAISED, "month", month):
        groups[row.one.department, row.one.ground, row.one.counts].append(row)
    return tuple(
        RaisedTally(
            department,
            ground,
            by_office=not counts,
            cases=len(rows),
            lowered=sum(row.lowered_at is not None for row in rows),
            late=sum(_was_late(tx, row.one.case) for row in rows),
        )
        for (department, ground, counts), rows in sorted(groups.items())
    )


def _was_late(tx: Transaction, case: str) -> bool:
    items = tx.where(ITEMS, "case", case)
    return any(one.due_at is not None and one.due_at < (one.closed_at or tx.now) for one in items)


def _key(one: Raised) -> tuple[str, str, str, bool]:
    return one.month, one.department, one.case, one.counts
