"""Which cases and items a query wants, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Final

from domain.calendar import light
from workflows.machine.case import Case, ItemState, Urgency, WorkItem
from workflows.reads import CaseFilter, CaseRow, stands_still

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_RANKS: Final = {Urgency.MOST_URGENT: 0, Urgency.URGENT: 1, Urgency.NORMAL: 2}


def is_open(item: WorkItem) -> bool:
    """Whether somebody can act on the item."""
    return item.state is ItemState.OPEN


def urgency(item: WorkItem) -> tuple[datetime, str]:
    """The earlier due the more urgent; what is never due comes last."""
    return item.due_at or _NEVER, item.id


def inbox_order(item: WorkItem, head: Case) -> tuple[int, datetime, str]:
    """The more urgent case first, then what is due earlier."""
    return _RANKS[head.urgency], *urgency(item)


def most_urgent(items: Iterable[WorkItem]) -> WorkItem | None:
    """The most urgent item that is not closed."""
    return min((item for item in items if item.closed_at is None), key=urgency, default=None)


def fits(row: CaseRow, rounds: Collection[int], wanted: CaseFilter, now: datetime) -> bool:
    """Whether a case, with the rounds that its items reached, is wanted."""
    head = row.case
    equal = (
        (wanted.workflow, head.workflow),
        (wanted.state, head.state.value),
        (wanted.department, head.department),
        (wanted.subject, head.key),
        (wanted.quarantined, head.quarantine is not None),
    )
    return (
        all(want is None or want == has for want, has in equal)
        and (wanted.holder is None or wanted.holder in row.holders)
        and (wanted.round is None or wanted.round in rounds)
        and (wanted.light is None or wanted.light == shown(row.item, head, now))
        and (wanted.text is None or wanted.text.lower() in f"{head.key} {head.workflow} {head.id}".lower())
        and _is_due(row.item, wanted)
    )


def shown(item: WorkItem | None, head: Case, now: datetime) -> str | None:
    """The light of an item."""
    if item is None:
        return None
    return light(now, item.yellow_at, item.due_at, stands_still(item, head), item.closed_at).value


def _is_due(item: WorkItem | None, wanted: CaseFilter) -> bool:
    if wanted.due_before is None and wanted.due_after is None:
        return True
    if item is None or item.due_at is None:
        return False
    early_enough = wanted.due_before is None or item.due_at < wanted.due_before
    late_enough = wanted.due_after is None or item.due_at >= wanted.due_after
    return early_enough and late_enough
