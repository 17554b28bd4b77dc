"""One case, one item, one inbox, one event: what a page shows of them, to whoever may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, and_, desc, literal, or_, select

from adapters.sql.columns import loads
from adapters.sql.gates import HEAD
from adapters.sql.neighbours import open_cases, places
from adapters.sql.personal import NOTHING
from adapters.sql.rows import activation_of, case_of, effect_of, item_of, subscription_of, timer_of
from adapters.sql.slices import holders_of
from adapters.sql.tables import (
    activation,
    case_head,
    effect,
    event,
    event_key,
    feed,
    history,
    holder,
    inbox,
    notice,
    routed,
    subscription,
    timer,
    unmatched,
    work_item,
)
from adapters.sql.transaction import Transaction
from adapters.sql.visibility import may_see
from workflows.machine.case import Case
from workflows.policy import Viewer
from workflows.reads import CaseView, EffectView, EventView, HistoryView, NoticeView


def head(tx: Transaction, viewer: Viewer, case: str) -> Case | None:
    """The head of a case that the viewer may see."""
    query = select(*HEAD).where(case_head.c.id == case, may_see(viewer))
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else case_of(row, NOTHING)


def case_view(tx: Transaction, viewer: Viewer, case: str) -> CaseView | None:
    seen = head(tx, viewer, case)
    if seen is None:
        return None
    items = [item_of(row) for row in _of_case(tx, work_item, case, "opened_at", "path", "seat", "id")]
    held = holders_of(tx, [item.id for item in items])
    activations = tuple(map(activation_of, _of_case(tx, activation, case, "entered_at", "path", "round")))
    return CaseView(
        head=seen,
        activations=activations,
        items=tuple(items),
        holders={item.id: held[item.id] for item in items},
        timers=tuple(map(timer_of, _of_case(tx, timer, case, "due_at", "id"))),
        subscriptions=tuple(map(subscription_of, _of_case(tx, subscription, case, "path", "round", "type", "key"))),
        open_cases=open_cases(tx, seen),
        places=places(tx, case, activations),
    )


def _of_case(tx: Transaction, table: Table, case: str, *order: str) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.county == tx.county, table.c.case == case)
    return tx.connection.execute(query.order_by(*(table.c[name] for name in order))).all()


def timeline(tx: Transaction, viewer: Viewer, case: str) -> tuple[HistoryView, ...]:
    if head(tx, viewer, case) is None:
        return ()
    sealed = and_(feed.c.county == history.c.county, feed.c.case == history.c.case, feed.c.seq == history.c.seq)
    query = (
        select(history, feed.c.no)
        .outerjoin(feed, sealed)
        .where(history.c.county == tx.county, history.c.case == case)
        .order_by(history.c.seq)
    )
    return tuple(
        HistoryView(row.seq, row.at, loads(row.body), row.hash, row.prev_hash, row.no)
        for row in tx.connection.execute(query)
    )


def has_held(tx: Transaction, viewer: Viewer, case: str) -> bool:
    """Whether the viewer holds, or once held, an item of the case."""
    query = select(literal(1)).where(
        holder.c.county == tx.county, holder.c.case == case, holder.c.who.in_(sorted(viewer.principals))
    )
    return tx.connection.execute(query.limit(1)).first() is not None


def event_view(tx: Transaction, viewer: Viewer, source: str, id_: str) -> EventView | None:
    keyed = and_(event_key.c.county == event.c.county, event_key.c.no == event.c.no)
    query = (
        select(event.c.no, event.c.type, event.c.at, event.c.department)
        .join(event_key, keyed)
        .where(event_key.c.county == tx.county, event_key.c.source == source, event_key.c.id == id_)
    )
    found = tx.connection.execute(query).one_or_none()
    if found is None or not (viewer.sees_all or found.department == viewer.department):
        return None
    cases = select(routed.c.case).where(routed.c.county == tx.county, routed.c.event == found.no)
    names = tx.connection.execute(cases.order_by(routed.c.case)).scalars().all()
    return EventView(source, id_, found.type, found.at, _became(tx, found.no, found.type), tuple(names))


def _became(tx: Transaction, no: int, type_: str) -> str:
    parked = and_(unmatched.c.county == tx.county, unmatched.c.type == type_, unmatched.c.no == no)
    if tx.connection.execute(select(literal(1)).where(parked)).first() is not None:
        return "unmatched"
    waiting = select(literal(1)).where(inbox.c.county == tx.county, inbox.c.event == no)
    return "waiting" if tx.connection.execute(waiting.limit(1)).first() is not None else "applied"


def in_flight(tx: Transaction, viewer: Viewer, root: str) -> tuple[EffectView, ...]:
    if head(tx, viewer, root) is None:
        return ()
    mine = and_(case_head.c.county == effect.c.county, case_head.c.id == effect.c.case)
    called = and_(case_head.c.root == root, case_head.c.parent_case.is_not(None))
    query = (
        select(effect)
        .join(case_head, mine)
        .where(effect.c.county == tx.county, effect.c.sent_at.is_(None), or_(case_head.c.id == root, called))
        .order_by(effect.c.due_at, effect.c.key)
    )
    return tuple(
        EffectView(effect_of(row), row.attempts, row.due_at, row.error) for row in tx.connection.execute(query)
    )


def notices(tx: Transaction, viewer: Viewer, limit: int) -> tuple[NoticeView, ...]:
    query = (
        select(notice)
        .where(notice.c.county == tx.county, notice.c.who.in_(sorted(viewer.principals)))
        .order_by(desc(notice.c.at), desc(notice.c.key))
        .limit(limit)
    )
    return tuple(NoticeView(row.key, row.who, loads(row.body), row.at) for row in tx.connection.execute(query))


def told(tx: Transaction, viewer: Viewer, case: str) -> tuple[NoticeView, ...]:
    if head(tx, viewer, case) is None:
        return ()
    query = select(notice).where(notice.c.county == tx.county, notice.c.case == case)
    rows = tx.connection.execute(query.order_by(desc(notice.c.at), desc(notice.c.key), desc(notice.c.who)))
    return tuple(NoticeView(row.key, row.who, loads(row.body), row.at) for row in rows)
