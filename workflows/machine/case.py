"""The values a decision reads and writes: case, activation, work item, holder, timer, effect.

Plain slots dataclasses, frozen: a decision never changes what it was given, it returns what comes next.
All times are aware UTC datetimes; all ids are derived (`domain.identifiers.derived_id`), so that a batch that
runs again makes no twins. `JSON` values hold no floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.recurrence import Recurrence

JSON = Any

SYSTEM = "SYSTEM"


class State(StrEnum):
    """Where a case stands (approvals.md §1)."""

    RUNNING = "running"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    REVOKING = "revoking"
    REVOKED = "revoked"
    VOID = "void"


UNDER_WAY: Final = frozenset({State.RUNNING, State.REVOKING})
"""The states in which something of a case is live: in all others it has ended."""


class ActivationState(StrEnum):
    """An activation is live until it is done or cancelled."""

    LIVE = "live"
    DONE = "done"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """States of a work item (approvals.md §1)."""

    OPEN = "open"
    WAITING = "waiting"
    OUT = "out"
    APPROVED = "approved"
    REJECTED = "rejected"
    COMPLETED = "completed"
    RETURNED = "returned"
    ABSTAINED = "abstained"
    TRANSFERRED = "transferred"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    DEEMED_AGREED = "deemed_agreed"
    DEEMED_REJECTED = "deemed_rejected"


DECIDED: Final = frozenset(
    {ItemState.APPROVED, ItemState.REJECTED, ItemState.COMPLETED, ItemState.RETURNED, ItemState.ABSTAINED}
)
"""The states that somebody's own answer leaves an item in."""

DEEMED: Final = frozenset({ItemState.DEEMED_AGREED, ItemState.DEEMED_REJECTED})
"""The states that silence leaves an item in where the ladder of its step decides: nobody has answered."""

ANSWERED: Final = DECIDED | DEEMED | {ItemState.SKIPPED}
"""How an item ends whose step may be returned to: somebody has answered it, or a rule in somebody's place."""


class Link(StrEnum):
    """How an item hangs from its parent: who was asked in its stead, or beside it."""

    TRANSFERRED = "transferred"
    DELEGATED = "delegated"
    BEFORE = "before"
    AFTER = "after"
    PARALLEL = "parallel"


