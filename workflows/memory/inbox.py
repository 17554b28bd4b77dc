"""The queue of stimuli: which cases are due, and who may have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from workflows.machine.case import Lane
from workflows.memory.gates import held
from workflows.memory.rows import CASES, INBOX
from workflows.memory.store import Transaction
from workflows.ports import InboxRow


def fresh(tx: Transaction, lane: Lane, limit: int) -> list[InboxRow]:
    """The rows of up to `limit` cases whose oldest row is in the lane and was never counted, locked."""
    due = [rows for rows in _queues(tx) if rows[0].lane is lane and rows[0].attempts == 0]
    return _locked(tx, due, limit)


def named(tx: Transaction, cases: Sequence[str]) -> list[InboxRow]:
    """The rows of these cases, locked."""
    wanted = set(cases)
    return _locked(tx, [rows for rows in _queues(tx) if rows[0].case in wanted], len(wanted))


def counted(tx: Transaction, lane: Lane, limit: int) -> list[InboxRow]:
    """Count an attempt on the oldest row of up to `limit` cases, where that row is ready."""
    due = [rows[:1] for rows in _queues(tx) if rows[0].lane is lane and rows[0].ready_at <= tx.now]
    tried = [
        replace(row, attempts=row.attempts + 1, ready_at=tx.now + timedelta(seconds=back_off(row.attempts + 1)))
        for row in _locked(tx, due, limit)
    ]
    for row in tried:
        tx.put(INBOX, row.no, row)
    return tried


def back_off(attempts: int) -> int:
    """Seconds until the next try after so many attempts: 2, 4, 8, … at most five minutes."""
    return min(300, 1 << attempts)


def _queues(tx: Transaction) -> list[list[InboxRow]]:
    """The rows of each case that may move, oldest first, the case with the oldest row first."""
    by_case: dict[str, list[InboxRow]] = {}
    for _, row in sorted(tx.all(INBOX), key=lambda one: one[0]):
        by_case.setdefault(row.case, []).append(row)
    still = held(tx)
    return [rows for case, rows in by_case.items() if case not in still and not _is_quarantined(tx, case)]


def _is_quarantined(tx: Transaction, case: str) -> bool:
    head = tx.get(CASES, case)
    return head is not None and head.quarantine is not None


def _locked(tx: Transaction, queues: list[list[InboxRow]], limit: int) -> list[InboxRow]:
    had: list[list[InboxRow]] = []
    for rows in queues:
        if len(had) == limit:
            break
        if tx.lock(*((INBOX, row.no) for row in rows)):
            had.append(rows)
    return sorted((row for rows in had for row in rows), key=lambda row: row.no)
