"""The values a decision reads and writes: case, activation, work item, holder, timer, effect, decision.

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
from workflows.machine.attachment import Attachment

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


DECIDED: Final = frozenset(
    {ItemState.APPROVED, ItemState.REJECTED, ItemState.COMPLETED, ItemState.RETURNED, ItemState.ABSTAINED}
)
"""The states that somebody's own answer leaves an item in."""

ANSWERED: Final = DECIDED | {ItemState.SKIPPED}
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
    """An officer to whom the case was copied (抄送): by whom and when, and when they had read it, None until then."""

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


@dataclass(frozen=True, slots=True)
class Timer:
    """A row that becomes a stimulus when due. `kind` is ladder (rung `rung`) or silence."""

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


# -- stimuli -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EventStimulus:
    """An accepted event, routed to the case: it starts it, or answers a wait or a handler at `path`."""

    no: int
    source: str
    id: str
    type: str
    key: str
    plain: Mapping[str, JSON]
    personal: Mapping[str, JSON]
    starts: bool


@dataclass(frozen=True, slots=True)
class TimerStimulus:
    """A timer that fell due."""

    no: int
    timer: str
    path: str
    round: int
    kind: str
    rung: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants done: `actor` presses, `principals` are what the actor holds at this moment.

    `verb` is one of `machine.operations`, on an item or (`item` None) on the case; `fields` are what the verb itself asks
    for (whom to transfer to, where to return to), `form` what the step does. `key` is the idempotency key, `seen` the
    item version that the actor looked at. `principal` is who it is done for, when not the actor. `batch` names the list
    that the act was given in, where it was one of several. `attachments` are the ids of the files that go with it; `files`
    is what the move has found under these ids, and under that of a file which the act withdraws.
    """

    key: str
    case: str
    item: str | None
    verb: str
    actor: str
    principals: frozenset[str]
    seen: int | None
    opinion: str = ""
    reason: str | None = None
    form: Mapping[str, JSON] = field(default_factory=dict)
    principal: str | None = None
    department: str | None = None
    post: str | None = None
    fields: Mapping[str, JSON] = field(default_factory=dict)
    batch: str | None = None
    attachments: tuple[str, ...] = ()
    files: Mapping[str, Attachment] = field(default_factory=dict)


class Sign(StrEnum):
    """What one case, or the house, lets another case know."""

    CALLED = "called"
    CHILD_ENDED = "child_ended"
    PARENT_ENDED = "parent_ended"
    GRANTED = "granted"
    RESUMED = "resumed"
    ANNOUNCED = "announced"
    RETRACTED = "retracted"
    CALENDAR = "calendar"
    NUMBERED = "numbered"
    ROSTER = "roster"


@dataclass(frozen=True, slots=True)
class Signal:
    """A message from case to case: a case writes only itself, and others get a row in their inbox.

    `path` is the step of the receiving case that it is for ("" for the case itself), `values` hold nothing personal.
    """

    sign: Sign
    path: str
    values: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignalStimulus:
    """A signal that reached the case."""

    no: int
    signal: Signal


Stimulus = EventStimulus | TimerStimulus | SignalStimulus | Act


# -- what a decision returns -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One history entry before it is chained: the base record of approvals.md §1 and the delta.

    `delta` rebuilds the case when folded in order and holds nothing personal; `personal` holds the personal values
    of the entry (field values, opinions), which the save stores under the person's key and commits to.
    """

    case: str
    seq: int
    at: datetime
    what: str
    actor: str
    principal: str | None
    authority: str
    department: str | None
    post: str | None
    item: str | None
    path: str | None
    round: int | None
    key: str | None
    reason: str | None
    facts: Mapping[str, str]
    delta: Mapping[str, JSON]
    personal: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Claim:
    """The step at `path` of a case asks for a resource (`resource` names it whole), or gives it back."""

    case: str
    path: str
    resource: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot of the secret vote at `path` in its round: what was voted, and nothing of who voted it, when, or after whom."""

    case: str
    path: str
    round: int
    choice: str


@dataclass(frozen=True, slots=True)
class SerialAsked:
    """The step at `path` of a case asks for the next number of a series in a year, written with so many digits."""

    id: str
    case: str
    path: str
    series: str
    year: int
    digits: int


@dataclass(frozen=True, slots=True)
class Child:
    """A sub-case to be started: its id derives from where it is called, so that it is started once."""

    id: str
    workflow: str
    key: str
    path: str
    person: str | None
    fields: Mapping[str, JSON]
    personal: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Decision:
    """The machine's answer: the next slice and everything that follows, to be saved in one transaction.

    `activations` and `items` are the rows that changed, in their new form. `passed` are the activations that were
    entered and left within this decision and need no row. `items_reheld` are open, and held from now on by those whom
    `holders_opened` names and by nobody else. `ballots` go where nothing of the decision goes: the entry knows nothing of
    them. `attached` are the ids of the files that go with it, `detached` of those that are withdrawn.
    """

    after: Slice
    entry: Entry
    activations: tuple[Activation, ...] = ()
    items: tuple[WorkItem, ...] = ()
    holders_opened: tuple[Holder, ...] = ()
    items_closed: tuple[str, ...] = ()
    items_reheld: tuple[str, ...] = ()
    timers_set: tuple[Timer, ...] = ()
    timers_cleared: tuple[str, ...] = ()
    subscriptions_opened: tuple[Subscription, ...] = ()
    subscriptions_closed: tuple[Subscription, ...] = ()
    effects: tuple[Effect, ...] = ()
    emitted: tuple[Emitted, ...] = ()
    plans: tuple[Plan, ...] = ()
    access: tuple[Access, ...] = ()
    access_ended: tuple[Access, ...] = ()
    erases: tuple[str, ...] = ()
    forgets: bool = False
    children: tuple[Child, ...] = ()
    signals: tuple[tuple[str, Signal], ...] = ()
    claims: tuple[Claim, ...] = ()
    releases: tuple[Claim, ...] = ()
    serials: tuple[SerialAsked, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    plans_ended: tuple[str, ...] = ()
    plans_moved: tuple[tuple[str, datetime], ...] = ()
    attached: tuple[str, ...] = ()
    detached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that the machine does not accept; nothing changed. `status` is that of HTTP (403, 404, 409, 422)."""

    status: int
    code: str
    message: str
    by: str | None = None
    at: datetime | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """A stimulus that no longer means anything to the case (a timer of a closed round, a late event)."""

    why: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The case cannot go on by itself: `why` is shown to the administrators, nothing else changed."""

    why: str


@dataclass(frozen=True, slots=True)
class Wants:
    """The stimulus reaches further than the slice: decide again with what is near the turn `around` (None: all)."""

    around: str | None


@dataclass(frozen=True, slots=True)
class WantsPast:
    """The stimulus looks back: decide again with the closed items of the case (`Slice.past`)."""


@dataclass(frozen=True, slots=True)
class WantsBallots:
    """The stimulus closes a secret vote: decide again with its ballots opened (`Slice.ballots`)."""

    path: str
    round: int


Outcome = Decision | Refused | Ignored | Quarantined | Wants | WantsPast | WantsBallots
