"""The way ahead of a case: every step that comes if everybody agrees and answers in time. Nothing is done.

Where a condition looks at something that nobody knows yet, all ways that it may take are shown and marked; a loop is
shown once, a sub-case by its name. A field is unknown as soon as a step that may write it lies ahead. What one act
does now is in `following.py`: the machine's own decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

from workflows.language.expressions import UNKNOWN, Condition, Truth, evaluate
from workflows.language.words import (
    Branch,
    Choice,
    Do,
    End,
    Erase,
    Exclusive,
    ForEach,
    Forget,
    Join,
    Loop,
    Parallel,
    PublicNotice,
    Race,
    Read,
    Sequence,
    Serial,
    SetDay,
    SetField,
    Workflow,
)
from workflows.machine.case import Activation, ActivationState, Slice, State
from workflows.machine.choosing import chosen_at
from workflows.machine.coming import Coming, Sure, coming, live
from workflows.machine.deadlines import day_of
from workflows.machine.facts import Facts
from workflows.machine.nodes import INNER, ROOT, Node, detours, index, segment
from workflows.machine.turn import step_path
from workflows.machine.writing import written_below, written_beside


@dataclass(frozen=True, slots=True)
class Ahead:
    """The steps in the order of the definition; `ends` tells whether the way surely ends the case."""

    steps: tuple[Coming, ...]
    ends: bool


class _Way(IntEnum):
    """Whether a step lets the way go on."""

    ON = 0
    PERHAPS = 1
    OVER = 2


def ahead(definition: Workflow, slice_: Slice, facts: Facts, now: datetime) -> Ahead:
    """The way ahead of a case.

    Args:
        definition: the workflow that the case pinned.
        slice_: the whole live slice; a head alone (`seq` 0) is a case that an event would start now.
        facts: the versions to look at; people and dates are those of today.
        now: aware UTC; due dates count from here.
    """
    if slice_.head.state is not State.RUNNING:
        return Ahead((), ends=True)
    walker = _Walker(definition, slice_, facts, now)
    over = walker.walk(ROOT) if slice_.head.seq == 0 or ROOT in walker.live else _Way.OVER
    for path in sorted(walker.live):
        # What the case's own handlers do, and what goes on for itself after a join.
        if path not in walker.visited:
            over = min(over, walker.walk(path))
    return Ahead(tuple(walker.steps), ends=over is _Way.OVER)


@dataclass(slots=True)
class _Walker:
    """Walks from where the case stands; `known` are the values as far as they can be known at the step it is at."""

    definition: Workflow
    slice: Slice
    facts: Facts
    now: datetime
    sure: Sure = Sure.CERTAIN
    branch: str | None = None
    steps: list[Coming] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    known: dict[str, Any] = field(init=False)
    live: dict[str, Activation] = field(init=False)
    nodes: Mapping[str, Node] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = index(self.definition)
        active = (one for one in self.slice.activations.values() if one.state is ActivationState.LIVE)
        self.live = {one.path: one for one in active}
        self.known = {**self.slice.head.personal, **self.slice.head.fields}
        self.forget(written_beside(self.definition))

    # -- what is known -------------------------------------------------------------------------------------

    def forget(self, names: frozenset[str]) -> None:
        self.known |= dict.fromkeys(names, UNKNOWN)

    def truth(self, condition: Condition | None) -> Truth:
        return True if condition is None else evaluate(condition, self.known)

    def either(self, paths: list[tuple[str, bool]]) -> _Way:
        """Walk ways of which one is taken, or any number: (path, whether it surely is)."""
        before, results, ends = self.known, [], []
        for path, certain in paths:
            self.known = dict(before)
            ends.append(self.walk_part(path, is_sure=certain))
            results.append(self.known)
        self.known = _common(results or [before])
        if all(one is _Way.OVER for one in ends) and ends:
            return _Way.OVER
        return _Way.ON if all(one is _Way.ON for one in ends) else _Way.PERHAPS

    # -- steps ---------------------------------------------------------------------------------------------

    def walk_part(self, path: str, *, is_sure: bool) -> _Way:
        """Walk one way of several; what it makes uncertain names it as its branch."""
        sure, branch = self.sure, self.branch
        if not is_sure:
            self.sure, self.branch = Sure.POSSIBLE, step_path(path)
        over = self.walk(path)
        self.sure, self.branch = sure, branch
        return over

    def walk(self, path: str) -> _Way:
        """Walk the step at `path` (an activation's path where it is live) and say whether the way goes on."""
        node = self.nodes[step_path(path)]
        standing = self.live.get(path)
        instead = self._instead(path, node, standing)
        if instead is not None:
            self.visited.add(path)
            return self.walk(instead)
        self._tell(path, node, standing)
        match node.step:
            case End():
                return _Way.OVER
            case Do():
                self._do(node.step)
            case Sequence() | Choice() | Parallel() | ForEach() | Loop() | Race() | Exclusive():
                return self._block(path, node, standing)
            case _:
                self._beside(path)
                self.forget(written_below(self.definition, node))
        return _Way.ON

    def _block(self, path: str, node: Node, standing: Activation | None) -> _Way:
        match node.step:
            case Sequence():
                return self._sequence(path, node.step, standing)
            case Choice():
                return self._choice(path, node.step, standing)
            case Parallel():
                return self._parallel(path, node, node.step, standing)
            case ForEach():
                return self._for_each(path, node, node.step)
            case Loop():
                return self._loop(path, node, node.step, standing)
            case Race():
                return self._race(path, node, node.step)
            case _:
                return self.walk(f"{path}/{INNER}")

    def _tell(self, path: str, node: Node, standing: Activation | None) -> None:
        self.visited.add(path)
        supplement = f"{path}/supplement"
        if supplement in self.live:
            self.visited.add(supplement)
            self.steps.append(live(supplement, None, "supplement", self.slice, self.facts))
            standing = None
        if standing is not None:
            self.steps.append(live(path, node.step, node.step.word, self.slice, self.facts))
        else:
            made = coming(path, node.step, self.sure, self.known, self.slice, self.facts, self.now)
            later = chosen_at(self.definition, node.step) if made.who_unknown else ()
            self.steps.append(replace(made, branch=self.branch, chosen_at=later))

    def _instead(self, path: str, node: Node, standing: Activation | None) -> str | None:
        """What runs in place of a step: where a refusal, silence or a vote has led, or the handler that interrupted."""
        if standing is None:
            return next(iter(self._bodies(path)), None)
        if isinstance(node.step, PublicNotice | Sequence | Parallel | ForEach):
            return None
        return next((one.path for one in detours(Node(path, node.step, None)) if one.path in self.live), None)

    def _bodies(self, path: str) -> list[str]:
        """What handlers of the block at `path` do at the moment."""
        depth = path.count("/") + 2
        return [one for one in sorted(self.live) if one.startswith(f"{path}/on/") and one.count("/") == depth]

    def _beside(self, path: str) -> None:
        for body in self._bodies(path):
            self.walk(body)

    def _sequence(self, path: str, step: Sequence, standing: Activation | None) -> _Way:
        self._beside(path)
        over, sure = _Way.ON, self.sure
        for number in range(0 if standing is None else standing.resume, len(step.steps)):
            over = max(over, self.walk(f"{path}/{segment(step.steps[number], number)}"))
            if over is _Way.OVER:
                break
            self.sure = Sure.POSSIBLE if over is _Way.PERHAPS else self.sure
        self.sure = sure
        return over

    def _choice(self, path: str, step: Choice, standing: Activation | None) -> _Way:
        if standing is not None:
            return self.walk(self._parts(path)[0])
        ways: list[tuple[str, bool]] = []
        for number, branch in enumerate(step.branches):
            holds = self.truth(branch.when)
            if holds is not False:
                ways.append((f"{path}/{number}", holds is True and not ways))
            if holds is True:
                return self.either(ways)
        return self.either([*ways, (f"{path}/otherwise", not ways)])

    def _parallel(self, path: str, node: Node, step: Parallel, standing: Activation | None) -> _Way:
        self._beside(path)
        taken = self._branches(path, step.branches, standing)
        self.forget(written_below(self.definition, node))
        return self._side_by_side(taken, step.join)

    def _branches(self, path: str, branches: tuple[Branch, ...], standing: Activation | None) -> list[tuple[str, bool]]:
        if standing is not None:
            return [(one, True) for one in self._parts(path)]
        truths = [(f"{path}/{number}", self.truth(branch.when)) for number, branch in enumerate(branches)]
        return [(where, holds is True) for where, holds in truths if holds is not False]

    def _side_by_side(self, parts: list[tuple[str, bool]], join: Join) -> _Way:
        """Walk parts that run at the same time; where not all of them are waited for, none is sure to be done."""
        over, all_come = _Way.ON, join == Join()
        for path, certain in parts:
            ended = self.walk_part(path, is_sure=certain and all_come)
            over = max(over, ended if certain and all_come else min(ended, _Way.PERHAPS))
        return over

    def _for_each(self, path: str, node: Node, step: ForEach) -> _Way:
        self._beside(path)
        outside = self.known
        self.known = {**outside, step.each: UNKNOWN}
        self.forget(written_below(self.definition, node))
        turns = [(one, True) for one in self._parts(path)]
        over = self._side_by_side(turns or [(f"{path}/{INNER}", self._has_elements(step, outside))], step.join)
        self.known = outside
        return min(over, _Way.PERHAPS) if not turns else over

    def _has_elements(self, step: ForEach, known: Mapping[str, Any]) -> bool:
        found = known.get(step.over) if isinstance(step.over, str) else step.over
        return bool(found) and found is not UNKNOWN

    def _loop(self, path: str, node: Node, step: Loop, standing: Activation | None) -> _Way:
        holds = self.truth(step.until) if step.until is not None and step.test == "before" else False
        if standing is None and holds is True:
            return _Way.ON
        writes = written_below(self.definition, node)
        self.forget(writes)
        turns = [(one, True) for one in self._parts(path)]
        over = self.either(turns or [(f"{path}/{INNER}", holds is False)])
        self.forget(writes)
        return over if turns or holds is False else min(over, _Way.PERHAPS)

    def _race(self, path: str, node: Node, step: Race) -> _Way:
        self.forget(written_below(self.definition, node))
        begun = next((one for one in self._parts(path) if "/then" in one[len(path) :]), None)
        if begun is not None:
            return self.walk(begun)
        # Of each way only the first step is sure to be entered.
        self._side_by_side([(f"{path}/{number}/first", True) for number in range(len(step.ways))], Join(of=1))
        return self.either([(f"{path}/{number}/then", False) for number in range(len(step.ways))])

    def _do(self, step: Do) -> None:
        for action in step.actions:
            if isinstance(action, SetField):
                self.known[action.field] = action.value
            elif isinstance(action, SetDay):
                self.known[action.field] = day_of(action, self.facts, self.now, self.known) or UNKNOWN
            elif isinstance(action, Read):
                # A row may have changed by the time that it is read.
                self.forget(frozenset(here for here, _ in action.takes))
            elif isinstance(action, Serial):
                self.known[action.into] = UNKNOWN
            elif isinstance(action, Erase | Forget):
                self.known = {name: one for name, one in self.known.items() if name not in self.slice.head.personal}

    def _parts(self, path: str) -> list[str]:
        """The live parts of a block, without what its handlers do beside it."""
        own = (one.path for one in self.live.values() if one.parent == path)
        return sorted(one for one in own if not one.startswith(f"{path}/on/"))


def _common(ends: list[dict[str, Any]]) -> dict[str, Any]:
    """What is known whichever way was taken."""
    names = {name for one in ends for name in one}
    return {name: _agreed([one.get(name, UNKNOWN) for one in ends]) for name in names}


def _agreed(values: list[Any]) -> Any:
    return values[0] if all(one == values[0] for one in values) else UNKNOWN
