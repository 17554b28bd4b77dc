"""What is true of every decision, whatever the workflow (approvals.md, A1 to A7; architecture.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import itemgetter

from domain.audit import canonical
from workflows.machine.case import DEEMED, SYSTEM, Activation, ActivationState, ItemState, Slice, State, WorkItem
from workflows.machine.decision import Decision
from workflows.machine.folding import as_folded, fold
from workflows.machine.stimuli import Act, EventStimulus, SignalStimulus, TimerStimulus
from workflows.moves.recording import body_of

Stimulus = EventStimulus | TimerStimulus | SignalStimulus | Act


@dataclass
class Ledger:
    """Everything that was decided about one case so far, and what may not happen twice."""

    decisions: list[Decision] = field(default_factory=list)
    opened: dict[str, WorkItem] = field(default_factory=dict)
    closed: dict[str, WorkItem] = field(default_factory=dict)
    left: set[tuple[str, int]] = field(default_factory=set)
    rounds: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Ledger:
        """The same books, to be kept apart from here on."""
        return Ledger(list(self.decisions), dict(self.opened), dict(self.closed), set(self.left), dict(self.rounds))

    def hold(self, before: Slice, decision: Decision, stimulus: Stimulus) -> None:
        """Check one more decision."""
        self.decisions.append(decision)
        _one_who_presses_and_one_who_answers_for_it(decision, stimulus)
        _silence_decides_in_time_and_for_nobody(decision, stimulus)
        self._an_item_is_decided_once(before, decision)
        self._an_activation_has_one_exit(decision)
        self._a_return_opens_the_next_round(decision)
        self._nothing_vanishes(decision)
        _timers_belong_to_a_round_that_still_asks(decision.after)
        _everything_live_hangs_together(decision.after)
        _an_end_leaves_nothing_live(decision.after)
        _nothing_stands_still_for_good(decision.after)
        self._history_folds_to_the_slice(decision.after)

    def _an_item_is_decided_once(self, before: Slice, decision: Decision) -> None:
        """A2: compare and set; who decided and when stands on it."""
        for item in decision.items:
            if item.id in self.closed:
                self._only_superseded(item, before.head.round, decision)
                continue
            if item.closed_at is None:
                self.opened.setdefault(item.id, item)
                continue
            known = before.items.get(item.id)
            # One decision may let an item wait again and then close it: its version rises with each.
            assert item.version > (known.version if known else 1)
            assert item.closed_by, f"item at {item.path} was closed without a reason"
            self.opened.setdefault(item.id, item)
            self.closed[item.id] = item
        assert set(decision.items_closed) == {one.id for one in decision.items if one.closed_at} & before.items.keys()

    def _only_superseded(self, item: WorkItem, round_: int, decision: Decision) -> None:
        """A5: what was answered stays as it was; the round it was asked again in says that it counts no more, once."""
        before = self.closed[item.id]
        assert before.superseded is None, f"item at {item.path} was superseded twice"
        assert item == replace(before, superseded=item.superseded), f"item at {item.path} was changed"
        assert item.superseded in {round_, decision.after.head.round}, f"item at {item.path} counts no more, and why?"
        self.closed[item.id] = item

    def past(self) -> tuple[WorkItem, ...]:
        """The closed items, oldest first."""
        pairs = [((one.closed_at, one.id), one) for one in self.closed.values() if one.closed_at is not None]
        return tuple(one for _, one in sorted(pairs, key=itemgetter(0)))

    def _an_activation_has_one_exit(self, decision: Decision) -> None:
        """A3."""
        passed = [(path, round_) for path, round_, _ in decision.entry.delta.get("passed", ())]
        gone = [(one.path, one.round) for one in decision.activations if one.state is not ActivationState.LIVE]
        for address in (*passed, *gone):
            assert address not in self.left, f"{address} was left twice"
            self.left.add(address)

    def _a_return_opens_the_next_round(self, decision: Decision) -> None:
        """A5: the rounds of a step count up, and none is ahead of its case."""
        answered_now = (one for one in decision.items if one.superseded is None)
        for item in sorted(answered_now, key=lambda one: one.round):
            last = self.rounds.get(item.path, 1)
            assert last <= item.round <= decision.after.head.round, f"round {item.round} of {item.path}"
            self.rounds[item.path] = item.round

    def _nothing_vanishes(self, decision: Decision) -> None:
        """A4: what was opened is open, or closed with a reason."""
        assert self.opened.keys() == decision.after.items.keys() | self.closed.keys()
        assert not decision.after.items.keys() & self.closed.keys()

    def _history_folds_to_the_slice(self, after: Slice) -> None:
        folded = fold(body_of(one.entry, "h", None) for one in self.decisions)
        assert folded == as_folded(after)
        assert [canonical(dict(one.entry.delta)) for one in self.decisions[-1:]]


def _one_who_presses_and_one_who_answers_for_it(decision: Decision, stimulus: Stimulus) -> None:
    """A1: a rule never acts under a person's name."""
    entry = decision.entry
    assert (entry.actor == SYSTEM) == (entry.principal is None) == entry.authority.startswith("rule:")
    assert (entry.actor == SYSTEM) == (not isinstance(stimulus, Act))


