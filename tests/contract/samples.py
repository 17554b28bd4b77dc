"""Invented rows, each with one obvious default for what a test does not care about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.audit import GENESIS, canonical, commitment, entry_hash
from domain.recurrence import Recurrence
from tests.contract.conftest import COUNTY, START
from workflows.machine.case import (
    Activation,
    ActivationState,
    Capacity,
    Case,
    Holder,
    ItemState,
    Lane,
    Plan,
    State,
    Timer,
    WorkItem,
)
from workflows.ports import HistoryRow, InboxRow, NewEvent, StoredEvent


def an_event(id_: str = "e1", **changed: Any) -> NewEvent:
    values: dict[str, Any] = {
        "county": COUNTY,
        "source": "urn:dept:a",
        "id": id_,
        "type": "member.applied.v1",
        "key": "M-1",
        "person": None,
        "plain": {"town": "330226001"},
        "personal": {},
        "body_hash": "b0",
        "department": "a",
    }
    return NewEvent(**(values | changed))


def stored(no: int, event: NewEvent | None = None, at: datetime = START) -> StoredEvent:
    return StoredEvent(no, event or an_event(f"e{no}"), at)


def a_case(id_: str = "c1", **changed: Any) -> Case:
    values: dict[str, Any] = {
        "county": COUNTY,
        "id": id_,
        "workflow": "member_registration",
        "workflow_hash": "w1",
        "language": 1,
        "version": 0,
        "seq": 0,
        "prev_hash": GENESIS,
        "root": id_,
        "key": f"M-{id_}",
        "person": None,
        "state": State.RUNNING,
        "outcome": None,
        "fields": {"town": "330226001"},
        "personal": {},
        "field_versions": {"town": 1},
        "numbers": "n1",
        "lane": Lane.INTERACTIVE,
        "department": "a",
        "sample": False,
        "opened_at": START,
        "last_at": START,
    }
    return Case(**(values | changed))


def an_inbox_row(case: str = "c1", **changed: Any) -> InboxRow:
    values: dict[str, Any] = {
        "no": 0,
        "county": COUNTY,
        "case": case,
        "lane": Lane.INTERACTIVE,
        "attempts": 0,
        "ready_at": START,
        "event": 1,
    }
    return InboxRow(**(values | changed))


def an_activation(case: str = "c1", path: str = "steps/check", **changed: Any) -> Activation:
    values: dict[str, Any] = {"round": 1, "parent": "steps", "state": ActivationState.LIVE, "entered_at": START, "n": 2}
    return Activation(case, path, **(values | changed))


def an_item(id_: str = "i1", case: str = "c1", **changed: Any) -> WorkItem:
    values: dict[str, Any] = {
        "path": "steps/check",
        "round": 1,
        "seat": 1,
        "kind": "approve",
        "state": ItemState.OPEN,
        "version": 1,
        "opened_at": START,
        "yellow_at": START + timedelta(days=2),
        "due_at": START + timedelta(days=5),
        "due_rule": "5 working days",
        "paused_at": None,
        "roster": "r1",
        "form": None,
        "pick": "any",
    }
    return WorkItem(id_, case, **(values | changed))


def a_holder(who: str = "user:a", item: str = "i1", case: str = "c1", **changed: Any) -> Holder:
    values: dict[str, Any] = {"capacity": Capacity.CANDIDATE, "due_at": START + timedelta(days=5)}
    return Holder(item, case, who, **(values | changed))


def a_timer(id_: str = "t1", case: str = "c1", **changed: Any) -> Timer:
    values: dict[str, Any] = {
        "path": "steps/check",
        "round": 1,
        "kind": "ladder",
        "rung": 0,
        "due_at": START + timedelta(days=5),
    }
    return Timer(id_, case, **(values | changed))


def an_entry(case: str = "c1", seq: int = 1, prev: str = GENESIS, **personal: str) -> HistoryRow:
    salt = f"salt {case} {seq}" if personal else None
    sealed = commitment(salt.encode(), canonical(personal)) if salt else None
    body: dict[str, Any] = {"seq": seq, "what": "act:agree", "commitment": sealed}
    body = {name: value for name, value in body.items() if value is not None}
    at = START + timedelta(seconds=seq)
    return HistoryRow(case, seq, at, body, sealed, personal, salt, prev, entry_hash(prev, canonical(body)))


def a_plan(id_: str = "p1", **changed: Any) -> Plan:
    plan = Plan(
        id=id_,
        case="c1",
        name="review",
        type="member.review_due.v1",
        starts=None,
        key="M-1",
        person="P-1",
        plain={"year": 2027},
        due_at=START,
        recurrence=Recurrence(12),
        occurrence=1,
        anchor=START,
        base=1,
    )
    return replace(plan, **changed)