class Lane(StrEnum):
    """The two queues of due work."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


class Capacity(StrEnum):
    """In which capacity somebody holds an item."""

    OWNER = "owner"
    CANDIDATE = "candidate"
    PROXY = "proxy"
    ESCALATED = "escalated"


class Urgency(StrEnum):
    """平, 加急, 特急."""

    NORMAL = "normal"
    URGENT = "urgent"
    MOST_URGENT = "most_urgent"


@dataclass(frozen=True, slots=True)
class WayBack:
    """A return that goes straight back: when the step at `target` is through, the case goes on at `to`.

    `guard` names the versions that the fields had which ask for approval again; where they have changed meanwhile the
    case goes the whole way once more.
    """

    target: str
    to: str
    guard: str


@dataclass(frozen=True, slots=True)
class Reader:
    """An officer to whom the case was copied (抄送): by whom, when they were told last, when they read it (None: not yet)."""

    user: str
    by: str
    at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The head of a case: one row. `fields` hold nothing personal; `personal` lives under the person's key.

    `version` counts saves (the guard), `seq` counts history entries, `prev_hash` is the hash of the last one.
    `root` is the topmost case of its tree, `parent` the (case, path) that called it. `gate` says why the tree stands
    still, while it does; it is read with the head and never saved with it.
    `personal` is empty where the person's key was destroyed or the reader may not see it.
    `round` counts the returns: what is entered belongs to the round of the case at that moment. `back` are the returns
    that still go straight back, the innermost last. `reopened_as` is the case that goes on with an ended one.
    `readers` have a copy of it.
    """

    county: str
    id: str
    workflow: str
    workflow_hash: str
    language: int
    version: int
    seq: int
    prev_hash: str
    root: str
    key: str
    person: str | None
    state: State
    outcome: str | None
    fields: Mapping[str, JSON]
    personal: Mapping[str, JSON]
    field_versions: Mapping[str, int]
    numbers: str
    lane: Lane
    department: str
    sample: bool
    opened_at: datetime
    last_at: datetime
    gate: str | None = None
    quarantine: str | None = None
    parent: tuple[str, str] | None = None
    round: int = 1
    back: tuple[WayBack, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    ended_at: datetime | None = None
    reopened_as: str | None = None
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class Activation:
    """One entry into a step, addressed by (path, round).

    `n` counts the parts it has, `agree` those that arrived (or agreed). `resume` is the child a sequence stands at, the
    turn of a loop, 1 for a block that went on without its rest, the minutes left on a stopped clock. `values` are the
    fields that belong to this turn of a for-each alone: its element, and what was written inside; and the clock of a
    step that has no item of its own (`machine.timekeeping`).
    """

    case: str
    path: str
    round: int
    parent: str | None
    state: ActivationState
    entered_at: datetime
    n: int = 0
    agree: int = 0
    against: int = 0
    abstain: int = 0
    resume: int = 0
    values: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkItem:
    """What must be done in one seat of one activation. `kind` is approve, carry_out, vote or supplement.

    `closed_by` and `closed_at` tell a late click who decided and when. `candidates` are principals
    ("user:…", "role:NAME:SCOPE", "department:CODE", "person:…"); the holder rows index them. `due_rule` is the clock
    that the due date follows from (`domain.clocks`), as text.

    `content` names the versions of the form's fields that a decision was bound to. `parent` and `link` say which item
    this one was opened for (transfer, delegation, added signers), `asked` how many supplements its step had asked for,
    `weight` what it counts for where seats are weighted. `claimed_by` alone may act while it is set. `read_at` is when
    a holder first opened it and `read_by` who, `superseded` the round that made its answer void: a return opened its step again.
    """

    id: str
    case: str
    path: str
    round: int
    seat: int
    kind: str
    state: ItemState
    version: int
    opened_at: datetime
    yellow_at: datetime | None
    due_at: datetime | None
    due_rule: str
    paused_at: datetime | None
    roster: str
    form: str | None
    pick: str
    closed_by: str | None = None
    closed_at: datetime | None = None
    content: str | None = None
    parent: str | None = None
    link: Link | None = None
    asked: int | None = None
    weight: int | None = None
    claimed_by: str | None = None
    read_at: datetime | None = None
    superseded: int | None = None
    read_by: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """A person or pool that holds an item, with a capacity: the inbox index."""

    item: str
    case: str
    who: str
    capacity: Capacity
    due_at: datetime | None


LADDER: Final = "ladder"
"""The kind of the timers of a ladder."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A row that becomes a stimulus when due. `kind` is LADDER (rung `rung`), silence or lasts."""

    id: str
    case: str
    path: str
    round: int
    kind: str
    rung: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """A live wait or handler: an event of `type` with `key` is for this case."""

    case: str
    path: str
    round: int
    type: str
    key: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Something the outside must see. `gateway` is publish or notice; `body` holds nothing personal."""

    key: str
    case: str
    gateway: str
    body: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Emitted:
    """A domain event that a case emitted; its id derives from the case, so it is emitted once."""

    id: str
    type: str
    key: str
    person: str | None
    plain: Mapping[str, JSON]
    personal: Mapping[str, JSON]
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A follow-up that outlives its case: emits the event `type`, or starts a case of the workflow `starts`, when due.

    `occurrence` is the number of the next one. The later ones are counted from occurrence `base` at `anchor`; without a
    recurrence there are none. It ends after so many `times`, or before `until`. Events of its key end it (`ends_on`) or
    move it (`moves_on`, to the day in their field `moves_to`).
    """

    id: str
    case: str
    name: str
    type: str | None
    starts: str | None
    key: str
    person: str | None
    plain: Mapping[str, JSON]
    due_at: datetime
    recurrence: Recurrence | None
    occurrence: int
    anchor: datetime
    base: int
    times: int | None = None
    until: datetime | None = None
    ends_on: str | None = None
    moves_on: str | None = None
    moves_to: str | None = None
    sample: bool = False

    def moved_to(self, due_at: datetime) -> Plan:
        """The plan with its next occurrence at another moment, from which the later ones are counted."""
        recurrence = None if self.recurrence is None else replace(self.recurrence, month=None, day=None)
        return replace(self, due_at=due_at, anchor=due_at, base=self.occurrence, recurrence=recurrence)


@dataclass(frozen=True, slots=True)
class Access:
    """A principal that may see the case, and why."""

    case: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a case that a decision may look at: its head and everything live in it.

    With `around` only what is near these turns (`machine.nearness`); what reaches further asks for more (`Wants`).
    `hears` are the events (type, key) of which everything that asks for them is in the part.
    `past` are the closed items, oldest first, for the few decisions that look back; None where nobody asked for them.
    `ballots` are what was voted in the secret votes (path, round) that are opened by this decision: choice -> how many.
    """

    head: Case
    activations: Mapping[tuple[str, int], Activation] = field(default_factory=dict)
    items: Mapping[str, WorkItem] = field(default_factory=dict)
    holders: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    timers: Mapping[str, Timer] = field(default_factory=dict)
    subscriptions: frozenset[Subscription] = frozenset()
    around: tuple[str, ...] | None = None
    past: tuple[WorkItem, ...] | None = None
    hears: frozenset[tuple[str, str]] = frozenset()
    ballots: Mapping[tuple[str, int], Mapping[str, int]] = field(default_factory=dict)
