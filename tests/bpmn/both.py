"""One small workflow in two engines at once: ours from its definition, SpiffWorkflow from our export of it.

Every input goes to both. After each, the steps that wait and the steps that are done must be the same ones.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from typing import Any, ClassVar
from unittest.mock import patch
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser, TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import ServiceTaskMixin
from SpiffWorkflow.exceptions import TaskNotFoundException

from workflows.language.words import (
    Approve,
    CarryOut,
    PublicNotice,
    Race,
    Step,
    Vote,
    Wait,
    Workflow,
    role,
    workflow,
)
from workflows.machine.case import ActivationState, ItemState, State
from workflows.machine.nodes import index
from workflows.machine.turn import step_path
from workflows.pictures.bpmn.book import element_id, process_id
from workflows.pictures.bpmn.export import Exported, export
from workflows.presentation import presentation_of
from workflows.reads import CaseView
from workflows.testkit import Office, staff

CLERK = role("town_clerk")
STARTS = "trial.requested.v1"
KEY = "t1"
DEEPEST = 8
ASKED = (Approve, CarryOut, Vote)
WAITING = (*ASKED, Wait, PublicNotice)
ANSWERED = frozenset({ItemState.APPROVED, ItemState.REJECTED, ItemState.COMPLETED, ItemState.RETURNED})


def small(steps: Step, *, on: tuple[Any, ...] = (), name: str = "small", starts: str = STARTS) -> Workflow:
    """A definition around some steps."""
    return workflow(name, starts_on=starts, about="trial", steps=steps, on=on)


def exported(definition: Workflow, callers: tuple[str, ...] = ()) -> Exported:
    return export(definition, presentation_of("unheard_of"), "en", callers=callers)


class Ours:
    """The machine, in an office of one clerk."""

    def __init__(self, definitions: tuple[Workflow, ...]) -> None:
        self.definition = definitions[0]
        self.office = Office(workflows=definitions, roster=staff(clerk="town_clerk", other="town_clerk"))
        self.case = ""

    def start(self, **values: Any) -> None:
        event = self.office.event(self.definition.starts_on, key=KEY, **values)
        self.case = self.office.send(event).cases[0]

    def send(self, type_: str, **values: Any) -> None:
        self.office.send(self.office.event(type_, key=KEY, **values))

    def answer(self, path: str, verb: str, form: dict[str, Any]) -> None:
        item = next(one for one in self.office.inbox("clerk") if step_path(one.item.path) == path)
        done = self.office.act("clerk", item, verb, form=form, opinion="样例")
        assert done.status == 200, done.body

    def days(self, count: int) -> None:
        self.office.turn(days=count)

    def waiting(self) -> Counter[str]:
        asked = [step_path(one.path) for one in self._view().items if one.closed_at is None]
        return Counter(asked) + self._waits(ActivationState.LIVE)

    def done(self) -> Counter[str]:
        answered = [step_path(one.path) for one in self._view().items if one.state in ANSWERED]
        return Counter(answered) + self._waits(ActivationState.DONE)

    def _waits(self, state: ActivationState) -> Counter[str]:
        """Waits and notices in a state; a wait that was not answered in time neither waits nor is done."""
        nodes, view = index(self.definition), self._view()
        paths = [one.path for one in view.activations]
        unanswered = {one.removesuffix("/silence") for one in paths if one.endswith("/silence")}
        found = [one.path for one in view.activations if one.state is state and one.path not in unanswered]
        found = [step_path(path) for path in found if step_path(path) in nodes]
        return Counter(path for path in found if isinstance(nodes[path].step, Wait | PublicNotice))

    def _view(self) -> CaseView:
        return self.office.case(self.case)

    def ended(self) -> bool:
        return self.office.case(self.case).head.state is not State.RUNNING


class Served(ServiceTaskMixin, BpmnTaskSpec):  # type: ignore[misc]  # SpiffWorkflow carries no types
    """What we do by ourselves is done at once; what exactly stands in an extension element."""

    def _execute(self, my_task: Any) -> bool:
        return True


class Parser(BpmnParser):  # type: ignore[misc]  # as above
    OVERRIDE_PARSER_CLASSES: ClassVar = {full_tag("serviceTask"): (TaskParser, Served)}


class Theirs:
    """SpiffWorkflow, from the exported files."""

    def __init__(self, definitions: tuple[Workflow, ...]) -> None:
        self.definition = definitions[0]
        self.paths = {element_id(path): path for path in _paths(self.definition)}
        parser = Parser()
        for one in definitions:
            callers = () if one is self.definition else (self.definition.name,)
            parser.add_bpmn_str(exported(one, callers).xml.encode())
        name = process_id(self.definition.name)
        self.spec, self.parts = parser.get_spec(name), parser.get_subprocess_specs(name)
        self.ahead, self.gone = timedelta(), Counter[str]()

    def start(self, **values: Any) -> None:
        self.workflow = BpmnWorkflow(self.spec, self.parts)
        self.send(self.definition.starts_on, **values)

    def send(self, type_: str, **values: Any) -> None:
        self._run()
        self.workflow.catch(BpmnEvent(MessageEventDefinition(type_), payload=values))
        self._run()

    def answer(self, path: str, verb: str, form: dict[str, Any]) -> None:
        task = next(one for one in self._ready() if self._path(one) == path)
        task.data.update(form, answer=verb)
        task.run()
        self._run()

    def days(self, count: int) -> None:
        self.ahead += timedelta(days=count)
        with patch("SpiffWorkflow.bpmn.specs.event_definitions.timer.datetime", _ahead(self.ahead)):
            self._run()
            self._run()

    def _run(self) -> None:
        # SpiffWorkflow 3.2 keeps the sub-processes of a repeated task that was cancelled, and stumbles over them.
        for _ in range(DEEPEST):
            with suppress(TaskNotFoundException):
                self.workflow.do_engine_steps()
                return
            for parent in [one for one in self.workflow.subprocesses if self._is_gone(one)]:
                self.gone += self._completed(self.workflow.subprocesses.pop(parent))

    def _is_gone(self, task: UUID) -> bool:
        levels = (self.workflow, *self.workflow.subprocesses.values())
        return not any(task in level.tasks for level in levels)

    def waiting(self) -> Counter[str]:
        tasks = [*self._ready(), *self.workflow.get_tasks(state=TaskState.WAITING)]
        return self._steps([path for one in tasks for path in self._awaited(self._path(one))])

    def _awaited(self, path: str | None) -> list[str]:
        """A gateway stands for the events that it waits for."""
        node = index(self.definition).get(path or "")
        if node is None or not isinstance(node.step, Race):
            return [path] if path else []
        return [f"{path}/{number}/first" for number in range(len(node.step.ways))]

    def done(self) -> Counter[str]:
        levels = (self.workflow, *self.workflow.subprocesses.values())
        return sum((self._completed(level) for level in levels), self.gone)

    def _completed(self, level: Any) -> Counter[str]:
        tasks = [one for one in level.tasks.values() if one.state == TaskState.COMPLETED]
        return self._steps([path for one in tasks if (path := self._path(one))])

    def _steps(self, paths: list[str]) -> Counter[str]:
        nodes = index(self.definition)
        return Counter(path for path in paths if path not in nodes or isinstance(nodes[path].step, WAITING))

    def _ready(self) -> list[Any]:
        return [one for one in self.workflow.get_tasks(state=TaskState.READY) if one.task_spec.manual]

    def _path(self, task: Any) -> str | None:
        return self.paths.get(task.task_spec.name)

    def ended(self) -> bool:
        return bool(self.workflow.completed)


def _ahead(by: timedelta) -> type[datetime]:
    """A clock that runs ahead, for an engine that asks for the time by itself."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # only ever compared
            return datetime.now(tz) + by

    return Ahead


