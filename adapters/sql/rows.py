"""Values of the engine as rows and back: each pair of functions names the columns of one table, in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from adapters.sql.columns import dumps, loads, micros, moment
from domain.recurrence import Recurrence
from workflows.machine.case import (
    JSON,
    Activation,
    ActivationState,
    Capacity,
    Case,
    Effect,
    Holder,
    ItemState,
    Lane,
    Link,
    Plan,
    Reader,
    State,
    Subscription,
    Timer,
    Urgency,
    WayBack,
    WorkItem,
)
from workflows.machine.decision import Claim
from workflows.machine.stimuli import Sign, Signal
from workflows.ports import HistoryRow, InboxRow, NewEvent, RegisterRow, StoredEvent

Values = tuple[Any, ...]


def case_values(case: Case) -> Values:
    return (
        case.id,
        case.workflow,
        case.workflow_hash,
        case.language,
        case.version,
        case.seq,
        case.prev_hash,
        case.root,
        case.key,
        case.person,
        str(case.state),
        case.outcome,
        dumps(case.fields),
        dumps(case.field_versions),
        case.numbers,
        str(case.lane),
        case.department,
        case.sample,
        case.opened_at,
        case.last_at,
        case.quarantine,
        *(case.parent or (None, None)),
        case.round,
        dumps([[one.target, one.to, one.guard] for one in case.back]),
        str(case.urgency),
        case.ended_at,
        case.reopened_as,
        dumps([[one.user, one.by, micros(one.at), one.read_at and micros(one.read_at)] for one in case.readers]),
    )


def case_of(row: Row[Any], personal: Mapping[str, JSON]) -> Case:
    """The head of a row that has the reason of its tree's gate beside it (`gates.HEAD`)."""
    return Case(
        county=row.county,
        id=row.id,
        workflow=row.workflow,
        workflow_hash=row.workflow_hash,
        language=row.language,
        version=row.version,
        seq=row.seq,
        prev_hash=row.prev_hash,
        root=row.root,
        key=row.key,
        person=row.person,
        state=State(row.state),
        outcome=row.outcome,
        fields=loads(row.fields),
        personal=personal,
        field_versions=loads(row.field_versions),
        numbers=row.numbers,
        lane=Lane(row.lane),
        department=row.department,
        sample=bool(row.sample),
        opened_at=row.opened_at,
        last_at=row.last_at,
        gate=row.gate,
        quarantine=row.quarantine,
        parent=None if row.parent_case is None else (row.parent_case, row.parent_path),
        round=row.round,
        back=tuple(WayBack(*one) for one in loads(row.back)),
        urgency=Urgency(row.urgency),
        ended_at=row.ended_at,
        reopened_as=row.reopened_as,
        readers=tuple(_reader_of(one) for one in loads(row.readers)),
    )


def _reader_of(values: Sequence[Any]) -> Reader:
    user, by, at, read_at = values
    return Reader(user, by, moment(at), None if read_at is None else moment(read_at))


def activation_values(one: Activation) -> Values:
    return (
        one.case,
        one.path,
        one.round,
        one.parent,
        str(one.state),
        one.entered_at,
        one.n,
        one.agree,
        one.against,
        one.abstain,
        one.resume,
        dumps(one.values),
    )


def activation_of(row: Row[Any]) -> Activation:
    _, case, path, number, parent, state, at, n, agree, against, abstain, resume, values = tuple(row)
    live = ActivationState(state)
    return Activation(case, path, number, parent, live, at, n, agree, against, abstain, resume, loads(values))


def item_values(item: WorkItem) -> Values:
    return (
        item.id,
        item.case,
        item.path,
        item.round,
        item.seat,
        item.kind,
        str(item.state),
        item.version,
        item.opened_at,
        item.yellow_at,
        item.due_at,
        item.due_rule,
        item.paused_at,
        item.roster,
        item.form,
        item.pick,
        item.closed_by,
        item.closed_at,
        item.content,
        item.parent,
        None if item.link is None else str(item.link),
        item.asked,
        item.weight,
        item.claimed_by,
        item.read_at,
        item.superseded,
        item.read_by,
    )


def item_of(row: Row[Any]) -> WorkItem:
    _, id_, case, path, number, seat, kind, state, *rest = tuple(row)
    item = WorkItem(id_, case, path, number, seat, kind, ItemState(state), *rest)
    return item if item.link is None else replace(item, link=Link(item.link))


def holder_values(holder: Holder) -> Values:
    return holder.item, holder.case, holder.who, str(holder.capacity), holder.due_at, None


def holder_of(row: Row[Any]) -> Holder:
    return Holder(row.item, row.case, row.who, Capacity(row.capacity), row.due_at)


def timer_values(timer: Timer) -> Values:
    return timer.id, timer.case, timer.path, timer.round, timer.kind, timer.rung, timer.due_at


def timer_of(row: Row[Any]) -> Timer:
    return Timer(row.id, row.case, row.path, row.round, row.kind, row.rung, row.due_at)


