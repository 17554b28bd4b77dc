"""The workspace of one decision: the slice as it changes, and the list of what follows.

A turn lives inside one call of `decide` and never leaves it. It only keeps books; what to do is said in
`entering.py` (steps), `answering.py` (people) and `decide.py` (events, timers, the order of things).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum

from domain.identifiers import derived_id
from workflows.language.words import Approve, CarryOut, Step, ToApplicant, Wait, Workflow
from workflows.machine.case import (
    JSON,
    SYSTEM,
    Access,
    Act,
    Activation,
    ActivationState,
    Capacity,
    Case,
    Decision,
    Effect,
    Emitted,
    Entry,
    Holder,
    ItemState,
    Plan,
    Slice,
    State,
    Subscription,
    Timer,
    WorkItem,
)
from workflows.machine.facts import Facts
from workflows.machine.nodes import index


@dataclass(frozen=True, slots=True)
class Enter:
    """Still to do: enter the step at `path` under `parent`."""

    path: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Leave:
    """Still to do: the step at `path` is done; its `parent` goes on."""

    path: str
    parent: str | None


def step_path(path: str) -> str:
    """The path in the definition of an activation's path: without the turns ("on/0#2" is the second "on/0")."""
    return "/".join(part.split("#")[0] for part in path.split("/")) if "#" in path else path


