"""Effects on their way out, under lease and fence, and notices that have arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from workflows.machine.case import Effect
from workflows.memory.rows import EFFECTS, NOTICES, EffectRow, Notice
from workflows.memory.store import Transaction
from workflows.ports import DueEffect


def add(tx: Transaction, effects: Sequence[Effect]) -> None:
    """Store effects, due at once; a key that stands already stays as it is."""
    for one in effects:
        if tx.get(EFFECTS, one.key) is None:
            tx.put(EFFECTS, one.key, EffectRow(one, tx.next_number("effect"), ready_at=tx.now))


def lease(tx: Transaction, county: str, limit: int, seconds: int) -> list[DueEffect]:
    """Lease up to `limit` due effects for so many seconds, the longest due first."""
    waiting = (one for _, one in tx.all(EFFECTS) if one.sent_at is None and one.ready_at <= tx.now)
    due = sorted(waiting, key=lambda one: (one.ready_at, one.no))
    until = tx.now + timedelta(seconds=seconds)
    leased = [
        replace(row, ready_at=until, attempts=row.attempts + 1, fence=row.fence + 1)
        for row in tx.lock_some(EFFECTS, due, lambda row: row.effect.key, limit)
    ]
    for row in leased:
        tx.put(EFFECTS, row.effect.key, row)
    return [DueEffect(county=county, effect=row.effect, attempts=row.attempts, fence=row.fence) for row in leased]


def record_sent(tx: Transaction, sent: Sequence[DueEffect]) -> set[str]:
    """Mark as sent what is still under the lease it was sent with."""
    fitting = [row for due in sent if (row := _under_lease(tx, due)) is not None]
    for row in fitting:
        tx.put_latest(EFFECTS, row.effect.key, replace(row, sent_at=tx.now, error=None))
    return {row.effect.key for row in fitting}


def record_failed(tx: Transaction, failed: Sequence[tuple[DueEffect, str, datetime]]) -> set[str]:
    """Record the error and the next try of what is still under the lease it was sent with."""
    fitting = [(row, error, again) for due, error, again in failed if (row := _under_lease(tx, due)) is not None]
    for row, error, again in fitting:
        tx.put_latest(EFFECTS, row.effect.key, replace(row, error=error, ready_at=again))
    return {row.effect.key for row, _, _ in fitting}


def add_notices(tx: Transaction, notices: Sequence[Effect]) -> None:
    """Put each notice into the inbox of each of its recipients, once."""
    for notice in notices:
        for to in notice.body["to"]:
            if tx.get(NOTICES, (notice.key, to)) is None:
                tx.put(NOTICES, (notice.key, to), Notice(notice.key, to, notice.body, tx.now))


def _under_lease(tx: Transaction, due: DueEffect) -> EffectRow | None:
    row = tx.latest(EFFECTS, due.effect.key)
    return row if row is not None and row.fence == due.fence and row.sent_at is None else None