def _silence_decides_in_time_and_for_nobody(decision: Decision, stimulus: Stimulus) -> None:
    """What is deemed was due, by a timer and under the rule of its rung: nobody has said it."""
    for item in decision.items:
        if item.state in DEEMED and item.closed_at == decision.entry.at and item.superseded is None:
            assert isinstance(stimulus, TimerStimulus)
            assert item.closed_by == decision.entry.authority == f"rule:ladder:{item.path}:{stimulus.rung}"
            assert item.due_at is not None, "what has no term is never overdue"
            assert item.due_at <= item.closed_at, f"silence at {item.path} decided before it was due"


def _timers_belong_to_a_round_that_still_asks(after: Slice) -> None:
    """A7."""
    for timer in after.timers.values():
        assert (timer.path, timer.round) in after.activations, f"a timer of {timer.path} outlived its round"
        assert not [path for path, _ in after.activations if path.startswith(f"{timer.path}/")]


def _everything_live_hangs_together(after: Slice) -> None:
    live = {path for path, _ in after.activations}
    assert len(live) == len(after.activations), "two rounds of one step are live"
    for one in after.activations.values():
        assert one.state is ActivationState.LIVE
        assert one.parent is None or one.parent in live, f"{one.path} is live and {one.parent} is not"
        assert _is_possible(one)
    for item in after.items.values():
        assert (item.path, item.round) in after.activations, f"an item at {item.path} outlived its round"
        held = item.state is ItemState.WAITING or after.holders[item.id]
        assert held, f"nobody holds the item at {item.path}"
    assert after.holders.keys() == after.items.keys()
    for asked in after.subscriptions:
        block = asked.path.rpartition("/on/")[0]
        assert asked.path in live or not block or block in live, f"{asked.path} asks for events and is not live"


def _nothing_stands_still_for_good(after: Slice) -> None:
    """Whatever is live and has nothing live below it is waited for: by somebody, for an event, a time, or another case."""
    parents = {one.parent for one in after.activations.values()}
    moved_by = {one.path for rows in (after.items.values(), after.timers.values(), after.subscriptions) for one in rows}
    for one in after.activations.values():
        from_outside = {"children", "resource", "serials"} & one.values.keys()
        assert one.path in parents or one.path in moved_by or from_outside, f"nothing can move {one.path} any more"


def _is_possible(one: Activation) -> bool:
    # `resume` has no bound of its own: it also counts supplements, turns and minutes.
    return 0 <= one.agree + one.against + one.abstain <= one.n and one.resume >= 0


def _an_end_leaves_nothing_live(after: Slice) -> None:
    rows = (after.activations, after.items, after.holders, after.timers, after.subscriptions)
    proposals = {path for path, _ in after.activations if path.startswith("confirm#")}
    if after.head.state is State.RUNNING:
        assert after.activations, "the case runs and nothing in it is live"
    elif not proposals:
        assert not any(rows), "the case has ended and something in it is live"
