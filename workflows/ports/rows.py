"""The rows that go into a store and come out of it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from workflows.machine.case import JSON, Access, Activation, Effect, Holder, Lane, Plan, Subscription, Timer, WorkItem
from workflows.machine.decision import Ballot, Raised, SerialAsked
from workflows.machine.stimuli import Signal
from workflows.ports.attachments import Linked, Withdrawn


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as a door hands it over, already parsed and permitted; `body_hash` covers what makes it equal.

    `attributes` are its CloudEvents context attributes. `fingerprint` is the blind index of its person, if any,
    `initiator` the officer who submits it, where an officer does and not a department's system.
    """

    county: str
    source: str
    id: str
    type: str
    key: str
    person: str | None
    plain: Mapping[str, JSON]
    personal: Mapping[str, JSON]
    body_hash: str
    department: str
    fingerprint: str | None = None
    sample: bool = False
    lane: Lane = Lane.INTERACTIVE
    attributes: Mapping[str, str] = field(default_factory=dict)
    initiator: str | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """What became of the key (source, id) of a new event: status is new, duplicate or conflict."""

    status: str
    no: int


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An accepted event with its number, for routing and stimuli."""

    no: int
    event: NewEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A stimulus that waits for its case: an event (`event` is its number), a timer (the row) or a signal.

    `attempts` counts the tries that the sweep made; a hinted run counts none.
    """

    no: int
    county: str
    case: str
    lane: Lane
    attempts: int
    ready_at: datetime
    starts: bool = False
    event: int | None = None
    timer: Timer | None = None
    signal: Signal | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A tree of cases that stands still: the root, who closed it, why and since when."""

    root: str
    by: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A chained history entry. `hash` covers `body` and `prev_hash`; `commitment` the personal part, if any."""

    case: str
    seq: int
    at: datetime
    body: Mapping[str, JSON]
    commitment: str | None
    personal: Mapping[str, JSON]
    salt: str | None
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row of a register (member, …) after `apply`; `values` are its plain values."""

    register: str
    key: str
    fingerprint: str | None
    values: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class ActRow:
    """A stored act: the same key gets the same answer again. `request_hash` tells a reused key apart."""

    key: str
    actor: str
    request_hash: str
    answer: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class DueEffect:
    """An effect under lease: `fence` must still be the row's when the result is recorded."""

    county: str
    effect: Effect
    attempts: int
    fence: int


@dataclass(slots=True)
class Changes:
    """Everything a batch writes for the cases that won the version guard, one list per table.

    Upserts replace the row of the same key; `items_closed` closes the holder rows of these items.
    """

    activations: list[Activation] = field(default_factory=list)
    items: list[WorkItem] = field(default_factory=list)
    holders_opened: list[Holder] = field(default_factory=list)
    items_closed: list[str] = field(default_factory=list)
    timers_set: list[Timer] = field(default_factory=list)
    timers_cleared: list[str] = field(default_factory=list)
    subscriptions_opened: list[Subscription] = field(default_factory=list)
    subscriptions_closed: list[Subscription] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    plans_ended: list[tuple[str, str]] = field(default_factory=list)
    plans_moved: list[tuple[str, str, datetime]] = field(default_factory=list)
    serials: list[SerialAsked] = field(default_factory=list)
    attachments_linked: list[Linked] = field(default_factory=list)
    attachments_withdrawn: list[Withdrawn] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)
    lowered: list[str] = field(default_factory=list)
    access: list[Access] = field(default_factory=list)
    access_ended: list[Access] = field(default_factory=list)
    history: list[HistoryRow] = field(default_factory=list)
