"""Time in a unit: timers that fall due become stimuli."""

from __future__ import annotations

from sqlalchemy import Executable, and_, bindparam, delete, exists, literal, select

from adapters.sql.columns import MOMENT
from adapters.sql.dialects import COUNTY, Dialect, among
from adapters.sql.doors import post
from adapters.sql.gates import stands_still
from adapters.sql.rows import timer_of
from adapters.sql.tables import case_head, inbox, timer
from adapters.sql.transaction import Transaction
from workflows.machine.case import Lane
from workflows.ports import InboxRow

_IS_SIGNALLED = exists(
    select(literal(1)).where(
        inbox.c.county == timer.c.county, inbox.c.case == timer.c.case, inbox.c.signal.is_not(None)
    )
)


def fire_timers(tx: Transaction, limit: int) -> int:
    """A timer leaves its table in the transaction in which its stimulus enters the inbox: exactly once."""
    due = sorted(tx.rows(_due_timers, now=tx.now, limit=limit), key=lambda row: (row.due_at, row.id))
    tx.run_of(_remove_timers, [(row.id,) for row in due])
    post(
        tx,
        [
            InboxRow(0, tx.county, row.case, Lane(row.lane), attempts=0, ready_at=tx.now, timer=timer_of(row))
            for row in due
        ],
    )
    return len(due)


def _due_timers(dialect: Dialect) -> Executable:
    return (
        select(timer, case_head.c.lane)
        .join(case_head, and_(case_head.c.county == timer.c.county, case_head.c.id == timer.c.case))
        .where(
            timer.c.county == COUNTY,
            timer.c.due_at <= bindparam("now", type_=MOMENT),
            ~stands_still(case_head),
            ~_IS_SIGNALLED,
        )
        .order_by(timer.c.due_at, timer.c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=timer)
    )


def _remove_timers(dialect: Dialect) -> Executable:
    given = dialect.given(timer.c.id)
    return delete(timer).where(among(timer, given, "id"))
