"""What a decision returns: the next case and everything that follows, or why there is none. Outcomes are values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workflows.machine.case import (
    JSON,
    Access,
    Activation,
    Effect,
    Emitted,
    Holder,
    Plan,
    Slice,
    Subscription,
    Timer,
    WorkItem,
)
from workflows.machine.stimuli import Signal


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
class Raised:
    """A case is urgent from now on (加急): of which department, in which month ("2026-03", on the calendar's wall), and why.

    `counts` tells that the department itself raised it, of which it may raise `quota` in a month; what the meeting's office
    raises uses nothing up. `most` tells 特急 from 加急.
    """

    case: str
    department: str
    month: str
    ground: str
    most: bool
    counts: bool
    quota: int


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
    `raised` says that the case was made urgent, `lowered` that it is less urgent than it was.
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
    raised: tuple[Raised, ...] = ()
    lowered: bool = False


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
