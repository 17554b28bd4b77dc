"""What pages, the machine API and the command line may read: views, and the queries as a Protocol.

Every query takes the viewer and answers only what `workflows.policy.visible(viewer)` admits; something that exists
but may not be seen is answered exactly as something that does not exist. Personal values come only from
`Reads.personal`, which records who read whom, when and for which case (domain.md §4.2, readable by the person).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from domain.visits import Visits
from workflows.machine.attachment import Attachment, AttachmentState
from workflows.machine.case import JSON, Activation, Case, Effect, Holder, Plan, Subscription, Timer, WorkItem
from workflows.policy import Viewer
from workflows.ports.drafts import Draft
from workflows.ports.fanouts import Fanout
from workflows.ports.serials import Serial


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases; None means no restriction. `light` is computed from `now`, never stored."""

    workflow: str | None = None
    state: str | None = None
    light: str | None = None
    department: str | None = None
    holder: str | None = None
    subject: str | None = None
    round: int | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    text: str | None = None
    quarantined: bool | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the table of cases: the head and its most urgent open item, if any."""

    case: Case
    item: WorkItem | None
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of cases; `cursor` continues it."""

    rows: tuple[CaseRow, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case as a page shows it (`head.personal` is empty here).

    `open_cases` are its sub-cases that run; `places` tells how many stand before a step that shares a resource, by path.
    """

    head: Case
    activations: tuple[Activation, ...]
    items: tuple[WorkItem, ...]
    holders: Mapping[str, tuple[Holder, ...]]
    timers: tuple[Timer, ...]
    subscriptions: tuple[Subscription, ...]
    open_cases: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HistoryView:
    """One entry of the timeline; `body` is the base record and the delta, nothing personal in it."""

    seq: int
    at: datetime
    body: Mapping[str, JSON]
    hash: str
    prev_hash: str
    feed_no: int | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """A work item with its case's head and holders."""

    item: WorkItem
    case: Case
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items; None means no restriction. `shared` wants only those that nobody holds by name or claimed."""

    workflow: str | None = None
    light: str | None = None
    text: str | None = None
    shared: bool = False


_SAID: Final = "opinion@"


def said_in(seq: int) -> str:
    """Under which name `Reads.personal` gives the opinion of an entry of the history."""
    return f"{_SAID}{seq}"


def is_said(name: str) -> bool:
    """Whether a name is that of an opinion: officers write them for each other."""
    return name.startswith(_SAID)


EVERY_ITEM: Final = ItemFilter()


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """How many items somebody can act on now: all, those that nobody holds by name, near their term, beyond it."""

    open: int = 0
    shared: int = 0
    yellow: int = 0
    red: int = 0


def stands_still(item: WorkItem, head: Case) -> bool:
    """Whether the clock of an item stands: its own does, or its whole tree is suspended."""
    return item.paused_at is not None or head.gate is not None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases are under way, and how many of them at each light: the most urgent item of each decides.

    Red is `overdue`, yellow `near_due`, green `on_time`, grey (the clock stands) `paused`. A case that asks nobody and only
    waits for an event is at none.
    """

    workflow: str
    state: str
    department: str
    open: int
    near_due: int
    overdue: int
    on_time: int = 0
    paused: int = 0


@dataclass(frozen=True, slots=True)
class RaisedTally:
    """How many cases of a department were made urgent (加急) in a month on one ground, by itself or by the meeting's office.

    `lowered` were lowered again, `late` had an item beyond its term all the same.
    """

    department: str
    ground: str
    by_office: bool
    cases: int
    lowered: int
    late: int


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which plans; None means no restriction."""

    case: str | None = None
    subject: str | None = None
    due_before: datetime | None = None


EVERY_PLAN: Final = PlanFilter()


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One page of plans; `cursor` continues it."""

    plans: tuple[Plan, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """What became of an event."""

    source: str
    id: str
    type: str
    at: datetime
    status: str
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice in somebody's inbox."""

    key: str
    to: str
    body: Mapping[str, JSON]
    at: datetime


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect that is not sent yet: how often it was tried, when it may be tried (again), what went wrong."""

    effect: Effect
    attempts: int
    due_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class OpenTerm:
    """An open due date of a case, and the clock that it follows from, as text."""

    workflow: str
    case: str
    due_at: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad row that an audit found, or none: `where` names table and key."""

    checked: int
    where: str | None
    why: str | None


def as_shown(found: Sequence[Attachment], viewer: Viewer, *, held: bool) -> tuple[Attachment, ...]:
    """Files as a viewer of their case is shown them: with name and hash only where they may be read.

    Whoever attached a file may read it, and who holds or held an item of the case; one that was withdrawn only those of
    them who see every case.
    """
    return tuple(one if _may_read(one, viewer, held=held) else replace(one, name="", sha256="") for one in found)


def _may_read(one: Attachment, viewer: Viewer, *, held: bool) -> bool:
    offered = one.state is not AttachmentState.WITHDRAWN or viewer.sees_all
    return one.by == viewer.user or (held and offered)


class Reads(Protocol):
    """Queries for one county; each runs in a short transaction of its own."""

    def now(self) -> datetime:
        """The time of the store's clock."""

    def cases(self, viewer: Viewer, wanted: CaseFilter, limit: int = 50, cursor: str | None = None) -> CasePage:
        """Cases, most recently changed first."""

    def counts(self, viewer: Viewer) -> dict[tuple[str, str], int]:
        """Number of cases by (workflow, state)."""

    def case(self, viewer: Viewer, case: str) -> CaseView | None:
        """One case, None if it does not exist or may not be seen."""

    def history(self, viewer: Viewer, case: str) -> tuple[HistoryView, ...]:
        """The timeline of a case, oldest first; empty if it may not be seen."""

    def personal(self, viewer: Viewer, case: str, purpose: str) -> Mapping[str, JSON]:
        """The personal values of a case, and what was said in its acts (by `said_in`), for somebody who holds (or held) an item of it; records the reading."""

    def attachments(self, viewer: Viewer, case: str, purpose: str) -> tuple[Attachment, ...]:
        """The files that were linked to a case, as the viewer is shown them (`as_shown`); records the reading of names."""

    def attachment(self, viewer: Viewer, case: str, attachment: str, purpose: str) -> Attachment | None:
        """One of them, or one that the viewer is about to link; None if there is none or the case may not be seen."""

    def items(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        """Open items that the viewer holds and no colleague claimed, the most urgent first; `cursor` is the last item of the page before."""

    def done(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        """Items that the viewer decided, the last one first; `light` and `shared` say nothing about these."""

    def item_counts(self, viewer: Viewer) -> ItemCounts:
        """How many open items the viewer holds."""

    def told(self, viewer: Viewer, case: str) -> tuple[NoticeView, ...]:
        """The notices of a case, to whomever they went, newest first; empty if the case may not be seen."""

    def item(self, viewer: Viewer, item: str) -> ItemView | None:
        """One item (also closed) of a case that the viewer may see."""

    def draft(self, viewer: Viewer, item: str) -> Draft | None:
        """What the viewer has written for an open item and not sent; nobody else's draft is ever answered."""

    def event(self, viewer: Viewer, source: str, id: str) -> EventView | None:  # noqa: A002  # CloudEvents' own name
        """What became of an event that the viewer's department sent (or any, for those who see all)."""

    def notices(self, viewer: Viewer, limit: int = 50) -> tuple[NoticeView, ...]:
        """Notices to the viewer's principals, newest first."""

    def open_terms(self, viewer: Viewer) -> tuple[OpenTerm, ...]:
        """Every open due date; only for those who see all."""

    def fanouts(self, viewer: Viewer, limit: int = 50) -> tuple[Fanout, ...]:
        """What was fanned out, the last one first; only for those who see all."""

    def fanout(self, viewer: Viewer, fanout: str) -> Fanout | None:
        """One fan-out, None if it does not exist or may not be seen."""

    def serials(self, viewer: Viewer, series: str | None = None, limit: int = 50) -> tuple[Serial, ...]:
        """The numbers that were given, of one series or of all, the last ones first; only for those who see all."""

    def plans(
        self, viewer: Viewer, wanted: PlanFilter = EVERY_PLAN, limit: int = 50, cursor: str | None = None
    ) -> PlanPage:
        """What is planned by cases that the viewer may see, the soonest first."""

    def board(self, viewer: Viewer) -> tuple[Tally, ...]:
        """The cases under way by workflow, state and sending department: how many, and how many at each light."""

    def visits(self, viewer: Viewer) -> tuple[Visits, ...]:
        """The register of visits (走访): officers, days and states, nothing of a person; only for those who see all."""

    def raised(self, viewer: Viewer, month: str) -> tuple[RaisedTally, ...]:
        """What was made urgent in a month ("2026-03"), by department and ground; only for those who see all."""

    def in_flight(self, viewer: Viewer, root: str) -> tuple[EffectView, ...]:
        """The effects of a tree of cases that are not sent yet, the soonest due first; a gate does not hold them."""

    def verify(self) -> Finding:
        """Check every chain, seal and commitment; names the first bad row."""

    def pending(self) -> Mapping[str, int]:
        """Operators' counts: inbox, unsent effects, overdue timers, quarantined cases, unsealed entries, unmatched."""
