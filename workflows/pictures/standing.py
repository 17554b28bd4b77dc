"""Where one case stands in its workflow's picture: which steps are live, done or cancelled, how far, since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Choice,
    End,
    ForEach,
    Loop,
    Parallel,
    PublicNotice,
    Race,
    Step,
    Vote,
    Wait,
    Workflow,
)
from workflows.language.words import Sequence as WordSequence
from workflows.machine.case import DEEMED, Activation, ActivationState, ItemState, State
from workflows.machine.nodes import children, index
from workflows.machine.turn import step_path
from workflows.pictures.shapes import GATEWAYS, Mark, Shape
from workflows.pictures.timing import Clock, minutes_spent
from workflows.reads import CaseView, HistoryView

_MARKS = {
    ActivationState.LIVE: Mark.LIVE,
    ActivationState.DONE: Mark.DONE,
    ActivationState.CANCELLED: Mark.CANCELLED,
}
_ANSWERED = DEEMED | {ItemState.APPROVED, ItemState.REJECTED, ItemState.COMPLETED, ItemState.RETURNED}
"""How an item ends whose step is done, whether somebody answered it or silence was counted."""
_ASKING: Final = (Approve, CarryOut, Vote, Wait, PublicNotice, Call)
"""Steps that leave a row, or a line in the history, wherever a case was at them."""

Tally = tuple[int, int, int]
"""For, against, abstained."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The position of a case, by step path.

    Args:
        marks: live, done or cancelled.
        answered: how many of how many have come: seats that answered, branches, elements, sub-cases.
        outcome: how the case ended.
        rounds: how often a step was asked (only from 2 up), the turn of a loop.
        tallies: the result of votes that are closed; while one is open nobody sees how the others voted.
        cases: the sub-cases of a call.
        minutes: working minutes spent.
    """

    marks: Mapping[str, Mark]
    answered: Mapping[str, tuple[int, int]]
    outcome: str | None
    rounds: Mapping[str, int] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes: Mapping[str, int] = field(default_factory=dict)
    minutes_per_day: int = 0

    def mark(self, shape: Shape) -> Mark | None:
        """The mark of a shape."""
        mark = self.marks.get(shape.path)
        # A crossed-out gateway would say that the choice was wrong; the case only ended beyond it.
        return None if mark is Mark.CANCELLED and shape.kind in GATEWAYS else mark


NOWHERE = Standing({}, {}, None)


def standing(
    definition: Workflow, view: CaseView | None, history: Sequence[HistoryView] = (), clock: Clock | None = None
) -> Standing:
    """Where the case of `view` stands.

    Args:
        definition: what the case runs.
        view: the case, None for nowhere.
        history: adds the blocks that were entered and left in one decision, and when steps were left.
        clock: counts the time spent; without it none is said.
    """
    if view is None:
        return NOWHERE
    activations = sorted(view.activations, key=lambda one: (one.entered_at, one.round))
    entered = dict(_passed(history)) | _marked(activations)
    outcome = None if view.head.state is State.RUNNING else view.head.outcome
    ends = _ends(definition, entered, outcome)
    behind = _behind(definition, entered, {step_path(one.path): one.resume for one in activations}, ends)
    open_items = {step_path(item.path) for item in view.items if item.closed_at is None}
    marks = (
        entered
        | {path: Mark.DONE for path in behind if path not in entered and not _was_left_out(definition, path, history)}
        | {step_path(item.path): Mark.DONE for item in view.items if item.state in _ANSWERED}
        | dict.fromkeys(ends, Mark.DONE)
        | dict.fromkeys(open_items, Mark.LIVE)
    )
    return Standing(
        marks=marks,
        answered=_counted(definition, activations, open_items),
        outcome=outcome,
        rounds=_rounds(definition, activations),
        tallies=_tallies(definition, activations),
        cases=_sub_cases(definition, activations),
        minutes={} if clock is None else minutes_spent(view, history, clock),
        minutes_per_day=0 if clock is None else clock.minutes_per_day,
    )


def _marked(activations: Iterable[Activation]) -> dict[str, Mark]:
    """The last state of each step; where some of its turns are live, it is."""
    marks: dict[str, Mark] = {}
    live = {step_path(one.path) for one in activations if one.state is ActivationState.LIVE}
    for one in activations:
        path = step_path(one.path)
        marks[path] = Mark.LIVE if path in live else _MARKS[one.state]
    return marks


# -- how far -----------------------------------------------------------------------------------------------


def _counted(
    definition: Workflow, activations: Iterable[Activation], asking: Collection[str]
) -> Mapping[str, tuple[int, int]]:
    """What has come of what is out, over all turns of a step that are live."""
    came: defaultdict[str, int] = defaultdict(int)
    of: defaultdict[str, int] = defaultdict(int)
    for one in activations:
        path = step_path(one.path)
        if one.state is ActivationState.LIVE and _counts(_step(definition, path), one, path in asking):
            came[path] += one.agree + one.against + one.abstain
            of[path] += one.n
    return {path: (came[path], of[path]) for path in of}


def _counts(step: Step | None, one: Activation, asking: bool) -> bool:  # noqa: FBT001  # a fact, not a mode
    return asking and one.n > 1 if not isinstance(step, Parallel | ForEach | Call) else one.n > 1


def _step(definition: Workflow, path: str) -> Step | None:
    node = index(definition).get(path)
    return None if node is None else node.step


def _rounds(definition: Workflow, activations: Iterable[Activation]) -> Mapping[str, int]:
    rounds: dict[str, int] = {}
    for one in activations:
        path = step_path(one.path)
        count = one.resume if isinstance(_step(definition, path), Loop) else one.round
        rounds[path] = max(rounds.get(path, 0), count)
    return {path: count for path, count in rounds.items() if count > 1}


def _tallies(definition: Workflow, activations: Iterable[Activation]) -> Mapping[str, Tally]:
    return {
        step_path(one.path): (one.agree, one.against, one.abstain)
        for one in activations
        if one.state is ActivationState.DONE and isinstance(_step(definition, step_path(one.path)), Vote)
    }


def _sub_cases(definition: Workflow, activations: Iterable[Activation]) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in activations:
        path = step_path(one.path)
        if isinstance(_step(definition, path), Call):
            found[path] += one.values.get("children", ())
    return {path: tuple(cases) for path, cases in found.items()}


def _was_left_out(definition: Workflow, path: str, history: Sequence[HistoryView]) -> bool:
    """Whether the case never was at a step that a sequence has gone past: a jump left it out."""
    return bool(history) and isinstance(_step(definition, path), _ASKING)


# -- what left no row --------------------------------------------------------------------------------------


def _passed(history: Sequence[HistoryView]) -> Iterator[tuple[str, Mark]]:
    for entry in history:
        for path, _round, state in entry.body.get("delta", {}).get("passed", ()):
            yield step_path(path), _MARKS[ActivationState(state)]


def _ends(definition: Workflow, entered: Mapping[str, Mark], outcome: str | None) -> frozenset[str]:
    """The end that the case came to: the one whose block was cut short by it, or the only one of that name."""
    named = {
        path: node.parent
        for path, node in index(definition).items()
        if isinstance(node.step, End) and outcome is not None and node.step.outcome == outcome
    }
    reached = {path for path, parent in named.items() if parent is None or entered.get(parent) is Mark.CANCELLED}
    return frozenset(reached or (named if len(named) == 1 else ()))


def _behind(
    definition: Workflow, entered: Mapping[str, Mark], resumed: Mapping[str, int], ends: Collection[str]
) -> Iterator[str]:
    """Steps that leave no row of their own, because a sequence has gone past them."""
    for path, node in index(definition).items():
        if isinstance(node.step, WordSequence) and path in entered:
            steps = [one.path for one in children(node)]
            reached = next((number for number, one in enumerate(steps) if one in ends), resumed.get(path, 0))
            for one in steps if entered[path] is Mark.DONE else steps[:reached]:
                if not isinstance(index(definition)[one].step, Choice | Parallel | Race | WordSequence):
                    yield one
