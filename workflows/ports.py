"""What the moves need from the outside, as Protocols: a unit (one transaction), gateways, a vault, the time.

Every method of `Unit` is set-based: one call, one statement (or one per table), however many cases are in the
batch. A unit is one transaction: everything written through it is committed together when the callable given to
`Units.run` returns, and nothing is when it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.roster import Roster
from workflows.language.words import Workflow
from workflows.machine.case import (
    JSON,
    Access,
    Activation,
    Case,
    Claim,
    Effect,
    Holder,
    Lane,
    Plan,
    Signal,
    Slice,
    Subscription,
    Timer,
    WorkItem,
)

T = TypeVar("T")


class Conflict(Exception):  # noqa: N818  # an outcome of a commit, not a mistake in the program
    """The transaction lost against another one (deadlock, serialization, snapshot): run it again."""


class CommitUnknown(Exception):  # noqa: N818  # an outcome of a commit, not a mistake in the program
    """The connection was lost during COMMIT: the caller must read its keys back before it says anything."""


class StoreUnavailable(Exception):  # noqa: N818  # an outcome of a commit, not a mistake in the program
    """The database does not answer; nothing was written."""


# -- rows --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as a door hands it over, already parsed and permitted; `body_hash` covers what makes it equal.

    `attributes` are its CloudEvents context attributes. `fingerprint` is the blind index of its person, if any.
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
    access: list[Access] = field(default_factory=list)
    history: list[HistoryRow] = field(default_factory=list)


class Unit(Protocol):
    """One transaction on the store, for one county. `now` is read once when it begins."""

    county: str
    now: datetime

    # doors and routing
    def key_events(self, events: Sequence[NewEvent]) -> list[Keyed]:
        """Insert the keys (source, id) that are new; tell for each event new, duplicate or conflict (body_hash)."""

    def add_events(self, events: Sequence[StoredEvent]) -> None:
        """Store the bodies of keyed events: plain part as it is, personal part under the person's key."""

    def lock_correlations(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Serialise with every other unit that routes or awaits these (type, key): the second one sees the first."""

    def subscriptions_to(self, pairs: Sequence[tuple[str, str]]) -> list[Subscription]:
        """The live subscriptions for these (type, key)."""

    def park_unmatched(self, events: Sequence[StoredEvent]) -> None:
        """Keep events that nobody waits for yet."""

    def give_back(self, routes: Sequence[tuple[int, str]]) -> set[int]:
        """Forget that these events (no, case) were posted to these cases; returns those that no case has any more.

        Called under the locks of their correlations, so that of two cases that give back the second frees the event.
        """

    def take_unmatched(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, str, str]]:
        """Remove and return the parked events of these pairs as (no, type, key), oldest first."""

    def add_cases(self, cases: Sequence[Case]) -> set[str]:
        """Insert new heads (personal part under the person's key); returns the ids that were new."""

    def post(self, rows: Sequence[InboxRow]) -> None:
        """Insert inbox rows (their `no` is given by the store, in order)."""

    def events(self, numbers: Sequence[int]) -> dict[int, StoredEvent]:
        """The stored events with these numbers; `personal` is empty where the key was destroyed."""

    # advance
    def claim_fresh(self, lane: Lane, limit: int) -> list[InboxRow]:
        """Lock up to `limit` cases of a lane by their oldest row and return all rows of each, oldest first.

        Only rows with no attempt counted, ready or not; cases that somebody else holds are skipped, as are those whose
        tree a gate holds.
        """

    def claim_cases(self, cases: Sequence[str]) -> list[InboxRow]:
        """The same for the cases named, whatever their lane, attempts or ready_at."""

    def count_attempts(self, lane: Lane, limit: int) -> list[InboxRow]:
        """For the sweep: add one attempt to the oldest ready rows (one per case) and return them with the count.

        Ready means ready_at <= now; ready_at moves a back-off ahead.
        """

    def load(self, cases: Sequence[str], near: Mapping[str, Collection[str]] | None = None) -> dict[str, Slice]:
        """The live slices of these cases; of those in `near` (case -> paths) only what is near these paths.

        `machine.nearness` says what is near; where one of the paths stands in no turn the whole slice is.
        """

    def item(self, item: str) -> WorkItem | None:
        """One item, open or closed: a late act is told who decided it and when."""

    def past(self, cases: Sequence[str]) -> dict[str, tuple[WorkItem, ...]]:
        """The closed items of each of these cases, by the moment they were closed at."""

    def places(self, items: Sequence[str]) -> dict[str, str]:
        """The paths of the steps that these items are for, open or closed; what is no item is left out."""

    def save_heads(self, heads: Sequence[tuple[int, Case]]) -> set[str]:
        """One guarded update in id order: (expected version, next head); returns the ids that still had it.

        A case whose tree a gate holds has lost, whatever its version.
        """

    def write(self, changes: Changes) -> None:
        """Write the rows of the cases that won."""

    def clear_inbox(self, numbers: Sequence[int]) -> None:
        """Remove handled inbox rows."""

    def quarantine(self, case: str, why: str) -> None:
        """Mark the case; its inbox rows stay and are no longer due."""

    # between cases
    def claim_resources(self, claims: Sequence[Claim], releases: Sequence[Claim]) -> list[Claim]:
        """Take the releases out of the queues of their resources and put the claims at their ends, in this order.

        Whoever stands first has the resource; a claim that stands already keeps its place. Serialised with every other
        unit that touches one of these resources. Returns the claims that came to stand first now, by resource.
        """

    def close_gate(self, root: str, by: str, reason: str) -> None:
        """Let the tree of `root` stand still from `now` on: no case of it is claimed, saved or woken by a timer.

        Waits for saves of the tree that are under way, so that none commits after it.
        """

    def open_gate(self, root: str) -> datetime | None:
        """Let the tree of `root` go on; returns since when it stood still, None where no gate stood."""

    def gate_of(self, root: str) -> Gate | None:
        """The gate that stands on the tree of `root`."""

    def tree(self, root: str) -> tuple[str, ...]:
        """The running cases of the tree, in the order of their ids."""

    def twins(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
        """Register rows by (register, fingerprint): their keys, sorted."""

    def registers(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], RegisterRow]:
        """Register rows by (register, key)."""

    def put_registers(self, rows: Sequence[RegisterRow]) -> None:
        """Insert or replace register rows."""

    def erase(self, persons: Sequence[str]) -> None:
        """Destroy the keys of these persons."""

    def find_acts(self, keys: Sequence[str]) -> dict[str, ActRow]:
        """The stored acts of these idempotency keys, by key."""

    def add_acts(self, rows: Sequence[ActRow]) -> None:
        """Store acts with their answers; raises Conflict if one of the keys was stored meanwhile."""

    # track
    def fire_timers(self, limit: int) -> int:
        """Move due timers into the inbox of their cases; returns how many.

        Not those of a tree that a gate holds, nor of a case that a signal waits for: it may move them.
        """

    def due_plans(self, limit: int) -> list[Plan]:
        """Lock and return due plans."""

    def advance_plans(self, done: Sequence[str], moved: Sequence[Plan]) -> None:
        """Remove finished plans, store the next occurrence of repeating ones."""

    def seal(self, limit: int) -> int:
        """Give the next feed numbers to unsealed history entries and write one checkpoint; returns how many."""

    # assign
    def narrowable(self, limit: int) -> list[tuple[WorkItem, tuple[Holder, ...]]]:
        """Open items with pick least_loaded that nobody owns yet, locked."""

    def open_counts(self, users: Sequence[str]) -> dict[str, int]:
        """How many open items each user owns."""

    def own(self, holders: Sequence[Holder]) -> None:
        """Make these the owners of their items, where the item is still open and nobody owns it."""

    # deliver
    def lease_effects(self, limit: int, seconds: int) -> list[DueEffect]:
        """Lease due effects: fence + 1, attempt + 1, lease for `seconds`."""

    def record_sent(self, sent: Sequence[DueEffect]) -> set[str]:
        """Mark as sent where the fence still fits; returns the keys that did."""

    def record_failed(self, failed: Sequence[tuple[DueEffect, str, datetime]]) -> set[str]:
        """Record (effect, error, next try) where the fence still fits."""

    def add_notices(self, notices: Sequence[Effect]) -> None:
        """Put notices into their recipients' inboxes, once per key."""

    # lanes
    def raise_hint(self, lane: Lane) -> bool:
        """Set the lane's flag; True if it was clear (or older than 2 s), so a chain should be published."""

    def clear_hint(self, lane: Lane) -> None:
        """Clear the lane's flag: a chain has started."""


class Units(Protocol):
    """Where units come from."""

    county: str

    @property
    def batch(self) -> int:
        """How many cases a move should take at once on this store; may change from time to time."""

    def run(self, work: Callable[[Unit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        """Run `work` in one transaction and commit; repeats it a few times on Conflict, so it must be repeatable."""

    def read(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one transaction that writes nothing."""


class Gateway(Protocol):
    """A way out. `send` returns when the other side has it; it may be called again with the same keys."""

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Send; for each effect key None (sent) or the error to record."""


class Vault(Protocol):
    """Keyed arithmetic on personal values, given by the adapters."""

    def fingerprint(self, *values: str) -> str:
        """A blind index of these values."""

    def salt(self, *parts: str | int) -> str:
        """A salt for a commitment: kept with the personal part, gone with the person's key.

        The parts say what it is for; a vault of tests may derive it from them, a real one draws it.
        """


class Library(Protocol):
    """The definitions and facts by version."""

    def by_hash(self, workflow_hash: str) -> Workflow:
        """The definition with this hash; raises KeyError."""

    def current(self) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of every current definition, by name."""

    def named(self, name: str) -> tuple[str, Workflow]:
        """(hash, definition) of the current definition of this name; raises KeyError."""

    def started_by(self, event_type: str) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of the current definitions that this event starts."""

    def awaited_types(self) -> frozenset[str]:
        """The event types that some step of a stored definition waits for (`machine.nodes.awaited`)."""

    def roster(self) -> Roster:
        """The current roster version."""

    def calendar(self) -> Calendar:
        """The current calendar version."""

    def numbers(self, version: str | None = None) -> Numbers:
        """The office's numbers, the current ones or a pinned version."""

    def adopt(self, *workflows: Workflow) -> None:
        """Make these the current definitions of their names; the ones they replace stay for their cases."""


@dataclass(frozen=True)
class Engine:
    """What the moves work with: wired once by the composition root."""

    units: Units
    library: Library
    vault: Vault
    gateways: Mapping[str, Gateway]
    wake: Callable[[Lane], None]