@dataclass(slots=True)
class Turn:
    """The books of one decision."""

    definition: Workflow
    before: Slice
    facts: Facts
    now: datetime
    head: Case = field(init=False)
    live: dict[str, Activation] = field(init=False)
    items: dict[str, WorkItem] = field(init=False)
    holders: dict[str, tuple[Holder, ...]] = field(init=False)
    timers: dict[str, Timer] = field(init=False)
    subscriptions: set[Subscription] = field(init=False)
    agenda: deque[Enter | Leave] = field(default_factory=deque)
    closed: dict[tuple[str, int], Activation] = field(default_factory=dict)
    passed: list[list[JSON]] = field(default_factory=list)
    items_changed: dict[str, WorkItem] = field(default_factory=dict)
    holders_opened: list[Holder] = field(default_factory=list)
    timers_set: dict[str, Timer] = field(default_factory=dict)
    timers_cleared: list[str] = field(default_factory=list)
    subscriptions_opened: list[Subscription] = field(default_factory=list)
    subscriptions_closed: list[Subscription] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    emitted: list[Emitted] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    access: dict[str, Access] = field(default_factory=dict)
    erases: list[str] = field(default_factory=list)
    said: dict[str, JSON] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.head = self.before.head
        self.live = {one.path: one for one in self.before.activations.values() if one.state is ActivationState.LIVE}
        self.items = dict(self.before.items)
        self.holders = dict(self.before.holders)
        self.timers = dict(self.before.timers)
        self.subscriptions = set(self.before.subscriptions)

    # -- the definition ------------------------------------------------------------------------------------

    def step(self, path: str) -> Step:
        """The step at an activation's path."""
        return index(self.definition)[step_path(path)].step

    def human_step(self, path: str) -> Approve | CarryOut | Wait | ToApplicant:
        """The step that asks somebody at `path`; the supplement of an approve has the path "…/supplement"."""
        asked, _, last = path.rpartition("/")
        if last == "supplement":
            step = self.step(asked)
            if isinstance(step, Approve) and step.on_return is not None:
                return step.on_return
        else:
            step = self.step(path)
            if isinstance(step, Approve | CarryOut | Wait):
                return step
        message = f"workflow '{self.definition.name}': nobody is asked at '{path}'"
        raise LookupError(message)

    # -- activations ---------------------------------------------------------------------------------------

    def activate(self, path: str, parent: str | None, round_: int = 1, n: int = 0) -> Activation:
        """Open an activation."""
        made = Activation(
            case=self.head.id,
            path=path,
            round=round_,
            parent=parent,
            state=ActivationState.LIVE,
            entered_at=self.now,
            n=n,
        )
        self.live[path] = made
        return made

    def update(self, activation: Activation) -> None:
        """Keep a changed live activation."""
        self.live[activation.path] = activation

    def close(self, path: str, state: ActivationState) -> Activation | None:
        """Close the activation at `path` with its timers and subscriptions, if it is live."""
        found = self.live.pop(path, None)
        if found is None:
            return None
        self.closed[found.path, found.round] = replace(found, state=state)
        for timer in [one for one in self.timers.values() if one.path == path]:
            self.clear(timer)
        for subscription in sorted_subscriptions(one for one in self.subscriptions if one.path == path):
            self.unsubscribe(subscription)
        return found

    def cancel_below(self, path: str, reason: str) -> None:
        """Cancel the activation at `path` and everything below it, with its items."""
        inside = [one for one in self.live if one == path or one.startswith(f"{path}/")]
        for one in inside:
            self.close(one, ActivationState.CANCELLED)
        for item in [one for one in self.items.values() if one.path == path or one.path.startswith(f"{path}/")]:
            self.close_item(item, ItemState.CANCELLED, reason)
        self.agenda = deque(todo for todo in self.agenda if not (todo.path == path or todo.path.startswith(f"{path}/")))

    def cancel_everything(self, reason: str) -> None:
        """Cancel all that is live: the case ends or starts over at a handler."""
        self.agenda.clear()
        for path in list(self.live):
            self.close(path, ActivationState.CANCELLED)
        for item in list(self.items.values()):
            self.close_item(item, ItemState.CANCELLED, reason)
        for subscription in sorted_subscriptions(self.subscriptions):
            self.unsubscribe(subscription)

    # -- items, timers, subscriptions ----------------------------------------------------------------------

    def open_item(self, item: WorkItem, holders: Iterable[tuple[str, Capacity]]) -> None:
        """Open an item with its holders; whoever holds an item may see the case."""
        self.items[item.id] = self.items_changed[item.id] = item
        self.holders[item.id] = ()
        for who, capacity in holders:
            self.hold(item, who, capacity)

    def hold(self, item: WorkItem, who: str, capacity: Capacity) -> None:
        """Add a holder, unless `who` holds the item already."""
        if any(one.who == who for one in self.holders[item.id]):
            return
        holder = Holder(item=item.id, case=self.head.id, who=who, capacity=capacity, due_at=item.due_at)
        self.holders[item.id] += (holder,)
        self.holders_opened.append(holder)
        self.share(who, f"item:{item.path}")

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

    def set_timer(self, path: str, round_: int, kind: str, rung: int, due_at: datetime) -> None:
        """Set a timer."""
        timer = Timer(
            id=derived_id("timer", self.head.id, path, round_, kind, rung),
            case=self.head.id,
            path=path,
            round=round_,
            kind=kind,
            rung=rung,
            due_at=due_at,
        )
        self.timers[timer.id] = self.timers_set[timer.id] = timer

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

    def put(self, plain: Mapping[str, JSON], personal: Mapping[str, JSON]) -> None:
        """Write fields; each field counts its versions."""
        if not plain and not personal:
            return
        versions = dict(self.head.field_versions)
        for name in (*plain, *personal):
            versions[name] = versions.get(name, 0) + 1
        self.head = replace(
            self.head,
            fields={**self.head.fields, **plain},
            personal={**self.head.personal, **personal},
            field_versions=versions,
        )

    def share(self, who: str, why: str) -> None:
        """Let a principal see the case."""
        self.access.setdefault(who, Access(case=self.head.id, who=who, why=why))

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
        self.head = replace(self.head, state=state, outcome=outcome)

    # -- the result ----------------------------------------------------------------------------------------

    def decision(self, what: str, act: Act | None = None) -> Decision:
        """Everything that follows, with its history entry."""
        seq = self.head.seq + 1
        self.head = replace(self.head, seq=seq, version=self.before.head.version + 1, last_at=self.now)
        activations = self._changed_activations()
        after = Slice(
            head=self.head,
            activations={(one.path, one.round): one for one in self.live.values()},
            items=self.items,
            holders=self.holders,
            timers=self.timers,
            subscriptions=frozenset(self.subscriptions),
        )
        items = tuple(self.items_changed.values())
        closed_before = tuple(one.id for one in items if one.closed_at is not None and one.id in self.before.items)
        return Decision(
            after=after,
            entry=self._entry(what, act, seq, activations),
            activations=activations,
            items=items,
            holders_opened=tuple(self.holders_opened),
            items_closed=closed_before,
            timers_set=tuple(self.timers_set.values()),
            timers_cleared=tuple(self.timers_cleared),
            subscriptions_opened=tuple(self.subscriptions_opened),
            subscriptions_closed=tuple(self.subscriptions_closed),
            effects=tuple(self.effects),
            emitted=tuple(self.emitted),
            plans=tuple(self.plans),
            access=tuple(self.access.values()),
            erases=tuple(self.erases),
        )

    def _changed_activations(self) -> tuple[Activation, ...]:
        """Live ones that are new or changed, and closed ones that had a row; the others only passed by."""
        known = self.before.activations
        changed = [one for one in self.live.values() if known.get((one.path, one.round)) != one]
        for address, one in self.closed.items():
            if address in known:
                changed.append(one)
            else:
                self.passed.append([one.path, one.round, one.state.value])
        return tuple(changed)

    def _entry(self, what: str, act: Act | None, seq: int, activations: tuple[Activation, ...]) -> Entry:
        personal = {
            name: value for name, value in self.head.personal.items() if self.before.head.personal.get(name) != value
        }
        if what.startswith("event:") and self.before.head.seq == 0:
            personal = dict(self.head.personal)
        if act is not None and act.opinion:
            # An opinion may speak of the person: it goes under the person's key, where there is a person.
            (personal if self.head.person else self.said)["opinion"] = act.opinion
        return Entry(
            case=self.head.id,
            seq=seq,
            at=self.now,
            what=what,
            actor=SYSTEM if act is None else act.actor,
            principal=None if act is None else act.principal or act.actor,
            authority=self._authority(act),
            department=None if act is None else act.department,
            post=None if act is None else act.post,
            item=None if act is None else act.item,
            path=self.said.pop("path", None),
            round=self.said.pop("round", None),
            key=None if act is None else act.key,
            reason=None if act is None else act.reason,
            facts=self.facts.versions(),
            delta=self._delta(activations, sorted(personal)),
            personal=personal,
        )

    def _authority(self, act: Act | None) -> str:
        if act is None:
            return f"rule:{self.definition.name}"
        return str(self.said.pop("authority", "own"))

    def _delta(self, activations: tuple[Activation, ...], personal: list[str]) -> dict[str, JSON]:
        before, head = self.before.head, self.head
        first = before.seq == 0
        delta: dict[str, JSON] = {
            "fields": {n: v for n, v in head.fields.items() if first or before.fields.get(n, _ABSENT) != v},
            "personal": personal,
            "activations": [as_json(one) for one in activations],
            "passed": self.passed,
            "items": [as_json(one) for one in self.items_changed.values()],
            "holders": [as_json(one) for one in self.holders_opened],
            "timers": [as_json(one) for one in self.timers_set.values()],
            "cleared": self.timers_cleared,
            "subscriptions": [as_json(one) for one in self.subscriptions_opened],
            "unsubscribed": [as_json(one) for one in self.subscriptions_closed],
            "effects": [one.key for one in self.effects],
            "emitted": [[one.id, one.type] for one in self.emitted],
            "plans": [one.id for one in self.plans],
            "erases": self.erases,
        }
        if first or before.state is not head.state:
            delta["state"] = [head.state.value, head.outcome]
        delta.update(self.said)
        return {name: value for name, value in delta.items() if value not in ([], {})}


_ABSENT = object()


def sorted_subscriptions(subscriptions: Iterable[Subscription]) -> list[Subscription]:
    """In a fixed order: a set's own order differs from run to run."""
    return sorted(subscriptions, key=lambda one: (one.path, one.round, one.type, one.key))


def as_json(row: Activation | WorkItem | Holder | Timer | Subscription) -> dict[str, JSON]:
    """A row as canonical JSON takes it; the case's own id is left out, it stands in the history row."""
    return {one.name: _plain(getattr(row, one.name)) for one in fields(row) if one.name != "case"}


def _plain(value: object) -> JSON:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
