"""The memory unit: one transaction of the moves, each method one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from workflows.machine.case import Capacity, Case, Effect, Holder, ItemState, Lane, Plan, Slice, Subscription, WorkItem
from workflows.machine.comment import Comment, comments_in
from workflows.machine.decision import Claim
from workflows.memory import attachments, ballots, drafts, gates, inbox, outbox, plans, serials, sharing, urgencies
from workflows.memory.board import MemoryBoard
from workflows.memory.fanouts import MemoryFanouts
from workflows.memory.personal import destroy, forget, keep, reveal
from workflows.memory.rows import (
    ACCESS,
    ACTIVATIONS,
    ACTS,
    CASES,
    CORRELATIONS,
    EVENT_KEYS,
    EVENTS,
    GATES,
    HINTS,
    HISTORY,
    HOLDERS,
    INBOX,
    ITEMS,
    PLANS,
    REGISTERS,
    ROUTED,
    SUBSCRIPTIONS,
    TIMERS,
    UNMATCHED,
    UNSEALED,
    EventBody,
    EventKey,
    Held,
    Unmatched,
    Unsealed,
)
from workflows.memory.seals import seal
from workflows.memory.slices import closed_items, live_slice, open_holders
from workflows.memory.store import Transaction
from workflows.ports import (
    ActRow,
    Changes,
    Conflict,
    DueEffect,
    Gate,
    HistoryRow,
    InboxRow,
    Keyed,
    NewEvent,
    RegisterRow,
    StoredEvent,
)

HINT_SECONDS = 2
"""A hint older than this counts as lost (architecture §2.1)."""

Pair = tuple[str, str]
T = TypeVar("T")


class MemoryUnit:
    """One open transaction; `workflows.ports.Unit` says what each method means."""

    def __init__(self, county: str, tx: Transaction) -> None:
        self.county = county
        self.now: datetime = tx.now
        self.tx = tx
        self.fanouts = MemoryFanouts(tx)
        self.board = MemoryBoard(tx)
        self.serials = serials.MemorySerials(tx)
        self.drafts = drafts.MemoryDrafts(tx)
        self.ballots = ballots.MemoryBallots(tx)
        self.urgencies = urgencies.MemoryUrgencies(tx)
        self.attachments = attachments.MemoryAttachments(tx)

    # -- doors and routing ---------------------------------------------------------------------------------

    def key_events(self, events: Sequence[NewEvent]) -> list[Keyed]:
        return [self._key(event) for event in events]

    def _key(self, event: NewEvent) -> Keyed:
        known = self.tx.get(EVENT_KEYS, (event.source, event.id))
        if known is not None:
            return Keyed("duplicate" if known.body_hash == event.body_hash else "conflict", known.no)
        no = self.tx.next_number("event")
        self.tx.insert(EVENT_KEYS, (event.source, event.id), EventKey(no, event.body_hash))
        return Keyed("new", no)

    def add_events(self, events: Sequence[StoredEvent]) -> None:
        for stored in events:
            event = stored.event
            self.tx.insert(EVENTS, stored.no, EventBody(stored.no, replace(event, personal={}), stored.at))
            keep(self.tx, "event", str(stored.no), event.person or _nobody("event", stored.no), event.personal)

    def lock_correlations(self, pairs: Sequence[Pair]) -> None:
        for pair in sorted(set(pairs)):
            self.tx.take_part(CORRELATIONS, pair)

    def subscriptions_to(self, pairs: Sequence[Pair]) -> list[Subscription]:
        found = [one for pair in sorted(set(pairs)) for one in self.tx.where(SUBSCRIPTIONS, "pair", pair)]
        return sorted(found, key=lambda one: (one.type, one.key, one.case, one.path, one.round))

    def park_unmatched(self, events: Sequence[StoredEvent]) -> None:
        for stored in events:
            self.tx.insert(UNMATCHED, stored.no, Unmatched(stored.no, stored.event.type, stored.event.key))

    def give_back(self, routes: Sequence[tuple[int, str]]) -> set[int]:
        for route in routes:
            self.tx.drop(ROUTED, route)
        return {no for no, _ in routes if not self.tx.where(ROUTED, "event", no)}

    def take_unmatched(self, pairs: Sequence[Pair]) -> list[tuple[int, str, str]]:
        found = [one for pair in set(pairs) for one in self.tx.where(UNMATCHED, "pair", pair)]
        for one in found:
            self.tx.drop(UNMATCHED, one.no)
        return sorted((one.no, one.type, one.key) for one in found)

    def add_cases(self, cases: Sequence[Case]) -> set[str]:
        new = [head for head in cases if self.tx.get(CASES, head.id) is None]
        for head in new:
            self.tx.put(CASES, head.id, replace(head, personal={}, gate=None))
            self._keep_head(head)
        return {head.id for head in new}

    def post(self, rows: Sequence[InboxRow]) -> list[int]:
        numbers = [self.tx.next_number("inbox") for _ in rows]
        for no, row in zip(numbers, rows, strict=True):
            self.tx.insert(INBOX, no, replace(row, no=no))
            if row.event is not None:
                self.tx.put(ROUTED, (row.event, row.case), (row.event, row.case))
        return numbers

    def events(self, numbers: Sequence[int]) -> dict[int, StoredEvent]:
        found = (self.tx.get(EVENTS, no) for no in numbers)
        return {one.no: self._stored(one) for one in found if one is not None}

    def _stored(self, body: EventBody) -> StoredEvent:
        personal = reveal(self.tx, "event", str(body.no))
        return StoredEvent(no=body.no, event=replace(body.event, personal=personal), at=body.at)

    # -- advance -------------------------------------------------------------------------------------------

    def claim_fresh(self, lane: Lane, limit: int) -> list[InboxRow]:
        return inbox.fresh(self.tx, lane, limit)

    def claim_cases(self, cases: Sequence[str]) -> list[InboxRow]:
        return inbox.named(self.tx, cases)

    def hold_cases(self, cases: Sequence[str]) -> None:
        # A unit sees one snapshot and commits against what has changed since: there is nothing to wait for.
        pass

    def count_attempts(self, lane: Lane, limit: int) -> list[InboxRow]:
        return inbox.counted(self.tx, lane, limit)

    def load(
        self,
        cases: Sequence[str],
        near: Mapping[str, Collection[str]] | None = None,
        heard: Mapping[str, Collection[tuple[str, str]]] | None = None,
    ) -> dict[str, Slice]:
        paths, pairs = near or {}, heard or {}
        heads = [head for head in (self.tx.get(CASES, case) for case in cases) if head is not None]
        return {one.id: live_slice(self.tx, one, paths.get(one.id, ()), pairs.get(one.id, ())) for one in heads}

    def item(self, item: str) -> WorkItem | None:
        return self.tx.get(ITEMS, item)

    def past(self, cases: Sequence[str]) -> dict[str, tuple[WorkItem, ...]]:
        return {case: closed_items(self.tx, case) for case in cases}

    def places(self, items: Sequence[str]) -> dict[str, str]:
        found = (self.tx.get(ITEMS, item) for item in items)
        return {item.id: item.path for item in found if item is not None}

    def comments(self, cases: Sequence[str]) -> dict[str, dict[int, Comment]]:
        histories = {case: sorted(self.tx.where(HISTORY, "case", case), key=lambda one: one.seq) for case in cases}
        return {case: comments_in(one.body for one in rows) for case, rows in histories.items()}

    def audiences(self, cases: Sequence[str]) -> dict[str, frozenset[str]]:
        return {case: frozenset(one.who for one in self.tx.where(ACCESS, "case", case)) for case in cases}

    def save_heads(self, heads: Sequence[tuple[int, Case]]) -> set[str]:
        return {head.id for expected, head in sorted(heads, key=_by_id) if self._save_head(expected, head)}

    def _save_head(self, expected: int, head: Case) -> bool:
        latest = self.tx.latest(CASES, head.id)
        if latest is None or latest.version != expected:
            return False
        if head.gate is None and self.tx.latest(GATES, latest.root) is not None:
            return False
        self.tx.put_latest(CASES, head.id, replace(head, personal={}, gate=None))
        self._keep_head(head)
        return True

    def _keep_head(self, head: Case) -> None:
        keep(self.tx, "case", head.id, head.person or _nobody("case", head.id), head.personal)

    def write(self, changes: Changes) -> None:
        self._write_steps(changes)
        outbox.add(self.tx, changes.effects)
        serials.ask(self.tx, changes.serials)
        ballots.cast(self.tx, changes.ballots)
        urgencies.write(self.tx, changes)
        attachments.write(self.tx, changes)
        plans.write(self.tx, changes)
        for access in changes.access_ended:
            self.tx.drop(ACCESS, (access.case, access.who, access.why))
        for access in changes.access:
            self.tx.put(ACCESS, (access.case, access.who, access.why), access)
        for entry in changes.history:
            self._add_history(entry)

    def _write_steps(self, changes: Changes) -> None:
        for activation in changes.activations:
            self.tx.put(ACTIVATIONS, (activation.case, activation.path, activation.round), activation)
        for item in changes.items:
            self.tx.put(ITEMS, item.id, item)
        drafts.drop(self.tx, changes.items_closed)
        for closed in changes.items_closed:
            for held in self.tx.where(HOLDERS, "item", closed):
                self._hold(held.holder, is_open=False)
        for holder in changes.holders_opened:
            self._hold(holder, is_open=True)
        for cleared in changes.timers_cleared:
            self.tx.drop(TIMERS, cleared)
        for timer in changes.timers_set:
            self.tx.put(TIMERS, timer.id, timer)
        for subscription in changes.subscriptions_closed:
            self.tx.drop(SUBSCRIPTIONS, subscription)
        for subscription in changes.subscriptions_opened:
            self.tx.put(SUBSCRIPTIONS, subscription, subscription)

    def _hold(self, holder: Holder, *, is_open: bool) -> None:
        self.tx.put(HOLDERS, (holder.item, holder.who), Held(holder, is_open=is_open))

    def _add_history(self, entry: HistoryRow) -> None:
        self.tx.insert(HISTORY, (entry.case, entry.seq), replace(entry, personal={}, salt=None))
        no = self.tx.next_number("unsealed")
        self.tx.insert(UNSEALED, (entry.case, entry.seq), Unsealed(no, entry.case, entry.seq))
        if entry.personal:
            head = self.tx.get(CASES, entry.case)
            person = head.person if head is not None and head.person else _nobody("case", entry.case)
            secret = {"salt": entry.salt, "values": dict(entry.personal)}
            keep(self.tx, "history", f"{entry.case}/{entry.seq}", person, secret)

    def clear_inbox(self, numbers: Sequence[int]) -> None:
        for no in numbers:
            self.tx.drop(INBOX, no)

    def quarantine(self, case: str, why: str) -> None:
        head = self.tx.latest(CASES, case)
        if head is not None:
            self.tx.put_latest(CASES, case, replace(head, quarantine=why))

    # -- between cases -------------------------------------------------------------------------------------

    def claim_resources(self, claims: Sequence[Claim], releases: Sequence[Claim]) -> list[Claim]:
        return sharing.claim(self.tx, claims, releases)

    def close_gate(self, root: str, by: str, reason: str) -> None:
        gates.close(self.tx, root, by, reason)

    def open_gate(self, root: str) -> datetime | None:
        return gates.open_(self.tx, root)

    def gate_of(self, root: str) -> Gate | None:
        return self.tx.get(GATES, root)

    def tree(self, root: str) -> tuple[str, ...]:
        return gates.tree(self.tx, root)

    # -- registers, persons, acts --------------------------------------------------------------------------

    def twins(self, wanted: Sequence[Pair]) -> dict[Pair, tuple[str, ...]]:
        return {pair: tuple(sorted(row.key for row in self.tx.where(REGISTERS, "twin", pair))) for pair in wanted}

    def registers(self, wanted: Sequence[Pair]) -> dict[Pair, RegisterRow]:
        found = {key: self.tx.get(REGISTERS, key) for key in wanted}
        return {key: row for key, row in found.items() if row is not None}

    def put_registers(self, rows: Sequence[RegisterRow]) -> None:
        for row in rows:
            self.tx.put(REGISTERS, (row.register, row.key), row)

    def erase(self, persons: Sequence[str]) -> None:
        for person in persons:
            destroy(self.tx, person)
            attachments.drop_of_person(self.tx, person)

    def forget(self, cases: Sequence[str]) -> None:
        for case in cases:
            forget(self.tx, case)
            drafts.forget(self.tx, case)
            attachments.drop_of_case(self.tx, case)

    def find_acts(self, keys: Sequence[str]) -> dict[str, ActRow]:
        found = ((key, self.tx.get(ACTS, key)) for key in keys)
        return {key: row for key, row in found if row is not None}

    def add_acts(self, rows: Sequence[ActRow]) -> None:
        for row in rows:
            if self.tx.latest(ACTS, row.key) is not None:
                raise Conflict(f"act {row.key!r} was stored meanwhile: read its answer")
            self.tx.put(ACTS, row.key, row)

    # -- track ---------------------------------------------------------------------------------------------

    def fire_timers(self, limit: int) -> int:
        held = {row.case for _, row in self.tx.all(INBOX) if row.signal is not None} | gates.held(self.tx)
        due = sorted(
            (one for _, one in self.tx.all(TIMERS) if one.due_at <= self.now and one.case not in held),
            key=lambda one: (one.due_at, one.id),
        )
        fired = self.tx.lock_some(TIMERS, due, lambda timer: timer.id, limit)
        for timer in fired:
            self.tx.drop(TIMERS, timer.id)
        heads = {timer.case: self.tx.get(CASES, timer.case) for timer in fired}
        lanes = {case: Lane.INTERACTIVE if head is None else head.lane for case, head in heads.items()}
        self.post(
            [InboxRow(0, self.county, one.case, lanes[one.case], 0, ready_at=self.now, timer=one) for one in fired]
        )
        return len(fired)

    def due_plans(self, limit: int) -> list[Plan]:
        due = sorted(
            (one for _, one in self.tx.all(PLANS) if one.due_at <= self.now), key=lambda one: (one.due_at, one.id)
        )
        return self.tx.lock_some(PLANS, due, lambda plan: plan.id, limit)

    def plans_hearing(self, pairs: Sequence[Pair]) -> list[Plan]:
        return plans.hearing(self.tx, pairs)

    def advance_plans(self, done: Sequence[str], moved: Sequence[Plan]) -> None:
        for plan in done:
            self.tx.drop(PLANS, plan)
        for following in moved:
            self.tx.put(PLANS, following.id, following)

    def seal(self, limit: int) -> int:
        return seal(self.tx, limit)

    # -- assign --------------------------------------------------------------------------------------------

    def narrowable(self, limit: int) -> list[tuple[WorkItem, tuple[Holder, ...]]]:
        items = (one for _, one in self.tx.all(ITEMS) if one.state is ItemState.OPEN and one.pick == "least_loaded")
        held = [
            (item, open_holders(self.tx, item.id)) for item in sorted(items, key=lambda one: (one.opened_at, one.id))
        ]
        free = [(item, holders) for item, holders in held if not _is_owned(holders)]
        return self.tx.lock_some(ITEMS, free, lambda one: one[0].id, limit)

    def open_counts(self, users: Sequence[str]) -> dict[str, int]:
        return {user: self._owned_by(f"user:{user}") for user in users}

    def _owned_by(self, who: str) -> int:
        held = self.tx.where(HOLDERS, "who", who)
        return sum(one.is_open and one.holder.capacity is Capacity.OWNER for one in held)

    def own(self, holders: Sequence[Holder]) -> None:
        for holder in holders:
            item = self.tx.latest(ITEMS, holder.item)
            if item is not None and item.state is ItemState.OPEN and not _is_owned(open_holders(self.tx, holder.item)):
                self._hold(replace(holder, capacity=Capacity.OWNER), is_open=True)

    # -- deliver -------------------------------------------------------------------------------------------

    def lease_effects(self, limit: int, seconds: int) -> list[DueEffect]:
        return outbox.lease(self.tx, self.county, limit, seconds)

    def record_sent(self, sent: Sequence[DueEffect]) -> set[str]:
        return outbox.record_sent(self.tx, sent)

    def record_failed(self, failed: Sequence[tuple[DueEffect, str, datetime]]) -> set[str]:
        return outbox.record_failed(self.tx, failed)

    def add_notices(self, notices: Sequence[Effect]) -> None:
        outbox.add_notices(self.tx, notices)

    # -- lanes ---------------------------------------------------------------------------------------------

    def raise_hint(self, lane: Lane) -> bool:
        raised = self.tx.latest(HINTS, lane)
        if raised is not None and self.now - raised <= timedelta(seconds=HINT_SECONDS):
            return False
        self.tx.put_latest(HINTS, lane, self.now)
        return True

    def clear_hint(self, lane: Lane) -> None:
        self.tx.put_latest(HINTS, lane, None)


def _by_id(pair: tuple[int, Case]) -> str:
    return pair[1].id


def _nobody(kind: str, ref: str | int) -> str:
    """The key for personal values (an opinion) of a row that is about no person."""
    return f"{kind}:{ref}"


def _is_owned(holders: Iterable[Holder]) -> bool:
    return any(one.capacity is Capacity.OWNER for one in holders)
