"""Where one case stands in its workflow's picture: which steps are live, done or cancelled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflows.language.words import Choice, End, Parallel, Workflow
from workflows.language.words import Sequence as WordSequence
from workflows.machine.case import ActivationState, ItemState, State
from workflows.machine.nodes import children, index
from workflows.machine.turn import step_path
from workflows.pictures.shapes import Kind, Mark, Shape
from workflows.reads import CaseView, HistoryView

_MARKS = {
    ActivationState.LIVE: Mark.LIVE,
    ActivationState.DONE: Mark.DONE,
    ActivationState.CANCELLED: Mark.CANCELLED,
}
_ANSWERED = frozenset({ItemState.APPROVED, ItemState.REJECTED, ItemState.COMPLETED, ItemState.RETURNED})


@dataclass(frozen=True, slots=True)
class Standing:
    """The marks by path, how many of its seats have answered each live step, and how the case ended."""

    marks: Mapping[str, Mark]
    answered: Mapping[str, tuple[int, int]]
    outcome: str | None

    def mark(self, shape: Shape) -> Mark | None:
        """The mark of a shape."""
        mark = self.marks.get(shape.path)
        # A crossed-out gateway would say that the choice was wrong; the case only ended beyond it.
        return None if mark is Mark.CANCELLED and shape.kind in {Kind.CHOICE, Kind.PARALLEL} else mark


NOWHERE = Standing({}, {}, None)


def standing(definition: Workflow, view: CaseView | None, history: Sequence[HistoryView] = ()) -> Standing:
    """Where the case of `view` stands; `history` adds the blocks that were entered and left in one decision."""
    if view is None:
        return NOWHERE
    activations = sorted(view.activations, key=lambda one: one.round)
    entered = dict(_passed(history)) | {step_path(one.path): _MARKS[one.state] for one in activations}
    outcome = None if view.head.state is State.RUNNING else view.head.outcome
    ends = _ends(definition, entered, outcome)
    behind = _behind(definition, entered, {step_path(one.path): one.resume for one in activations}, ends)
    open_items = {step_path(item.path) for item in view.items if item.closed_at is None}
    marks = (
        entered
        | {path: Mark.DONE for path in behind if entered.get(path) is not Mark.LIVE}
        | {step_path(item.path): Mark.DONE for item in view.items if item.state in _ANSWERED}
        | dict.fromkeys(ends, Mark.DONE)
        | dict.fromkeys(open_items, Mark.LIVE)
    )
    answered = {
        step_path(one.path): (one.agree + one.against + one.abstain, one.n)
        for one in activations
        if one.n > 1 and step_path(one.path) in open_items
    }
    return Standing(marks, answered, outcome)


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
                if not isinstance(index(definition)[one].step, Choice | Parallel | WordSequence):
                    yield one
