"""Ways out in a unit: effects under lease and fence, notices, and the flags of the lanes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Executable, Text, and_, bindparam, column, or_, select, update

from adapters.sql.columns import MOMENT, dumps
from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.rows import effect_of
from adapters.sql.tables import effect, lane, notice
from adapters.sql.transaction import Transaction
from workflows.machine.case import Effect, Lane
from workflows.ports import DueEffect

HINT_LOST_AFTER = timedelta(seconds=2)


def lease_effects(tx: Transaction, limit: int, seconds: int) -> list[DueEffect]:
    due = tx.rows(_due, now=tx.now, limit=limit)
    tx.run_of(_lease, [(row.key, tx.now + timedelta(seconds=seconds)) for row in due])
    return [DueEffect(tx.county, effect_of(row), row.attempts + 1, row.fence + 1) for row in due]


def _due(dialect: Dialect) -> Executable:
    return (
        select(effect)
        .where(effect.c.county == COUNTY, effect.c.sent_at.is_(None), effect.c.due_at <= bindparam("now", type_=MOMENT))
        .order_by(effect.c.due_at, effect.c.key)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=effect)
    )


def _lease(dialect: Dialect) -> Executable:
    given = dialect.given(effect.c.key, effect.c.due_at)
    return (
        update(effect)
        .values(due_at=given.c.due_at, fence=effect.c.fence + 1, attempts=effect.c.attempts + 1)
        .where(same(effect, given, "key"))
    )


def record_sent(tx: Transaction, sent: Sequence[DueEffect]) -> set[str]:
    rows = sorted((one.effect.key, one.fence) for one in sent)
    return {row.key for row in tx.rows_of(_sent, rows, now=tx.now)}


def _sent(dialect: Dialect) -> Executable:
    given = dialect.given(effect.c.key, effect.c.fence)
    return (
        update(effect)
        # One fence further, so that no late result of this lease fits any more.
        .values(sent_at=bindparam("now", type_=MOMENT), error=None, fence=effect.c.fence + 1)
        .where(same(effect, given, "key", "fence"))
        .returning(effect.c.key)
    )


def record_failed(tx: Transaction, failed: Sequence[tuple[DueEffect, str, datetime]]) -> set[str]:
    rows = sorted((one.effect.key, one.fence, why, again) for one, why, again in failed)
    return {row.key for row in tx.rows_of(_failed, rows)}


def _failed(dialect: Dialect) -> Executable:
    given = dialect.given(effect.c.key, effect.c.fence, column("why", Text), column("again", MOMENT))
    return (
        update(effect)
        .values(error=given.c.why, due_at=given.c.again)
        .where(same(effect, given, "key", "fence"))
        .returning(effect.c.key)
    )


def add_notices(tx: Transaction, notices: Sequence[Effect]) -> None:
    tx.insert_new(
        notice,
        sorted((one.key, who, one.case, dumps(one.body), tx.now) for one in notices for who in one.body["to"]),
    )


def raise_hint(tx: Transaction, which: Lane) -> bool:
    """A flag that a crash of the server takes back counts as lost after 2 s: no reason to wait for its disk."""
    tx.dialect.commit_without_waiting(tx.driver)
    if tx.rows(_raise, which=str(which), now=tx.now, lost=tx.now - HINT_LOST_AFTER):
        return True
    known = tx.rows(_flag, which=str(which))
    if not known:
        tx.insert_new(lane, [(str(which), tx.now)])
    return not known


def _raise(dialect: Dialect) -> Executable:
    clear = or_(lane.c.raised_at.is_(None), lane.c.raised_at < bindparam("lost", type_=MOMENT))
    return update(lane).values(raised_at=bindparam("now", type_=MOMENT)).where(_is_lane(), clear).returning(lane.c.lane)


def _flag(dialect: Dialect) -> Executable:
    return select(lane.c.lane).where(_is_lane())


def clear_hint(tx: Transaction, which: Lane) -> None:
    tx.dialect.commit_without_waiting(tx.driver)
    tx.run(_clear, which=str(which))


def _clear(dialect: Dialect) -> Executable:
    return update(lane).values(raised_at=None).where(_is_lane())


def _is_lane() -> ColumnElement[bool]:
    return and_(lane.c.county == COUNTY, lane.c.lane == bindparam("which"))
