"""Which fields of the case a step, and everything inside it, may write: what nobody can know before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflows.language.choices import chooser_of, form_choices
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Do,
    ForEach,
    Form,
    Handler,
    Lookup,
    Parallel,
    PublicNotice,
    Read,
    Sequence,
    Serial,
    SetDay,
    SetField,
    Step,
    Wait,
    Workflow,
)
from workflows.machine.nodes import Node, everything, walk


def written_below(definition: Workflow, node: Node) -> frozenset[str]:
    """The fields that the step, what is inside it and what its handlers take may write."""
    return frozenset(name for one in walk(node) for name in written_by(definition, one.step))


def written_beside(definition: Workflow) -> frozenset[str]:
    """The fields that handlers may write, at any moment."""
    inside = [node for node in everything(definition) if "on/" in node.path]
    own = {name for handler in definition.on for name in handler.takes}
    taken = {name for node in everything(definition) for name in _taken(_handlers(node.step))}
    return frozenset(own | taken | {name for node in inside for name in written_by(definition, node.step)})


def written_by(definition: Workflow, step: Step) -> Iterator[str]:
    """The fields that the step itself may write, by form, event, action or sub-case."""
    forms: Mapping[str, list[str]] = {form.name: [*_filled_in(form)] for form in definition.forms}
    match step:
        case Approve():
            yield from forms.get(step.form or "", ())
            yield "reason"
            yield from () if step.on_return is None else step.on_return.takes
        case CarryOut():
            yield from forms.get(step.form or "", ())
        case Wait():
            yield from step.takes
        case Call():
            yield from (here for here, _ in step.takes)
            yield from () if step.outcome is None else (step.outcome,)
        case Do(actions=actions):
            for action in actions:
                if isinstance(action, SetField | SetDay):
                    yield action.field
                elif isinstance(action, Lookup | Serial):
                    yield action.into
                elif isinstance(action, Read):
                    yield from (here for here, _ in action.takes)
    yield from _taken(_handlers(step))


def _filled_in(form: Form) -> Iterator[str]:
    yield from (one.name for one in form.fields)
    yield from (chooser_of(one.field) for one in form_choices(form))


def _handlers(step: Step) -> tuple[Handler, ...]:
    return step.on if isinstance(step, Sequence | Parallel | ForEach | PublicNotice) else ()


def _taken(handlers: Iterable[Handler]) -> Iterator[str]:
    return (name for handler in handlers for name in handler.takes)
