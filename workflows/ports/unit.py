"""One transaction on a store, as a Protocol.

Every method is set-based: one call, one statement (or one per table), however many cases are in the batch. Everything
written through a unit is committed together when the callable given to `Units.run` returns, and nothing is when it
raises.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from workflows.machine.case import Case, Effect, Holder, Lane, Plan, Slice, Subscription, WorkItem
from workflows.machine.comment import Comment
from workflows.machine.decision import Claim
from workflows.ports.attachments import Attachments
from workflows.ports.ballots import Ballots
from workflows.ports.board import Board
from workflows.ports.drafts import Drafts
from workflows.ports.fanouts import Fanouts
from workflows.ports.rows import (
    ActRow,
    Changes,
    DueEffect,
    Gate,
    InboxRow,
    Keyed,
    NewEvent,
    RegisterRow,
    StoredEvent,
)
from workflows.ports.serials import Serials
from workflows.ports.urgencies import Urgencies


class Unit(Protocol):
    """One transaction on the store, for one county. `now` is read once when it begins."""

    county: str
    now: datetime

    @property
    def fanouts(self) -> Fanouts:
        """The fan-outs, in this transaction."""

    @property
    def board(self) -> Board:
        """The board, in this transaction."""

    @property
    def serials(self) -> Serials:
        """The serials, in this transaction."""

    @property
    def drafts(self) -> Drafts:
        """The private drafts, in this transaction."""

    @property
    def ballots(self) -> Ballots:
        """The ballots of secret votes, in this transaction."""

    @property
    def urgencies(self) -> Urgencies:
        """The cases that were made urgent, in this transaction."""

    @property
    def attachments(self) -> Attachments:
        """The attachments, in this transaction."""

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

    def post(self, rows: Sequence[InboxRow]) -> list[int]:
        """Insert inbox rows; returns their numbers, which the store gives in order."""

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

    def hold_cases(self, cases: Sequence[str]) -> None:
        """Wait until nobody else decides about these cases, and keep others waiting until the end of the unit.

        Whoever acts is answered from what is committed, never from half of it, and loses to nobody who came later.
        """

    def count_attempts(self, lane: Lane, limit: int) -> list[InboxRow]:
        """For the sweep: add one attempt to the oldest ready rows (one per case) and return them with the count.

        Ready means ready_at <= now; ready_at moves a back-off ahead.
        """

    def load(
        self,
        cases: Sequence[str],
        near: Mapping[str, Collection[str]] | None = None,
        heard: Mapping[str, Collection[tuple[str, str]]] | None = None,
    ) -> dict[str, Slice]:
        """The live slices of these cases; of those in `near` or `heard` only what the stimuli are about.

        That is what is near the paths of `near` (case -> paths) and near what asks for the events of `heard`
        (case -> (type, key)). `machine.nearness` says what is near; where one of the paths stands in no turn the whole
        slice is. What asks is looked up behind the heads, so that the guard of the save finds out what came between.
        """

    def item(self, item: str) -> WorkItem | None:
        """One item, open or closed: a late act is told who decided it and when."""

    def past(self, cases: Sequence[str]) -> dict[str, tuple[WorkItem, ...]]:
        """The closed items of each of these cases, by the moment they were closed at."""

    def places(self, items: Sequence[str]) -> dict[str, str]:
        """The paths of the steps that these items are for, open or closed; what is no item is left out."""

    def comments(self, cases: Sequence[str]) -> dict[str, dict[int, Comment]]:
        """What was ever said about these cases, oldest first, by the entry of each comment; also what was taken back."""

    def audiences(self, cases: Sequence[str]) -> dict[str, frozenset[str]]:
        """The principals that each of these cases is shared with: beside them only those see it who see every case."""

    def save_heads(self, heads: Sequence[tuple[int, Case]]) -> set[str]:
        """One guarded update in id order: (expected version, next head); returns the ids that still had it.

        A case whose tree a gate holds has lost, whatever its version, unless its decision knew of the gate (`Case.gate`):
        what may be done while the tree stands still.
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

    def forget(self, cases: Sequence[str]) -> None:
        """Destroy what these cases keep about their persons; the entries of their histories still hold together."""

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

    def plans_hearing(self, pairs: Sequence[tuple[str, str]]) -> list[Plan]:
        """Lock and return the plans that one of these events (type, key) ends or moves."""

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
