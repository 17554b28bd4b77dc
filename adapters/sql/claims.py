"""Due work in a unit: which cases a move takes, and in which order (architecture.md §2.5, §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Executable, Select, bindparam, delete, exists, literal, or_, select, update

from adapters.sql.columns import MOMENT
from adapters.sql.dialects import COUNTY, Dialect, among, same
from adapters.sql.gates import stands_still
from adapters.sql.rows import inbox_of
from adapters.sql.tables import case_head, inbox
from adapters.sql.transaction import Transaction
from workflows.machine.case import Lane
from workflows.ports import InboxRow

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (2, 8, 30, 120, 300))
"""How long a case rests after its 1st, 2nd … try; the last counts for all later ones."""

_earlier = inbox.alias("earlier")
_marked = case_head.alias("marked")

# The oldest row stands for its case: nobody slides past an earlier event, and whoever locks it has the case.
_IS_OLDEST = ~exists(
    select(literal(1)).where(
        _earlier.c.county == inbox.c.county, _earlier.c.case == inbox.c.case, _earlier.c.no < inbox.c.no
    )
)
_MAY_MOVE = ~exists(
    select(literal(1)).where(
        _marked.c.county == inbox.c.county,
        _marked.c.id == inbox.c.case,
        or_(_marked.c.quarantine.is_not(None), stands_still(_marked)),
    )
)
_DUE = (_IS_OLDEST, _MAY_MOVE)


def claim_fresh(tx: Transaction, lane: Lane, limit: int) -> list[InboxRow]:
    return [inbox_of(row) for row in tx.rows(_fresh, lane=str(lane), limit=limit)]


def _fresh(dialect: Dialect) -> Executable:
    untried = inbox.c.attempts == literal(0, literal_execute=True)
    oldest = (
        select(inbox.c.county, inbox.c.case)
        .where(inbox.c.county == COUNTY, *_DUE, inbox.c.lane == bindparam("lane"), untried)
        .order_by(inbox.c.no)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=inbox)
    )
    return _all_rows(oldest)


def claim_cases(tx: Transaction, cases: Sequence[str]) -> list[InboxRow]:
    return [inbox_of(row) for row in tx.rows_of(_named, [(case,) for case in sorted(set(cases))])]


def _named(dialect: Dialect) -> Executable:
    given = dialect.given(inbox.c.case)
    oldest = (
        select(inbox.c.county, inbox.c.case)
        .join(given, same(inbox, given, "case"))
        .where(*_DUE)
        .with_for_update(skip_locked=True, of=inbox)
    )
    return _all_rows(oldest)


def _all_rows(oldest: Select[Any]) -> Executable:
    """All rows of the cases whose oldest row was locked, in order."""
    claimed = oldest.cte("claimed")
    row = inbox.alias("row")
    return (
        select(row)
        .join(claimed, same(row, claimed, "case"))
        .order_by(row.c.no)
        .with_for_update(skip_locked=True, of=row)
    )


def count_attempts(tx: Transaction, lane: Lane, limit: int) -> list[InboxRow]:
    found = tx.rows(_ready, lane=str(lane), limit=limit, now=tx.now)
    counted = [(row.no, row.attempts + 1, tx.now + BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)]) for row in found]
    return sorted((inbox_of(row) for row in tx.rows_of(_count, counted)), key=lambda row: row.no)


def _ready(dialect: Dialect) -> Executable:
    return (
        select(inbox.c.no, inbox.c.attempts)
        .where(
            inbox.c.county == COUNTY,
            *_DUE,
            inbox.c.lane == bindparam("lane"),
            inbox.c.ready_at <= bindparam("now", type_=MOMENT),
        )
        .order_by(inbox.c.ready_at, inbox.c.no)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=inbox)
    )


def _count(dialect: Dialect) -> Executable:
    changing: list[Column[Any]] = [inbox.c.attempts, inbox.c.ready_at]
    given = dialect.given(inbox.c.no, *changing)
    return (
        update(inbox)
        .values({each.name: given.c[each.name] for each in changing})
        .where(same(inbox, given, "no"))
        .returning(*inbox.columns)
    )


def clear_inbox(tx: Transaction, numbers: Sequence[int]) -> None:
    tx.run_of(_clear, [(no,) for no in numbers])


def _clear(dialect: Dialect) -> Executable:
    given = dialect.given(inbox.c.no)
    return delete(inbox).where(among(inbox, given, "no"))
