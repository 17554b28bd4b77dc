"""A control-flow pattern said in our language: a small workflow, what is done to its case, and the order of steps.

The order is read from the history of the cases: a step's name when somebody or something completed it, "-name" when
it was cancelled, "end:outcome". Turns of a for-each or a loop stand behind the name ("a#2"); with several cases the
key stands before it ("t2:a"). A named sequence without steps only marks that the way came by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.language.words import (
    CarryOut,
    Form,
    FormField,
    Handler,
    Sequence,
    Step,
    Workflow,
    carry_out,
    end,
    remind,
    role,
    sequence,
    workflow,
)
from workflows.machine.nodes import index
from workflows.machine.turn import step_path
from workflows.reads import HistoryView
from workflows.testkit import Office, staff

START = "trial.gathered.v1"
OFFICER = role("section_officer")
DONE = end("done")
READY = Form(name="draft.v1", fields=(FormField(name="ready", type="boolean"),))
HANDLER = re.compile(r"(^|/)on/\d+$")
ROSTER = staff(officer="section_officer", head="office_head")


def task(name: str, form: str | None = None) -> CarryOut:
    """Something that the officer does."""
    return carry_out(name, by=OFFICER, within=5, overdue=(remind(0),), form=form)


def mark(name: str) -> Sequence:
    """A place whose passing the history shows."""
    return sequence(name=name)


def trial(*steps: Step, name: str = "trial", on: tuple[Handler, ...] = (), **more: Any) -> Workflow:
    """A workflow that ends when its steps are through."""
    return endless(*steps, DONE, name=name, on=on, **more)


def endless(*steps: Step, name: str = "trial", **more: Any) -> Workflow:
    """A workflow that ends only where its steps say so."""
    return workflow(name, starts_on=START, about="trial", person=True, forms=(READY,), steps=sequence(*steps), **more)


@dataclass
class Run:
    """An office in which one pattern is played; `order` grows with every deed."""

    definitions: Mapping[str, Workflow]
    office: Office
    order: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    _read: dict[str, int] = field(default_factory=dict)

    def note(self) -> None:
        """Read what happened since the last deed; sub-cases first, because what they do moves the case that called."""
        for case in sorted((row.case.id for row in self.office.cases()), key=self._began, reverse=True):
            definition = self.definitions[self.office.case(case).head.workflow]
            history = self.office.history(case)
            for entry in history[self._read.get(case, 0) :]:
                self.order += [self._named(case, one) for one in happened(definition, entry)]
            self._read[case] = len(history)

    def _began(self, case: str) -> int:
        """Known cases in their order; a new one comes last."""
        known = list(self._read)
        return known.index(case) if case in known else len(known)

    def _named(self, case: str, what: str) -> str:
        return what if len(self.keys) < 2 else f"{self.office.case(case).head.key}:{what}"


Deed = Callable[[Run], None]


def starts(key: str = "t1", **fields: Any) -> Deed:
    """A case begins."""

    def deed(run: Run) -> None:
        run.keys.append(key)
        values = {"topics": ["site", "money"], "room": "r1", **fields}
        run.office.send(run.office.event(START, key=key, person=key, trial=key, **values))

    return deed


def comes(event: str, key: str = "t1", **fields: Any) -> Deed:
    """An event comes from outside."""

    def deed(run: Run) -> None:
        run.office.send(run.office.event(event, key=key, trial=key, **fields))

    return deed


def done(name: str, key: str = "t1", **form: Any) -> Deed:
    """The officer completes a task; `name` may tell the turn ("a#2")."""

    def deed(run: Run) -> None:
        open_items = [one for one in run.office.inbox("officer") if one.case.key == key]
        named = {shown(run.definitions[one.case.workflow], one.item.path): one.item for one in reversed(open_items)}
        assert run.office.act("officer", named[name], "complete", form=form).status == 200

    return deed


def withdrawn(key: str = "t1", status: int = 200) -> Deed:
    """The applicant takes the case back, or is not allowed to (`status`)."""

    def deed(run: Run) -> None:
        (case,) = [row.case.id for row in run.office.cases() if row.case.key == key]
        assert run.office.act(f"person:{key}", case, "withdraw").status == status

    return deed


def not_yet(name: str, key: str = "t1") -> Deed:
    """A task cannot be done now: nobody was asked, or nobody is asked any more."""

    def deed(run: Run) -> None:
        items = [one for one in run.office.inbox("officer") if one.case.key == key]
        assert name not in {shown(run.definitions[one.case.workflow], one.item.path) for one in items}

    return deed


# -- reading the history -----------------------------------------------------------------------------------


def happened(definition: Workflow, entry: HistoryView) -> list[str]:
    """What one history entry says about the steps of its case, in order."""
    body, delta = entry.body, entry.body.get("delta", {})
    said: list[str] = []
    path = body.get("path") or ""
    if body["what"].split(":")[0] in ("act", "event") and path and not HANDLER.search(path):
        said.append(shown(definition, path))
    closed = [(one["path"], one["state"]) for one in delta.get("activations", ())]
    passed = [(path, state) for path, _, state in delta.get("passed", ())]
    said += [
        f"-{shown(definition, path)}" for path, state in closed if state == "cancelled" and _is_task(definition, path)
    ]
    said += [shown(definition, path) for path, state in passed if state == "done" and _is_mark(definition, path)]
    if delta.get("state", ["running"])[0] != "running":
        said.append(f"end:{delta['state'][1]}")
    return said


def shown(definition: Workflow, path: str) -> str:
    """The name of the step at an activation's path, with the turns that it stands in."""
    node = index(definition).get(step_path(path))
    name = getattr(node.step, "name", None) if node else None
    turns = "".join(f"#{part.split('#')[1]}" for part in path.split("/") if part.startswith("do#"))
    return f"{name or path.rpartition('/')[2].split('#')[0]}{turns}"


def _is_task(definition: Workflow, path: str) -> bool:
    node = index(definition).get(step_path(path))
    return node is not None and node.step.word in ("carry_out", "approve", "wait", "vote", "public_notice", "call")


def _is_mark(definition: Workflow, path: str) -> bool:
    node = index(definition).get(step_path(path))
    return node is not None and isinstance(node.step, Sequence) and bool(node.step.name) and not node.step.steps


# -- patterns ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pattern:
    """A pattern that our language says.

    Args:
        number: as in "Workflow Control-Flow Patterns: A Revised View" (2006).
        said_by: the words that say it.
        workflows: the first one is the pattern, the others are called by it.
        deeds: what is done to it, in order.
        order: the order of steps that follows.
    """

    number: int
    name: str
    said_by: str
    workflows: tuple[Workflow, ...]
    deeds: tuple[Deed, ...]
    order: tuple[str, ...]


@dataclass(frozen=True)
class RefusedPattern:
    """A pattern that `check` refuses, with the code of the finding, its place, and why."""

    number: int
    name: str
    why: str
    workflow: Workflow
    code: str
    path: str


def play(pattern: Pattern) -> tuple[str, ...]:
    """Do what is done to the case, and tell the order of steps."""
    run = Run({one.name: one for one in pattern.workflows}, Office(list(pattern.workflows), ROSTER))
    for deed in pattern.deeds:
        deed(run)
        run.note()
    return tuple(run.order)
