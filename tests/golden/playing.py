"""Plays a workflow to its end: whoever is asked answers somehow, whatever is awaited comes or does not, time passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any, Final
from unittest.mock import patch

from pydantic import ValidationError

from domain.audit import canonical
from domain.event import DomainEvent
from tests.golden.keeping import Golden, History, Taken
from tests.golden.redeciding import CALENDAR, NUMBERS
from tests.workflows_for_tests import EVENTS, people
from workflows.language.words import FormField, Workflow
from workflows.machine.case import JSON, Case, Slice, State, WorkItem
from workflows.machine.decide import decide
from workflows.machine.decision import Decision
from workflows.machine.facts import Facts
from workflows.machine.nodes import everything, index
from workflows.machine.operations import SIGNATURE
from workflows.machine.signing import SIGNED
from workflows.machine.turn import step_path
from workflows.ports import NewEvent
from workflows.reads import CaseView
from workflows.testkit import Office

MOST: Final = 60
"""A play that has not ended after so many things is left where it is."""

VERBS: Final[Mapping[str, tuple[str, ...]]] = {
    "approve": ("agree", "agree", "agree", "reject", "return"),
    "vote": ("agree", "agree", "reject", "abstain"),
    "carry_out": ("complete",),
    "supplement": ("complete",),
}
"""What may be done to an item of each kind, the usual more often."""

PANEL: Final = ("one", "two", "three")
"""Of whom somebody chooses where people are chosen."""

Do = Callable[[], object]


class Play:
    """One play of a workflow, with those that it calls, in an office of its own."""

    def __init__(self, definition: Workflow, others: Mapping[str, Workflow], seed: int) -> None:
        self._random = Random(f"{definition.name}/{seed}")
        self._definition = definition
        self._roster = people()
        self._workflows = [definition, *_called(definition, others)]
        self._office = Office(self._workflows, self._roster, CALENDAR, NUMBERS)
        self._histories: dict[str, History] = {}

    def run(self) -> Golden:
        """Play it; what every case of it lived through."""
        with self._recorded():
            self._send(self._definition.starts_on, "k1")
            for _ in range(MOST):
                running = [view for view in self._views() if view.head.state is State.RUNNING]
                if not running:
                    break
                self._something(running)
        return Golden(self._roster, [self._kept(case) for case in sorted(self._histories)])

    def _something(self, running: Sequence[CaseView]) -> None:
        view = self._random.choice(running)
        doings: list[tuple[Do, float]] = [(do, 6.0) for do in self._answers(view)]
        doings += [(partial(self._send, one.type, one.key), 1.5) for one in view.subscriptions]
        doings.append((self._let_time_pass, 1.0))
        doings += [(do, 0.15) for do in self._of_the_case(view)]
        self._random.choices([do for do, _ in doings], [weight for _, weight in doings])[0]()

    # -- who does what -------------------------------------------------------------------------------------

    def _answers(self, view: CaseView) -> Iterator[Do]:
        definition = next(one for one in self._workflows if one.name == view.head.workflow)
        for item in view.items:
            if item.closed_at is None and item.kind in VERBS:
                holders = sorted(holder.who for holder in view.holders.get(item.id, ()))
                yield from (partial(self._answer, definition, who, item) for who in holders[:1])

    def _answer(self, definition: Workflow, who: str, item: WorkItem) -> None:
        step = index(definition)[step_path(item.path)].step if step_path(item.path) in index(definition) else None
        verb = self._random.choice(VERBS[item.kind])
        reasons = getattr(step, "reasons", ())
        asked = next((form.fields for form in definition.forms if form.name == item.form), ())
        form = {one.name: self._filled(one) for one in asked} if verb in {"agree", "complete"} else {}
        self._office.act(
            who,
            item,
            verb,
            opinion="样例意见",
            reason=self._random.choice(reasons) if reasons and verb in {"reject", "return"} else None,
            form=form,
            fields={SIGNATURE: who} if getattr(step, "signature", False) and verb in SIGNED else {},
        )

    def _filled(self, asked: FormField) -> JSON:
        match asked.type:
            case "boolean":
                return self._random.random() < 0.6
            case "integer":
                return self._random.randint(1, 3)
            case "choice":
                return self._random.choice(asked.choices)
            case "person":
                return self._random.choice(PANEL)
            case "people":
                return self._random.sample(PANEL, self._random.randint(1, 2))
            case _:
                return "样例"

    def _of_the_case(self, view: CaseView) -> Iterator[Do]:
        head = view.head
        if head.person is not None:
            yield lambda: self._office.act(f"person:{head.person}", head.id, "withdraw")
        if head.parent is None:
            yield lambda: self._stand_still(head.id)

    def _stand_still(self, case: str) -> None:
        self._office.suspend("role:office_head", case, "样例：暂停")
        self._office.turn(days=3)
        self._office.resume("role:office_head", case)

    def _let_time_pass(self) -> None:
        due = self._office.store.next_due() if self._office.store.next_due is not None else None
        if due is None:
            self._office.turn(days=1)
        else:
            self._office.turn_to(max(due, self._office.clock()))

    # -- what comes in -------------------------------------------------------------------------------------

    def _send(self, type_: str, key: str) -> None:
        event = self._event(type_, key)
        if event is not None:
            self._office.send(event)

    def _event(self, type_: str, key: str) -> NewEvent | DomainEvent | None:
        kind = EVENTS.get(type_)
        if kind is None:
            fields: dict[str, JSON] = {"a": self._random.random() < 0.5, "b": self._random.random() < 0.5}
            return self._office.event(type_, key=key, person=key, personal={"name": "样例"}, **fields)
        said = {**kind.EXAMPLE, kind.KEY: key}
        try:
            return kind.model_validate(said)
        except ValidationError:
            return None

    # -- what is kept --------------------------------------------------------------------------------------

    @contextmanager
    def _recorded(self) -> Iterator[None]:
        """Whatever is decided meanwhile is noted; a decision that was thrown away is noted again when it is taken."""

        def noting(definition: Workflow, before: Slice, stimulus: Any, facts: Facts, now: Any) -> Any:
            outcome = decide(definition, before, stimulus, facts, now)
            if isinstance(outcome, Decision):
                self._note(definition, before.head, Taken(now, stimulus, facts.twins, before.head.gate, b""))
            return outcome

        with patch("workflows.moves.deciding.decide", noting):
            yield

    def _note(self, definition: Workflow, head: Case, taken: Taken) -> None:
        if head.seq == 0:
            self._histories[head.id] = History(head, definition)
        history = self._histories[head.id]
        del history.taken[head.seq :]
        history.taken.append(taken)

    def _kept(self, case: str) -> History:
        history = self._histories[case]
        stored = self._office.history(case)
        assert len(stored) == len(history.taken), f"case {case}: noted {len(history.taken)} of {len(stored)} decisions"
        history.taken = [
            Taken(one.now, one.stimulus, one.twins, one.gate, canonical(dict(entry.body)))
            for one, entry in zip(history.taken, stored, strict=True)
        ]
        return history

    def _views(self) -> list[CaseView]:
        return [self._office.case(row.case.id) for row in self._office.cases()]


def _called(definition: Workflow, others: Mapping[str, Workflow]) -> list[Workflow]:
    """The workflows that a definition calls, at first or second hand."""
    found: dict[str, Workflow] = {}
    ahead = [definition]
    while ahead:
        names = {node.step.workflow for node in everything(ahead.pop()) if node.step.word == "call"}
        new = [others[name] for name in sorted(names - found.keys()) if name in others]
        found.update({one.name: one for one in new})
        ahead += new
    return list(found.values())