def _paths(definition: Workflow) -> Iterator[str]:
    for path, node in index(definition).items():
        yield path
        if isinstance(node.step, Approve) and node.step.on_return is not None:
            yield f"{path}/supplement"


class Both:
    """Both engines side by side."""

    def __init__(self, steps: Step, *others: Workflow, on: tuple[Any, ...] = ()) -> None:
        definitions = (small(steps, on=on), *others)
        self.ours, self.theirs = Ours(definitions), Theirs(definitions)

    def start(self, **values: Any) -> "Both":
        self.ours.start(**values)
        self.theirs.start(**values)
        return self._agreed()

    def send(self, type_: str, **values: Any) -> "Both":
        self.ours.send(type_, **values)
        self.theirs.send(type_, **values)
        return self._agreed()

    def answer(self, path: str, verb: str = "complete", **form: Any) -> "Both":
        self.ours.answer(path, verb, form)
        self.theirs.answer(path, verb, form)
        return self._agreed()

    def days(self, count: int) -> "Both":
        self.ours.days(count)
        self.theirs.days(count)
        return self._agreed()

    def _agreed(self) -> "Both":
        assert self.theirs.waiting() == self.ours.waiting()
        assert self.theirs.done() == self.ours.done()
        assert self.theirs.ended() == self.ours.ended()
        return self
