"""The workspace of one decision: the slice as it changes, and the list of what follows.

A turn lives inside one call of `decide` and never leaves it. It only keeps books; what to do is said in
`entering.py` (steps), `asking.py` and `answering.py` (people), `hearing.py` (events) and `decide.py` (the order of
things); `concluding.py` closes the books.
"""

from __future__ import annotations

from collections import ChainMap, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.identifiers import derived_id
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Exclusive,
    Step,
    ToApplicant,
    Vote,
    Wait,
    Workflow,
)
from workflows.machine.agenda import Enter, GoOn, Leave, LooksBackError, OpensBallotsError, ReachesFurtherError
from workflows.machine.attachment import Attachment
from workflows.machine.case import (
    JSON,
    Access,
    Activation,
    ActivationState,
    Capacity,
    Case,
    Effect,
    Emitted,
    Holder,
    ItemState,
    Plan,
    Slice,
    State,
    Subscription,
    Timer,
    Urgency,
    WorkItem,
)
from workflows.machine.decision import Ballot, Child, Claim, Raised, SerialAsked
from workflows.machine.facts import Facts
from workflows.machine.nearness import is_within, turn_around
from workflows.machine.nodes import CASE, Node, index, step_path
from workflows.machine.stimuli import Sign, Signal
from workflows.machine.values import belonging_to, elements_around, personal_seen, written

__all__ = ["Enter", "GoOn", "HumanStep", "Leave", "Turn", "sorted_subscriptions", "step_path"]

HumanStep = Approve | CarryOut | Vote | Wait | ToApplicant


