"""Queries on the SQL store: `workflows.reads.Reads`, each in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, union_all

from adapters.sql import (
    auditing,
    board,
    fanouts,
    items,
    listing,
    personal,
    plans,
    readings,
    registers,
    serials,
    terms,
    urgencies,
    views,
)
from adapters.sql.personal import NOTHING, personal_ref
from adapters.sql.tables import case_head, effect, history, inbox, plan, timer, unmatched, unsealed
from adapters.sql.transaction import Transaction
from adapters.sql.units import SqlUnits
from adapters.sql.visibility import may_see
from domain.visits import Visits
from workflows.machine.attachment import Attachment
from workflows.machine.case import JSON
from workflows.policy import Viewer
from workflows.ports.drafts import Draft
from workflows.ports.fanouts import Fanout
from workflows.ports.serials import Serial
from workflows.reads import (
    EVERY_ITEM,
    EVERY_PLAN,
    CaseFilter,
    CasePage,
    CaseView,
    EffectView,
    EventView,
    Finding,
    HistoryView,
    ItemCounts,
    ItemFilter,
    ItemView,
    NoticeView,
    OpenTerm,
    PlanFilter,
    PlanPage,
    RaisedTally,
    Tally,
    said_in,
)


class SqlReads:
    """What may be read of a database.

    Args:
        units: the store; its county, keys and clock are the readers' too.
    """

    def __init__(self, units: SqlUnits) -> None:
        self._units = units

    def now(self) -> datetime:
        return self._units.read(lambda unit: unit.now)

    def cases(self, viewer: Viewer, wanted: CaseFilter, limit: int = 50, cursor: str | None = None) -> CasePage:
        return self._units.read(lambda unit: listing.cases(unit.tx, viewer, wanted, limit, cursor))

    def counts(self, viewer: Viewer) -> dict[tuple[str, str], int]:
        return self._units.read(lambda unit: _counts(unit.tx, viewer))

    def case(self, viewer: Viewer, case: str) -> CaseView | None:
        return self._units.read(lambda unit: views.case_view(unit.tx, viewer, case))

    def history(self, viewer: Viewer, case: str) -> tuple[HistoryView, ...]:
        return self._units.read(lambda unit: views.timeline(unit.tx, viewer, case))

    def personal(self, viewer: Viewer, case: str, purpose: str) -> Mapping[str, JSON]:
        return self._units.run(lambda unit: _personal(unit.tx, viewer, case, purpose))

    def attachments(self, viewer: Viewer, case: str, purpose: str) -> tuple[Attachment, ...]:
        return self._units.run(lambda unit: readings.attachments(unit.tx, viewer, case, purpose))

    def attachment(self, viewer: Viewer, case: str, attachment: str, purpose: str) -> Attachment | None:
        return self._units.run(lambda unit: readings.attachment(unit.tx, viewer, case, attachment, purpose))

    def items(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        return self._units.read(lambda unit: items.held(unit.tx, viewer, wanted, limit, cursor))

    def done(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        return self._units.read(lambda unit: items.done(unit.tx, viewer, wanted, limit, cursor))

    def item_counts(self, viewer: Viewer) -> ItemCounts:
        return self._units.read(lambda unit: items.counts(unit.tx, viewer))

    def item(self, viewer: Viewer, item: str) -> ItemView | None:
        return self._units.read(lambda unit: items.view(unit.tx, viewer, item))

    def told(self, viewer: Viewer, case: str) -> tuple[NoticeView, ...]:
        return self._units.read(lambda unit: views.told(unit.tx, viewer, case))

    def event(self, viewer: Viewer, source: str, id: str) -> EventView | None:  # noqa: A002  # CloudEvents' own name
        return self._units.read(lambda unit: views.event_view(unit.tx, viewer, source, id))

    def notices(self, viewer: Viewer, limit: int = 50) -> tuple[NoticeView, ...]:
        return self._units.read(lambda unit: views.notices(unit.tx, viewer, limit))

    def open_terms(self, viewer: Viewer) -> tuple[OpenTerm, ...]:
        return self._units.read(lambda unit: terms.open_terms(unit.tx)) if viewer.sees_all else ()

    def draft(self, viewer: Viewer, item: str) -> Draft | None:
        return self._units.read(
            lambda unit: unit.drafts.find(item, viewer.user) if items.view(unit.tx, viewer, item) else None
        )

    def fanouts(self, viewer: Viewer, limit: int = 50) -> tuple[Fanout, ...]:
        return self._units.read(lambda unit: fanouts.newest(unit.tx, limit)) if viewer.sees_all else ()

    def fanout(self, viewer: Viewer, fanout: str) -> Fanout | None:
        return self._units.read(lambda unit: fanouts.named(unit.tx, fanout)) if viewer.sees_all else None

    def serials(self, viewer: Viewer, series: str | None = None, limit: int = 50) -> tuple[Serial, ...]:
        return self._units.read(lambda unit: serials.given(unit.tx, series, limit)) if viewer.sees_all else ()

    def plans(
        self, viewer: Viewer, wanted: PlanFilter = EVERY_PLAN, limit: int = 50, cursor: str | None = None
    ) -> PlanPage:
        return self._units.read(lambda unit: plans.listed(unit.tx, viewer, wanted, limit, cursor))

    def board(self, viewer: Viewer) -> tuple[Tally, ...]:
        return self._units.read(lambda unit: board.tallies(unit.tx, viewer))

    def visits(self, viewer: Viewer) -> tuple[Visits, ...]:
        return self._units.read(lambda unit: registers.visits(unit.tx)) if viewer.sees_all else ()

    def raised(self, viewer: Viewer, month: str) -> tuple[RaisedTally, ...]:
        return self._units.read(lambda unit: urgencies.tallies(unit.tx, month)) if viewer.sees_all else ()

    def in_flight(self, viewer: Viewer, root: str) -> tuple[EffectView, ...]:
        return self._units.read(lambda unit: views.in_flight(unit.tx, viewer, root))

    def verify(self) -> Finding:
        return self._units.read(lambda unit: auditing.verify(unit.tx))

    def pending(self) -> Mapping[str, int]:
        return self._units.read(lambda unit: _pending(unit.tx))

    def next_due(self) -> datetime | None:
        """When the next timer, plan, unsent effect or inbox row falls due after now; None when nothing will."""
        return self._units.read(lambda unit: _next_due(unit.tx))


def _counts(tx: Transaction, viewer: Viewer) -> dict[tuple[str, str], int]:
    query = (
        select(case_head.c.workflow, case_head.c.state, func.count())
        .where(may_see(viewer))
        .group_by(case_head.c.workflow, case_head.c.state)
    )
    return {(workflow, state): count for workflow, state, count in tx.connection.execute(query)}


def _personal(tx: Transaction, viewer: Viewer, case: str, purpose: str) -> Mapping[str, JSON]:
    head = views.head(tx, viewer, case)
    if head is None or head.person is None or not views.has_held(tx, viewer, case):
        return NOTHING
    readings.note_reading(tx, viewer, head.person, case, purpose)
    ref = personal_ref(case)
    return {**personal.read(tx, [ref]).get(ref, NOTHING), **_opinions(tx, case)}


def _opinions(tx: Transaction, case: str) -> dict[str, JSON]:
    """What was said about a person in the acts of the case."""
    query = (
        select(history.c.seq, history.c.payload_ref)
        .where(history.c.county == tx.county, history.c.case == case, history.c.payload_ref.is_not(None))
        .order_by(history.c.seq)
    )
    rows = tx.connection.execute(query).all()
    opened = personal.read(tx, [row.payload_ref for row in rows])
    spoken = {row.seq: opened.get(row.payload_ref, {}).get("values", {}).get("opinion") for row in rows}
    return {said_in(seq): words for seq, words in spoken.items() if words}


def _pending(tx: Transaction) -> Mapping[str, int]:
    counted = {
        "inbox": select(func.count()).where(inbox.c.county == tx.county),
        "effects": select(func.count()).where(effect.c.county == tx.county, effect.c.sent_at.is_(None)),
        "timers": select(func.count()).where(timer.c.county == tx.county, timer.c.due_at <= tx.now),
        "quarantined": select(func.count()).where(case_head.c.county == tx.county, case_head.c.quarantine.is_not(None)),
        "unsealed": select(func.count()).where(unsealed.c.county == tx.county),
        "unmatched": select(func.count()).where(unmatched.c.county == tx.county),
    }
    row = tx.connection.execute(select(*(query.scalar_subquery() for query in counted.values()))).one()
    return dict(zip(counted, row, strict=True))


def _next_due(tx: Transaction) -> datetime | None:
    moments = [
        select(func.min(column).label("at")).where(table.c.county == tx.county, column > tx.now)
        for table, column in ((timer, timer.c.due_at), (plan, plan.c.due_at), (inbox, inbox.c.ready_at))
    ]
    unsent = select(func.min(effect.c.due_at).label("at")).where(
        effect.c.county == tx.county, effect.c.sent_at.is_(None), effect.c.due_at > tx.now
    )
    every = union_all(*moments, unsent).subquery()
    soonest: datetime | None = tx.connection.execute(select(func.min(every.c.at))).scalar_one()
    return soonest
