"""What the rules look at, and what the fields of a definition are."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from domain.event import DomainEvent, is_personal
from domain.roster import Roster
from workflows.language.words import Approve, CarryOut, Do, Form, FormField, Handler, Lookup, SetField, Wait, Workflow
from workflows.machine.nodes import Node, everything

FINGERPRINT: Final = "fingerprint"
"""The blind index of the person, which the door adds to an event that names one."""

REASON: Final = "reason"
"""The field that a refusal's reason is written to."""

Events = Mapping[str, type[DomainEvent]]
Type = Literal["text", "boolean", "integer", "list", "other"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field holds; `choices` are the only values it can have, where there are such."""

    type: Type
    personal: bool = False
    choices: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A definition under check, with the published events and the people of `day`, where these are known."""

    definition: Workflow
    events: Events
    roster: Roster | None
    day: date | None
    nodes: tuple[Node, ...]
    written: Mapping[str, tuple[Kind, ...]]
    """Every field that somebody may write, with what each writer writes."""

    def form(self, name: str | None) -> Form | None:
        """The form of this name."""
        return next((form for form in self.definition.forms if form.name == name), None)


def subject_of(definition: Workflow, events: Events, roster: Roster | None, day: date | None) -> Subject:
    """Gather what the rules look at."""
    nodes = tuple(everything(definition))
    written: dict[str, tuple[Kind, ...]] = {}
    for name, kind in _writes(definition, events, nodes):
        written[name] = (*written.get(name, ()), kind)
    return Subject(definition, events, roster, day, nodes, written)


def _writes(definition: Workflow, events: Events, nodes: tuple[Node, ...]) -> Iterator[tuple[str, Kind]]:
    yield from kinds_of(events.get(definition.starts_on)).items()
    if definition.person:
        yield FINGERPRINT, Kind("text", personal=True)
    for handler in definition.on:
        yield from handler_writes(handler, events)
    for node in nodes:
        yield from own_writes(node, definition, events)


def own_writes(node: Node, definition: Workflow, events: Events) -> Iterator[tuple[str, Kind]]:
    """The fields that a step itself writes (not the steps inside it)."""
    match node.step:
        case Wait(event=event, takes=takes):
            yield from _taken(events, event, takes)
        case Approve(on_return=on_return, reasons=reasons, form=form):
            yield from _filled_in(definition, form)
            if reasons:
                yield REASON, Kind("text", choices=frozenset(reasons))
            if on_return is not None and on_return.answered_by is not None:
                yield from _taken(events, on_return.answered_by, on_return.takes)
        case CarryOut(form=form):
            yield from _filled_in(definition, form)
        case Do(actions=actions):
            yield from (pair for action in actions for pair in _action_writes(action))
        case _:
            for handler in getattr(node.step, "on", ()):
                yield from handler_writes(handler, events)


def handler_writes(handler: Handler, events: Events) -> Iterator[tuple[str, Kind]]:
    """The fields that a handler takes from its event."""
    yield from _taken(events, handler.event, handler.takes)


def _taken(events: Events, event: str, takes: tuple[str, ...]) -> Iterator[tuple[str, Kind]]:
    kinds = kinds_of(events.get(event))
    yield from ((name, kinds[name]) for name in takes if name in kinds)


def _filled_in(definition: Workflow, name: str | None) -> Iterator[tuple[str, Kind]]:
    for form in definition.forms:
        if form.name == name:
            yield from ((one.name, _kind_of_form_field(one)) for one in form.fields)


def _kind_of_form_field(one: FormField) -> Kind:
    if one.type == "choice":
        return Kind("text", one.personal, frozenset(one.choices))
    return Kind(one.type, one.personal)


def _action_writes(action: object) -> Iterator[tuple[str, Kind]]:
    match action:
        case SetField(field=name, value=value):
            yield name, kind_of_value(value)
        case Lookup(into=name):
            yield name, Kind("text")


def kind_of_value(value: object) -> Kind:
    """What a constant is; null fits every field."""
    match value:
        case bool():
            return Kind("boolean")
        case int():
            return Kind("integer")
        case str():
            return Kind("text", choices=frozenset({value}))
        case tuple() | list():
            return Kind("list")
        case _:
            return Kind("other")


@cache
def kinds_of(event: type[DomainEvent] | None) -> Mapping[str, Kind]:
    """The fields of an event; nothing for one that does not exist."""
    if event is None:
        return {}
    fields = event.model_fields.items()
    return {name: _kind(field.annotation, personal=is_personal(field)) for name, field in fields}


@cache
def surely_given(event: type[DomainEvent] | None) -> frozenset[str]:
    """The fields that every event of the type has a value for."""
    if event is None:
        return frozenset()
    fields = event.model_fields.items()
    return frozenset(name for name, field in fields if field.is_required() or field.default is not None)


def _kind(annotation: Any, *, personal: bool) -> Kind:
    bare = _bare(annotation)
    if get_origin(bare) is Literal:
        return Kind("text", personal, frozenset(str(value) for value in get_args(bare)))
    if get_origin(bare) in (tuple, list):
        return Kind("list", personal)
    names: Mapping[Any, Type] = {bool: "boolean", int: "integer", str: "text"}
    return Kind(names.get(bare, "other"), personal)


def _bare(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _bare(parts[0]) if len(parts) == 1 else annotation
    return annotation