def subscription_values(one: Subscription) -> Values:
    return one.type, one.key, one.case, one.path, one.round


def subscription_of(row: Row[Any]) -> Subscription:
    return Subscription(row.case, row.path, row.round, row.type, row.key)


def effect_values(effect: Effect, due_at: datetime) -> Values:
    return effect.key, effect.case, effect.gateway, dumps(effect.body), 0, 0, due_at, None, None


def effect_of(row: Row[Any]) -> Effect:
    return Effect(row.key, row.case, row.gateway, loads(row.body))


def plan_values(plan: Plan) -> Values:
    """`months` counts the units; what comes once has one."""
    often = plan.recurrence or Recurrence(1)
    return (
        plan.id,
        plan.case,
        plan.type or "",
        plan.key,
        plan.person,
        dumps(plan.plain),
        plan.due_at,
        often.n,
        plan.occurrence,
        plan.recurrence is not None,
        plan.name,
        plan.starts,
        often.unit,
        often.month,
        often.day,
        plan.anchor,
        plan.base,
        plan.times,
        plan.until,
        plan.ends_on,
        plan.moves_on,
        plan.moves_to,
        plan.sample,
    )


def plan_of(row: Row[Any]) -> Plan:
    """Rows of the first versions have no anchor: they are counted from their next occurrence."""
    return Plan(
        id=row.id,
        case=row.case,
        name=row.name,
        type=row.type or None,
        starts=row.starts,
        key=row.key,
        person=row.person,
        plain=loads(row.plain),
        due_at=row.due_at,
        recurrence=Recurrence(row.months, row.unit, row.month, row.day) if row.repeats else None,
        occurrence=row.occurrence,
        anchor=row.anchor or row.due_at,
        base=row.occurrence if row.base is None else row.base,
        times=row.times,
        until=row.until,
        ends_on=row.ends_on,
        moves_on=row.moves_on,
        moves_to=row.moves_to,
        sample=bool(row.sample),
    )


def register_values(one: RegisterRow) -> Values:
    return one.register, one.key, one.fingerprint, dumps(one.values)


def register_of(row: Row[Any]) -> RegisterRow:
    return RegisterRow(row.register, row.key, row.fingerprint, loads(row.fields))


def inbox_values(row: InboxRow, number: int) -> Values:
    timer = None if row.timer is None else _timer_document(row.timer)
    signal = None if row.signal is None else signal_document(row.signal)
    return number, row.case, str(row.lane), row.attempts, row.ready_at, row.starts, row.event, timer, signal


def inbox_of(row: Row[Any]) -> InboxRow:
    return InboxRow(
        no=row.no,
        county=row.county,
        case=row.case,
        lane=Lane(row.lane),
        attempts=row.attempts,
        ready_at=row.ready_at,
        starts=bool(row.starts),
        event=row.event,
        timer=None if row.timer is None else _timer_of_document(row.timer),
        signal=None if row.signal is None else signal_of_document(row.signal),
    )


def _timer_document(timer: Timer) -> str:
    return dumps([timer.id, timer.case, timer.path, timer.round, timer.kind, timer.rung, micros(timer.due_at)])


def _timer_of_document(document: str) -> Timer:
    id_, case, path, number, kind, rung, due_at = loads(document)
    return Timer(id_, case, path, number, kind, rung, moment(due_at))


def signal_document(signal: Signal) -> str:
    """A signal as it stands in one column."""
    return dumps([str(signal.sign), signal.path, signal.values])


def signal_of_document(document: str) -> Signal:
    """The signal that `signal_document` wrote."""
    sign, path, values = loads(document)
    return Signal(Sign(sign), path, values)


def claim_values(one: Claim, number: int) -> Values:
    return one.resource, number, one.case, one.path


def claim_of(row: Row[Any]) -> Claim:
    return Claim(row.case, row.path, row.resource)


def event_values(stored: StoredEvent, payload_ref: str | None) -> Values:
    new = stored.event
    return (
        stored.no,
        new.type,
        new.key,
        dumps(new.plain),
        dumps(new.attributes),
        new.department,
        str(new.lane),
        new.person,
        new.fingerprint,
        payload_ref,
        new.sample,
        stored.at,
    )


def event_of(row: Row[Any], personal: Mapping[str, JSON]) -> StoredEvent:
    new = NewEvent(
        county=row.county,
        source=row.source,
        id=row.id,
        type=row.type,
        key=row.key,
        person=row.person,
        plain=loads(row.plain),
        personal=personal,
        body_hash=row.body_hash,
        department=row.department,
        fingerprint=row.fingerprint,
        sample=bool(row.sample),
        lane=Lane(row.lane),
        attributes=loads(row.attributes),
    )
    return StoredEvent(no=row.no, event=new, at=row.at)


def history_values(row: HistoryRow, payload_ref: str | None) -> Values:
    return row.case, row.seq, row.at, dumps(row.body), row.commitment, payload_ref, row.prev_hash, row.hash