@dataclass(slots=True)
class Turn:
    """The books of one decision."""

    definition: Workflow
    before: Slice
    facts: Facts
    now: datetime
    nodes: Mapping[str, Node] = field(init=False)
    head: Case = field(init=False)
    live: dict[str, Activation] = field(init=False)
    items: dict[str, WorkItem] = field(init=False)
    holders: dict[str, tuple[Holder, ...]] = field(init=False)
    timers: dict[str, Timer] = field(init=False)
    subscriptions: set[Subscription] = field(init=False)
    agenda: deque[Enter | Leave | GoOn] = field(default_factory=deque)
    closed: list[tuple[Activation, ActivationState]] = field(default_factory=list)
    items_changed: dict[str, WorkItem] = field(default_factory=dict)
    holders_opened: list[Holder] = field(default_factory=list)
    timers_set: dict[str, Timer] = field(default_factory=dict)
    timers_cleared: list[str] = field(default_factory=list)
    subscriptions_opened: list[Subscription] = field(default_factory=list)
    subscriptions_closed: list[Subscription] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    emitted: list[Emitted] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    access: dict[tuple[str, str], Access] = field(default_factory=dict)
    access_ended: list[Access] = field(default_factory=list)
    erases: list[str] = field(default_factory=list)
    forgets: bool = False
    children: list[Child] = field(default_factory=list)
    signals: list[tuple[str, Signal]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    releases: list[Claim] = field(default_factory=list)
    reheld: list[str] = field(default_factory=list)
    serials: list[SerialAsked] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
    plans_ended: list[str] = field(default_factory=list)
    plans_moved: list[tuple[str, datetime]] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)
    lowered: bool = False
    attached: list[Attachment] = field(default_factory=list)
    detached: list[str] = field(default_factory=list)
    own: dict[str, Mapping[str, JSON]] = field(init=False)
    said: dict[str, JSON] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = index(self.definition)
        self.head = self.before.head
        self.live = {one.path: one for one in self.before.activations.values() if one.state is ActivationState.LIVE}
        self.own = {one.path: one.values for one in self.live.values() if one.values}
        self.items = dict(self.before.items)
        self.holders = dict(self.before.holders)
        self.timers = dict(self.before.timers)
        self.subscriptions = set(self.before.subscriptions)

    def reach(self, path: str) -> None:
        """Make sure that all that is live in the block at `path` (CASE for the case) is in the slice.

        Raises:
            ReachesFurtherError: it is not.
        """
        around = self.before.around
        if around is not None and not any(is_within(path, turn) for turn in around):
            raise ReachesFurtherError(turn_around(path))

    @property
    def again(self) -> tuple[int, ...]:
        """What tells the ids of a later round from those of the first: a return does things again, not twice."""
        return () if self.head.round == 1 else (self.head.round,)

    def past(self) -> tuple[WorkItem, ...]:
        """The closed items, oldest first.

        Raises:
            LooksBackError: the slice leaves them out.
        """
        if self.before.past is None:
            raise LooksBackError
        return self.before.past

    def ballots_of(self, path: str, round_: int) -> Mapping[str, int]:
        """What was voted in a secret vote: choice -> how many.

        Raises:
            OpensBallotsError: the slice leaves it out, as it does until the vote closes.
        """
        if (path, round_) not in self.before.ballots:
            raise OpensBallotsError(path, round_)
        return self.before.ballots[path, round_]

    # -- the definition ------------------------------------------------------------------------------------

    def step(self, path: str) -> Step:
        """The step at an activation's path."""
        return self.nodes[step_path(path)].step

    def supplement_at(self, path: str) -> ToApplicant | None:
        """What is asked of the applicant at `path`, where it is the supplement of an approve step."""
        asked, _, last = path.rpartition("/")
        if last != "supplement" or step_path(path) in self.nodes:
            return None
        step = self.step(asked)
        return step.on_return if isinstance(step, Approve) else None

    def human_step(self, path: str) -> HumanStep:
        """The step that asks somebody at `path`; the supplement of an approve has the path "…/supplement"."""
        supplement = self.supplement_at(path)
        if supplement is not None:
            return supplement
        step = self.step(path)
        if isinstance(step, Approve | CarryOut | Vote | Wait):
            return step
        message = f"workflow '{self.definition.name}': nobody is asked at '{path}'"
        raise LookupError(message)

    def is_asking(self, path: str) -> bool:
        """Whether the step at `path` still asks: it does not once a refusal, a return or silence led on from it."""
        return path in self.live and not any(one.startswith(f"{path}/") for one in self.live)

    # -- activations ---------------------------------------------------------------------------------------

    def activate(self, path: str, parent: str | None, n: int = 0) -> Activation:
        """Open an activation in the round that the case has come to."""
        made = Activation(
            case=self.head.id,
            path=path,
            round=self.head.round,
            parent=parent,
            state=ActivationState.LIVE,
            entered_at=self.now,
            n=n,
            values=self.own.get(path, {}),
        )
        self.live[path] = made
        return made

    def update(self, activation: Activation) -> None:
        """Keep a changed live activation."""
        self.live[activation.path] = activation

    def close(self, path: str, state: ActivationState) -> Activation | None:
        """Close the activation at `path`, if it is live, with its timers and what it and its handlers ask for."""
        found = self.live.pop(path, None)
        if found is None:
            return None
        self.closed.append((found, state))
        self.stop_asking(path)
        self._let_go(found, state)
        return found

    def _let_go(self, closed: Activation, state: ActivationState) -> None:
        """Give back the resource of an exclusive; a call that is cancelled takes its sub-cases with it."""
        node = self.nodes.get(step_path(closed.path))
        if node is not None and isinstance(node.step, Exclusive):
            self.releases.append(Claim(self.head.id, closed.path, closed.values["resource"]))
        if node is not None and isinstance(node.step, Call) and state is ActivationState.CANCELLED:
            ended = Signal(Sign.PARENT_ENDED, "")
            self.signals.extend((child, ended) for child in closed.values["children"])

    def stop_asking(self, path: str) -> None:
        """Clear the timers of the step at `path` and ask for no event any more, in it or below it."""
        for timer in [one for one in self.timers.values() if one.path == path]:
            self.clear(timer)
        for subscription in sorted_subscriptions(one for one in self.subscriptions if is_within(one.path, path)):
            self.unsubscribe(subscription)

    def cancel_below(self, path: str, reason: str) -> None:
        """Cancel the activation at `path` and everything below it (CASE: all that is live), with its items."""
        self.reach(path)
        self._silence(path)
        for one in [inside for inside in self.live if is_within(inside, path)]:
            self.close(one, ActivationState.CANCELLED)
        for item in [one for one in self.items.values() if is_within(one.path, path)]:
            self.close_item(item, ItemState.CANCELLED, reason)
        self.agenda = deque(todo for todo in self.agenda if not is_within(todo.path, path))

    def cancel_everything(self, reason: str) -> None:
        """Cancel all that is live: the case ends or starts over at a handler."""
        self.cancel_below(CASE, reason)

    def _silence(self, path: str) -> None:
        """Stop all clocks and waits at `path` and below at once: looking for those of each step would take long."""
        for timer in [one for one in self.timers.values() if is_within(one.path, path)]:
            self.clear(timer)
        for subscription in sorted_subscriptions(one for one in self.subscriptions if is_within(one.path, path)):
            self.unsubscribe(subscription)

    # -- items, timers, subscriptions ----------------------------------------------------------------------

    def open_item(self, item: WorkItem, holders: Iterable[tuple[str, Capacity]]) -> None:
        """Open an item with its holders; whoever holds an item may see the case."""
        self.items[item.id] = self.items_changed[item.id] = item
        self.holders[item.id] = ()
        for who, capacity in holders:
            self.hold(item, who, capacity)
        if self.head.urgency is not Urgency.NORMAL:
            self.tell_urgent(item)

    def tell_urgent(self, item: WorkItem) -> None:
        """Beside the inbox, which whoever is asked has to open, tell them that something urgent is there (加急)."""
        if item.state is ItemState.OPEN:
            self.notify((one.who for one in self.holders.get(item.id, ())), self.head.urgency.value, item.id)

    def hold(self, item: WorkItem, who: str, capacity: Capacity) -> None:
        """Add a holder, unless `who` holds the item already."""
        held = self.holders.get(item.id, ())
        if any(one.who == who for one in held):
            return
        holder = Holder(item=item.id, case=self.head.id, who=who, capacity=capacity, due_at=item.due_at)
        self.holders[item.id] = (*held, holder)
        self.holders_opened.append(holder)
        self.share(who, "item")

    def close_item(self, item: WorkItem, state: ItemState, by: str) -> None:
        """Close an item: `by` is who decided it, or why it was cancelled."""
        self.items.pop(item.id, None)
        self.holders.pop(item.id, None)
        self.holders_opened = [one for one in self.holders_opened if one.item != item.id]
        self.items_changed[item.id] = replace(
            item, state=state, version=item.version + 1, closed_by=by, closed_at=self.now
        )

    def items_at(self, path: str) -> list[WorkItem]:
        """The open items of the step at `path`, by seat."""
        return sorted((one for one in self.items.values() if one.path == path), key=lambda one: one.seat)

    def asked_at(self, path: str) -> list[WorkItem]:
        """The items of the step at `path` that somebody can answer now, by seat: not those that wait for their turn."""
        return [one for one in self.items_at(path) if one.state is ItemState.OPEN]

    def set_timer(  # what a timer is told apart by
        self, path: str, round_: int, kind: str, rung: int, due_at: datetime, seat: int = 0
    ) -> None:
        """Set a timer; `seat` tells those of one seat after the other apart."""
        timer = Timer(
            id=derived_id("timer", self.head.id, path, round_, kind, rung, *((seat,) if seat else ())),
            case=self.head.id,
            path=path,
            round=round_,
            kind=kind,
            rung=rung,
            due_at=due_at,
        )
        self.timers[timer.id] = self.timers_set[timer.id] = timer
        if timer.id in self.timers_cleared:
            # Set anew in the same decision: the row is replaced, not cleared.
            self.timers_cleared.remove(timer.id)

    def clear(self, timer: Timer) -> None:
        """Clear a timer."""
        self.timers.pop(timer.id, None)
        if self.timers_set.pop(timer.id, None) is None:
            self.timers_cleared.append(timer.id)

    def subscribe(self, path: str, round_: int, event: str, key: str) -> None:
        """Ask for events of a type with a key."""
        made = Subscription(case=self.head.id, path=path, round=round_, type=event, key=key)
        self.subscriptions.add(made)
        self.subscriptions_opened.append(made)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Ask no longer."""
        self.subscriptions.discard(subscription)
        if subscription in self.subscriptions_opened:
            self.subscriptions_opened.remove(subscription)
        else:
            self.subscriptions_closed.append(subscription)

    # -- values, effects, access ---------------------------------------------------------------------------

    def element_path(self, path: str) -> str | None:
        """The turn of a for-each that `path` stands in, the innermost; None outside of one."""
        return next(elements_around(self.nodes, path), None)

    def values(self, path: str = "") -> Mapping[str, JSON]:
        """All values that the step at `path` may look at, its element's own first; erased ones are absent."""
        own = [self.own.get(element, {}) for element in elements_around(self.nodes, path)]
        return ChainMap(*map(dict, own), dict(self.personal(path)), dict(self.head.fields))

    def personal(self, path: str = "") -> Mapping[str, JSON]:
        """The personal values that the step at `path` may look at, its element's own first."""
        return personal_seen(self.head.personal, tuple(elements_around(self.nodes, path)))

    def give(self, path: str, values: Mapping[str, JSON]) -> None:
        """Write values that belong to the activation at `path` alone."""
        self.own[path] = {**self.own.get(path, {}), **values}
        if path in self.live:
            self.live[path] = replace(self.live[path], values=self.own[path])

    def put(self, plain: Mapping[str, JSON], personal: Mapping[str, JSON], path: str = "") -> None:
        """Write fields from the step at `path`; each field of the case counts its versions.

        Inside a for-each fields belong to the element, so that elements never write over each other.
        """
        element = self.element_path(path)
        if element is not None:
            self.give(element, plain)
            plain, personal = {}, belonging_to(element, personal)
        if plain or personal:
            self.head = written(self.head, plain, personal, self.facts.fingerprint)

    def share(self, who: str, why: str) -> None:
        """Let a principal see the case."""
        self.access.setdefault((who, why), Access(case=self.head.id, who=who, why=why))

    def unshare(self, who: str, why: str) -> None:
        """Let a principal no longer see the case for this reason; for another one they still may."""
        self.access_ended.append(Access(case=self.head.id, who=who, why=why))

    def notify(self, to: Iterable[str], template: str, *what: str | int) -> None:
        """Send a notice, once for the derived key of `what`; nothing personal is in it."""
        recipients = sorted(set(to))
        if not recipients:
            return
        body = {"to": recipients, "template": template, "case": self.head.id, "workflow": self.definition.name}
        key = derived_id("notice", self.head.id, template, *what)
        self.effects.append(Effect(key=key, case=self.head.id, gateway="notice", body=body))

    def end(self, state: State, outcome: str) -> None:
        """End the case."""
        self.cancel_everything(f"ended:{outcome}")
        self.head = replace(self.head, state=state, outcome=outcome, ended_at=self.now, back=())

    def reopen_seat(  # where the seat stands, and whose it is
        self, item: WorkItem, who: str, capacity: Capacity = Capacity.OWNER, below: str | None = None
    ) -> WorkItem:
        """Ask beside an item in the same round: a new item like it, for the same term, that hangs from it or `below`.

        What `item` says of its kind, link and weight the new one has too; it waits where `item` does.
        """
        known = (*self.past(), *self.items.values(), *self.items_changed.values(), item)
        seat = max(one.seat for one in known if (one.path, one.round) == (item.path, item.round)) + 1
        again = replace(
            item,
            id=derived_id("item", self.head.id, item.path, item.round, seat),
            seat=seat,
            state=ItemState.WAITING if item.state is ItemState.WAITING else ItemState.OPEN,
            version=1,
            opened_at=self.now,
            closed_by=None,
            closed_at=None,
            content=None,
            parent=below or item.id,
            read_at=None,
            read_by=None,
            claimed_by=None,
        )
        self.open_item(again, [(who, capacity)])
        return again


def sorted_subscriptions(subscriptions: Iterable[Subscription]) -> list[Subscription]:
    """In a fixed order: a set's own order differs from run to run."""
    return sorted(subscriptions, key=lambda one: (one.path, one.round, one.type, one.key))
