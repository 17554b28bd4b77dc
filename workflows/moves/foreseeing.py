"""What stands in the way of a case before it begins: a step that would surely find nobody, a choice that may not be.

Asked at the door, so that whoever submits hears it at once. The roster may change until the step is entered: then its
seat goes the way of every seat that nobody can take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from workflows.language.choices import asks_named, chosen_in_forms
from workflows.language.words import (
    Approve,
    CarryOut,
    Chosen,
    Depending,
    Step,
    Vote,
    Workflow,
)
from workflows.machine.case import Slice
from workflows.machine.choosing import Wrong, kept_out_by, wrong_choice
from workflows.machine.coming import Coming, Sure
from workflows.machine.deadlines import local_day
from workflows.machine.facts import Facts
from workflows.machine.nodes import everything, index
from workflows.machine.preview import ahead
from workflows.machine.seats import Where
from workflows.moves.routing import new_case
from workflows.ports import Engine, NewEvent


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a case of `workflow` must not begin: at the step `path` nobody is found, or `choice` is wrong with `asks`."""

    workflow: str
    path: str
    choice: Wrong | None = None
    asks: Chosen | None = None


def obstacle(engine: Engine, event: NewEvent, now: Callable[[], datetime]) -> Obstacle | None:
    """The first thing that stands in the way of a case that `event` would start.

    Args:
        engine: whose workflows and facts are looked at.
        event: what is submitted, parsed and permitted.
        now: the time, asked for only where a workflow wants to be looked ahead of.
    """
    for digest, definition in engine.library.started_by(event.type):
        if _wants_foresight(digest, definition):
            found = _in_the_way(engine, event, digest, definition, now())
            if found is not None:
                return found
    return None


_FORESIGHT: dict[str, bool] = {}


def _wants_foresight(digest: str, definition: Workflow) -> bool:
    """Whether a step blocks or lets the initiator choose; worked out once per hash (a hash never changes its meaning)."""
    if digest not in _FORESIGHT:
        steps = [node.step for node in everything(definition)]
        _FORESIGHT[digest] = any(_blocks(step) or next(_choices(step), None) is not None for step in steps)
    return _FORESIGHT[digest]


def _blocks(step: Step) -> bool:
    return isinstance(step, Approve | CarryOut | Vote) and step.nobody.then == "block"


def _choices(step: Step) -> Iterator[Chosen]:
    return (one for one in asks_named(step) if isinstance(one, Chosen))


def _in_the_way(engine: Engine, event: NewEvent, digest: str, definition: Workflow, now: datetime) -> Obstacle | None:
    library = engine.library
    facts = Facts(library.roster(), library.calendar(), library.numbers())
    head = new_case(engine, event, digest, definition, now)
    where = Where(head, facts.roster, local_day(facts.calendar, now))
    for step in ahead(definition, Slice(head), facts, now).steps:
        if step.blocked and step.sure is Sure.CERTAIN:
            return Obstacle(definition.name, step.path)
        found = _wrong_choice(definition, step, where)
        if found is not None:
            return found
    return None


def _wrong_choice(definition: Workflow, step: Coming, where: Where) -> Obstacle | None:
    """What is chosen must be right wherever it may be needed; that it is there, only where nobody chooses later."""
    asking = index(definition)[step.title].step
    for asks in _choices(asking):
        wrong = wrong_choice(asks, where.head.fields.get(asks.field), where, kept_out_by(asking, where))
        if wrong is not None and (wrong is not Wrong.MISSING or _is_needed(definition, step, asks)):
            return Obstacle(definition.name, step.path, wrong, asks)
    return None


def _is_needed(definition: Workflow, step: Coming, asks: Chosen) -> bool:
    by = getattr(index(definition)[step.title].step, "by", None)
    is_asked_later = asks.field in chosen_in_forms(definition)
    return step.sure is Sure.CERTAIN and not isinstance(by, Depending) and not is_asked_later
