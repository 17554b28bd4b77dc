"""Queries on the memory store: `workflows.reads.Reads`, each in a transaction of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from domain.calendar import Light, light
from domain.visits import VISITS, Visits, parse_visits
from workflows.machine.attachment import Attachment
from workflows.machine.case import JSON, Case
from workflows.memory import audit, fanouts, items, planned, readings, serials, terms, urgencies
from workflows.memory.filters import fits, most_urgent
from workflows.memory.items import seen
from workflows.memory.neighbours import open_cases, places
from workflows.memory.personal import reveal
from workflows.memory.rows import (
    ACTIVATIONS,
    BOARD,
    CASES,
    EFFECTS,
    EVENT_KEYS,
    EVENTS,
    FANOUTS,
    FEED,
    HISTORY,
    INBOX,
    ITEMS,
    NOTICES,
    PLANS,
    REGISTERS,
    ROUTED,
    SUBSCRIPTIONS,
    TIMERS,
    UNMATCHED,
    UNSEALED,
    BoardRow,
)
from workflows.memory.slices import open_holders
from workflows.memory.unit import MemoryUnit
from workflows.memory.units import MemoryUnits
from workflows.policy import Viewer
from workflows.ports.drafts import Draft
from workflows.ports.fanouts import Fanout
from workflows.ports.serials import Serial
from workflows.reads import (
    EVERY_ITEM,
    EVERY_PLAN,
    CaseFilter,
    CasePage,
    CaseRow,
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


class MemoryReads:
    """What may be read of a memory store.

    Args:
        units: the store.
    """

    def __init__(self, units: MemoryUnits) -> None:
        self._units = units

    def now(self) -> datetime:
        return self._units.now()

    def cases(self, viewer: Viewer, wanted: CaseFilter, limit: int = 50, cursor: str | None = None) -> CasePage:
        return self._units.read(lambda unit: _cases(unit, viewer, wanted, limit, cursor))

    def counts(self, viewer: Viewer) -> dict[tuple[str, str], int]:
        heads = self._units.read(lambda unit: list(_visible_heads(unit, viewer)))
        return dict(Counter((head.workflow, head.state.value) for head in heads))

    def case(self, viewer: Viewer, case: str) -> CaseView | None:
        return self._units.read(lambda unit: _case_view(unit, head) if (head := seen(unit, viewer, case)) else None)

    def history(self, viewer: Viewer, case: str) -> tuple[HistoryView, ...]:
        return self._units.read(lambda unit: _history(unit, case) if seen(unit, viewer, case) else ())

    def personal(self, viewer: Viewer, case: str, purpose: str) -> Mapping[str, JSON]:
        return self._units.run(lambda unit: _personal(unit, viewer, case, purpose))  # type: ignore[arg-type]  # its own units

    def attachments(self, viewer: Viewer, case: str, purpose: str) -> tuple[Attachment, ...]:
        return self._units.run(lambda unit: readings.attachments(unit, viewer, case, purpose))  # type: ignore[arg-type]  # its own units

    def attachment(self, viewer: Viewer, case: str, attachment: str, purpose: str) -> Attachment | None:
        return self._units.run(lambda unit: readings.attachment(unit, viewer, case, attachment, purpose))  # type: ignore[arg-type]  # its own units

    def items(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        return self._units.read(lambda unit: items.held(unit, viewer, wanted, limit, cursor))

    def done(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        return self._units.read(lambda unit: items.done(unit, viewer, wanted, limit, cursor))

    def item_counts(self, viewer: Viewer) -> ItemCounts:
        return self._units.read(lambda unit: items.counts(unit, viewer))

    def item(self, viewer: Viewer, item: str) -> ItemView | None:
        return self._units.read(lambda unit: items.view(unit, viewer, item))

    def draft(self, viewer: Viewer, item: str) -> Draft | None:
        return self._units.read(
            lambda unit: unit.drafts.find(item, viewer.user) if items.view(unit, viewer, item) else None
        )

    def told(self, viewer: Viewer, case: str) -> tuple[NoticeView, ...]:
        return self._units.read(lambda unit: _told(unit, case) if seen(unit, viewer, case) else ())

    def event(self, viewer: Viewer, source: str, id: str) -> EventView | None:  # noqa: A002  # CloudEvents' own name
        return self._units.read(lambda unit: _event(unit, viewer, source, id))

    def notices(self, viewer: Viewer, limit: int = 50) -> tuple[NoticeView, ...]:
        return self._units.read(lambda unit: _notices(unit, viewer, limit))

    def open_terms(self, viewer: Viewer) -> tuple[OpenTerm, ...]:
        return self._units.read(terms.open_terms) if viewer.sees_all else ()

    def fanouts(self, viewer: Viewer, limit: int = 50) -> tuple[Fanout, ...]:
        return self._units.read(lambda unit: fanouts.newest(unit.tx, limit)) if viewer.sees_all else ()

    def fanout(self, viewer: Viewer, fanout: str) -> Fanout | None:
        return self._units.read(lambda unit: unit.tx.get(FANOUTS, fanout)) if viewer.sees_all else None

    def serials(self, viewer: Viewer, series: str | None = None, limit: int = 50) -> tuple[Serial, ...]:
        return self._units.read(lambda unit: serials.given(unit.tx, series, limit)) if viewer.sees_all else ()

    def plans(
        self, viewer: Viewer, wanted: PlanFilter = EVERY_PLAN, limit: int = 50, cursor: str | None = None
    ) -> PlanPage:
        return self._units.read(lambda unit: planned.listed(unit, viewer, wanted, limit, cursor))

    def board(self, viewer: Viewer) -> tuple[Tally, ...]:
        return self._units.read(lambda unit: _tallies(unit, viewer))

    def visits(self, viewer: Viewer) -> tuple[Visits, ...]:
        return self._units.read(_visits) if viewer.sees_all else ()

    def raised(self, viewer: Viewer, month: str) -> tuple[RaisedTally, ...]:
        return self._units.read(lambda unit: urgencies.tallies(unit.tx, month)) if viewer.sees_all else ()

    def in_flight(self, viewer: Viewer, root: str) -> tuple[EffectView, ...]:
        return self._units.read(lambda unit: _in_flight(unit, viewer, root))

    def verify(self) -> Finding:
        return self._units.read(lambda unit: audit.verify(unit.tx))

    def pending(self) -> Mapping[str, int]:
        return self._units.read(_pending)

    def next_due(self) -> datetime | None:
        """When the next timer, plan, unsent effect or inbox row falls due after now; None when nothing will."""
        return self._units.read(_next_due)


def _visible_heads(unit: MemoryUnit, viewer: Viewer) -> Iterator[Case]:
    return (head for case, _ in unit.tx.all(CASES) if (head := seen(unit, viewer, case)) is not None)


def _tallies(unit: MemoryUnit, viewer: Viewer) -> tuple[Tally, ...]:
    seen_here = ((row, seen(unit, viewer, case)) for case, row in unit.tx.all(BOARD))
    rows = [(row, head.gate is not None) for row, head in seen_here if head is not None]
    groups = sorted({(row.workflow, row.state, row.department) for row, _ in rows})
    return tuple(
        _tally(group, [one for one in rows if (one[0].workflow, one[0].state, one[0].department) == group], unit.now)
        for group in groups
    )


def _tally(group: tuple[str, str, str], rows: Sequence[tuple[BoardRow, bool]], now: datetime) -> Tally:
    lights = Counter(
        light(now, row.yellow_at, row.due_at, row.is_paused or gated, None) for row, gated in rows if row.asks
    )
    return Tally(
        *group,
        open=len(rows),
        near_due=lights[Light.YELLOW],
        overdue=lights[Light.RED],
        on_time=lights[Light.GREEN],
        paused=lights[Light.GREY],
    )


def _visits(unit: MemoryUnit) -> tuple[Visits, ...]:
    rows = sorted((row for _, row in unit.tx.all(REGISTERS) if row.register == VISITS.name), key=lambda row: row.key)
    return tuple(parse_visits(row.values) for row in rows)


def _cases(unit: MemoryUnit, viewer: Viewer, wanted: CaseFilter, limit: int, cursor: str | None) -> CasePage:
    heads = sorted(_visible_heads(unit, viewer), key=_recency, reverse=True)
    left = [head for head in heads if cursor is None or _cursor(head) < cursor]
    rows = [row for head in left if (row := _row(unit, head, wanted)) is not None]
    page = tuple(rows[:limit])
    return CasePage(rows=page, cursor=_cursor(page[-1].case) if len(rows) > limit else None)


def _recency(head: Case) -> tuple[datetime, str]:
    return head.last_at, head.id


def _cursor(head: Case) -> str:
    return f"{head.last_at.strftime('%Y%m%dT%H%M%S.%f')}|{head.id}"


def _row(unit: MemoryUnit, head: Case, wanted: CaseFilter) -> CaseRow | None:
    found = unit.tx.where(ITEMS, "case", head.id)
    holders = tuple(sorted({holder.who for item in found for holder in open_holders(unit.tx, item.id)}))
    row = CaseRow(case=head, item=most_urgent(found), holders=holders)
    return row if fits(row, {item.round for item in found}, wanted, unit.now) else None


def _case_view(unit: MemoryUnit, head: Case) -> CaseView:
    tx, case = unit.tx, head.id
    every = sorted(tx.where(ITEMS, "case", case), key=lambda one: (one.opened_at, one.path, one.seat, one.id))
    activations = sorted(tx.where(ACTIVATIONS, "case", case), key=lambda one: (one.entered_at, one.path, one.round))
    return CaseView(
        head=head,
        activations=tuple(activations),
        items=tuple(every),
        holders={item.id: open_holders(unit.tx, item.id) for item in every},
        timers=tuple(sorted(tx.where(TIMERS, "case", case), key=lambda one: (one.due_at, one.id))),
        subscriptions=tuple(
            sorted(tx.where(SUBSCRIPTIONS, "case", case), key=lambda one: (one.path, one.round, one.type, one.key))
        ),
        open_cases=open_cases(tx, head),
        places=places(tx, case, activations),
    )


def _history(unit: MemoryUnit, case: str) -> tuple[HistoryView, ...]:
    return tuple(
        HistoryView(
            seq=row.seq,
            at=row.at,
            body=row.body,
            hash=row.hash,
            prev_hash=row.prev_hash,
            feed_no=feed.no if (feed := unit.tx.get(FEED, (case, row.seq))) is not None else None,
        )
        for row in sorted(unit.tx.where(HISTORY, "case", case), key=lambda one: one.seq)
    )


def _personal(unit: MemoryUnit, viewer: Viewer, case: str, purpose: str) -> Mapping[str, JSON]:
    if not readings.has_held(unit, viewer, case) or seen(unit, viewer, case) is None:
        return {}
    readings.note_reading(unit, viewer, case, purpose)
    return {**reveal(unit.tx, "case", case), **_opinions(unit, case)}


def _opinions(unit: MemoryUnit, case: str) -> dict[str, JSON]:
    """What was said about a person in the acts of the case."""
    seqs = sorted(row.seq for row in unit.tx.where(HISTORY, "case", case))
    spoken = {seq: reveal(unit.tx, "history", f"{case}/{seq}").get("values", {}).get("opinion") for seq in seqs}
    return {said_in(seq): words for seq, words in spoken.items() if words}


def _event(unit: MemoryUnit, viewer: Viewer, source: str, id_: str) -> EventView | None:
    key = unit.tx.get(EVENT_KEYS, (source, id_))
    stored = None if key is None else unit.tx.get(EVENTS, key.no)
    if stored is None or not (viewer.sees_all or stored.event.department == viewer.department):
        return None
    cases = sorted(case for _, case in unit.tx.where(ROUTED, "event", stored.no))
    return EventView(source, id_, stored.event.type, stored.at, _became(unit, stored.no), tuple(cases))


def _became(unit: MemoryUnit, no: int) -> str:
    if unit.tx.get(UNMATCHED, no) is not None:
        return "unmatched"
    waiting = any(row.event == no for _, row in unit.tx.all(INBOX))
    return "waiting" if waiting else "applied"


def _notices(unit: MemoryUnit, viewer: Viewer, limit: int) -> tuple[NoticeView, ...]:
    mine = [notice for _, notice in unit.tx.all(NOTICES) if notice.to in viewer.principals]
    newest = sorted(mine, key=lambda one: (one.at, one.key), reverse=True)
    return tuple(NoticeView(one.key, one.to, one.body, one.at) for one in newest[:limit])


def _told(unit: MemoryUnit, case: str) -> tuple[NoticeView, ...]:
    found = [notice for _, notice in unit.tx.all(NOTICES) if notice.body.get("case") == case]
    newest = sorted(found, key=lambda one: (one.at, one.key, one.to), reverse=True)
    return tuple(NoticeView(one.key, one.to, one.body, one.at) for one in newest)


def _in_flight(unit: MemoryUnit, viewer: Viewer, root: str) -> tuple[EffectView, ...]:
    if seen(unit, viewer, root) is None:
        return ()
    cases = {head.id for head in unit.tx.where(CASES, "root", root)}
    unsent = (row for _, row in unit.tx.all(EFFECTS) if row.sent_at is None and row.effect.case in cases)
    return tuple(
        EffectView(row.effect, row.attempts, row.ready_at, row.error)
        for row in sorted(unsent, key=lambda row: (row.ready_at, row.effect.key))
    )


def _pending(unit: MemoryUnit) -> Mapping[str, int]:
    tx = unit.tx
    return {
        "inbox": len(tx.all(INBOX)),
        "effects": sum(row.sent_at is None for _, row in tx.all(EFFECTS)),
        "timers": sum(timer.due_at <= unit.now for _, timer in tx.all(TIMERS)),
        "quarantined": sum(head.quarantine is not None for _, head in tx.all(CASES)),
        "unsealed": len(tx.all(UNSEALED)),
        "unmatched": len(tx.all(UNMATCHED)),
    }


def _next_due(unit: MemoryUnit) -> datetime | None:
    tx = unit.tx
    moments = [timer.due_at for _, timer in tx.all(TIMERS)]
    moments += [plan.due_at for _, plan in tx.all(PLANS)]
    moments += [row.ready_at for _, row in tx.all(EFFECTS) if row.sent_at is None]
    moments += [row.ready_at for _, row in tx.all(INBOX)]
    return min((one for one in moments if one > unit.now), default=None)
