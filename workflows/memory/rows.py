"""The tables of the memory store: their keys, their rows, and what they are looked up by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.machine.attachment import Attachment
from workflows.machine.case import (
    JSON,
    Access,
    Activation,
    Case,
    Effect,
    Holder,
    Lane,
    Plan,
    Subscription,
    Timer,
    WorkItem,
)
from workflows.machine.decision import Ballot, Claim, Raised, SerialAsked
from workflows.machine.nearness import outermost_turn
from workflows.memory.store import Table
from workflows.ports import ActRow, Gate, HistoryRow, InboxRow, NewEvent, RegisterRow
from workflows.ports.drafts import Draft
from workflows.ports.fanouts import Fanout
from workflows.ports.serials import Serial


@dataclass(frozen=True, slots=True)
class EventKey:
    """The key (source, id) of an event with its number and what makes it equal."""

    no: int
    body_hash: str


@dataclass(frozen=True, slots=True)
class EventBody:
    """An event as it was accepted; `event.personal` is empty here, the values are a payload."""

    no: int
    event: NewEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class Payload:
    """Personal values of one row, readable while `sealed_with` is still the key of their person."""

    kind: str
    ref: str
    person: str
    sealed_with: int
    values: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An event that nobody waits for yet."""

    no: int
    type: str
    key: str


@dataclass(frozen=True, slots=True)
class Held:
    """A holder of an item, also after the item was closed."""

    holder: Holder
    is_open: bool


@dataclass(frozen=True, slots=True)
class EffectRow:
    """An effect on its way out; it is due at `ready_at` while it is not sent."""

    effect: Effect
    no: int
    ready_at: datetime
    attempts: int = 0
    fence: int = 0
    sent_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A history entry that has no feed number yet; `no` orders them as they were written."""

    no: int
    case: str
    seq: int


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A history entry with its feed number."""

    no: int
    case: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A seal over the feed numbers first..last."""

    no: int
    first: int
    last: int
    root: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice in the inbox of one principal."""

    key: str
    to: str
    body: Mapping[str, JSON]
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read the personal values of a case, when and what for."""

    case: str
    user: str
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Queued:
    """A claim in the queue of its resource; `no` is its place."""

    no: int
    claim: Claim


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """An attachment (its name and hash are a payload), the key of its request, and when it may be collected."""

    one: Attachment
    key: str
    collect_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """Where a case under way stands, and the dates of its most urgent item, where it `asks` somebody."""

    case: str
    workflow: str
    state: str
    department: str
    yellow_at: datetime | None
    due_at: datetime | None
    is_paused: bool
    asks: bool


@dataclass(frozen=True, slots=True)
class RaisedRow:
    """A case that was made urgent, when, and when it was lowered again."""

    one: Raised
    at: datetime
    lowered_at: datetime | None = None


def _case(row: Any) -> str:
    case: str = row.case
    return case


def _turn(row: Any) -> tuple[str, str]:
    """What an index on turns holds: the rows of a case by the outermost turn that they stand in."""
    return row.case, outermost_turn(row.path)


def _pair(row: Any) -> tuple[str, str]:
    return row.type, row.key


EVENT_KEYS: Table[tuple[str, str], EventKey] = Table("event_key")
EVENTS: Table[int, EventBody] = Table("event", {"source": lambda row: (row.event.source, row.event.id)})
UNMATCHED: Table[int, Unmatched] = Table("unmatched", {"pair": _pair})
CORRELATIONS: Table[tuple[str, str], None] = Table("correlation")
INBOX: Table[int, InboxRow] = Table("inbox", {"case": _case})
ROUTED: Table[tuple[int, str], tuple[int, str]] = Table("routed", {"event": lambda row: row[0]})
CASES: Table[str, Case] = Table("case", {"root": lambda row: row.root})
GATES: Table[str, Gate] = Table("gate")
CLAIMS: Table[tuple[str, str, str], Queued] = Table("claim", {"resource": lambda row: row.claim.resource})
ACTIVATIONS: Table[tuple[str, str, int], Activation] = Table("activation", {"case": _case, "turn": _turn})
ITEMS: Table[str, WorkItem] = Table("work_item", {"case": _case, "turn": _turn})
HOLDERS: Table[tuple[str, str], Held] = Table(
    "holder",
    {"case": lambda row: row.holder.case, "item": lambda row: row.holder.item, "who": lambda row: row.holder.who},
)
TIMERS: Table[str, Timer] = Table("timer", {"case": _case, "turn": _turn})
SUBSCRIPTIONS: Table[Subscription, Subscription] = Table("subscription", {"case": _case, "turn": _turn, "pair": _pair})
EFFECTS: Table[str, EffectRow] = Table("effect")
PLANS: Table[str, Plan] = Table("plan", {"case": _case})
SERIALS_ASKED: Table[int, SerialAsked] = Table("serial_asked")
DRAFTS: Table[tuple[str, str], Draft] = Table("draft", {"item": lambda row: row.item, "case": lambda row: row.case})
ATTACHMENTS: Table[str, AttachmentRow] = Table(
    "attachment",
    {"key": lambda row: row.key, "case": lambda row: row.one.case, "person": lambda row: row.one.person},
)
SERIALS: Table[tuple[str, int, int], Serial] = Table("serial", {"series": lambda row: (row.series, row.year)})
RAISED: Table[tuple[str, str, str, bool], RaisedRow] = Table(
    "raised", {"month": lambda row: row.one.month, "case": lambda row: row.one.case}
)
BALLOTS: Table[str, Ballot] = Table("ballot", {"case": _case})
BOARD: Table[str, BoardRow] = Table("board")
BOARD_AT: Table[str, int] = Table("board_at")
FANOUTS: Table[str, Fanout] = Table("fanout")
FANNED: Table[tuple[str, str], int] = Table("fanned")
ACCESS: Table[tuple[str, str, str], Access] = Table("case_access", {"case": _case})
HISTORY: Table[tuple[str, int], HistoryRow] = Table("history", {"case": _case})
UNSEALED: Table[tuple[str, int], Unsealed] = Table("unsealed")
FEED: Table[tuple[str, int], FeedRow] = Table("feed")
CHECKPOINTS: Table[int, Checkpoint] = Table("checkpoint")
REGISTERS: Table[tuple[str, str], RegisterRow] = Table(
    "register", {"twin": lambda row: (row.register, row.fingerprint)}
)
ACTS: Table[str, ActRow] = Table("act")
KEYS: Table[str, int] = Table("person_key")
PAYLOADS: Table[tuple[str, str], Payload] = Table("payload", {"person": lambda row: row.person})
NOTICES: Table[tuple[str, str], Notice] = Table("notice")
HINTS: Table[Lane, datetime] = Table("lane")
READINGS: Table[int, Reading] = Table("reading")
