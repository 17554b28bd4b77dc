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
from workflows.language.choices import choice_of, chooser_of, form_choices
from workflows.language.people import INITIATOR
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Chosen,
    Do,
    Emit,
    FollowUp,
    ForEach,
    Form,
    FormField,
    Handler,
    Lookup,
    Number,
    Read,
    Remind,
    Serial,
    SetDay,
    SetField,
    Step,
    Vote,
    Wait,
    Workflow,
)
from workflows.machine.nodes import INNER, Node, everything

FINGERPRINT: Final = "fingerprint"
"""The blind index of the person, which the door adds to an event that names one."""

REASON: Final = "reason"
"""The field that a refusal's reason is written to."""

Events = Mapping[str, type[DomainEvent]]
Type = Literal["text", "boolean", "integer", "date", "list", "other"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field holds; `choices` are the only values that it, or an element of it, can have; `element` what it lists.

    `chosen` says whom, where somebody chose people in a form.
    """

    type: Type
    personal: bool = False
    choices: frozenset[str] | None = None
    element: Type = "text"
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """A field that somebody may write. `scope` is the turn of a for-each that it belongs to ("" is the whole case)."""

    name: str
    kind: Kind
    scope: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A definition under check, with the published events and the people of `day`, where these are known."""

    definition: Workflow
    events: Events
    roster: Roster | None
    day: date | None
    nodes: tuple[Node, ...]
    written: Mapping[str, tuple[Write, ...]]
    """Every field that somebody may write, with what each writer writes."""

    def kinds(self, name: str, path: str = "") -> tuple[Kind, ...]:
        """What the field may hold where the step at `path` looks at it; nothing where it sees no such field."""
        return tuple(one.kind for one in self.written.get(name, ()) if is_within(path, one.scope))

    def form(self, name: str | None) -> Form | None:
        """The form of this name."""
        return next((form for form in self.definition.forms if form.name == name), None)


def subject_of(definition: Workflow, events: Events, roster: Roster | None, day: date | None) -> Subject:
    """Gather what the rules look at."""
    nodes = tuple(everything(definition))
    written: dict[str, tuple[Write, ...]] = {}
    for one in _writes(definition, events, nodes):
        written[one.name] = (*written.get(one.name, ()), one)
    for one in _elements(nodes, events, written):
        written[one.name] = (*written.get(one.name, ()), one)
    return Subject(definition, events, roster, day, nodes, written)


def is_within(path: str, scope: str) -> bool:
    """Whether the step at `path` stands inside `scope`."""
    return not scope or path == scope or path.startswith(f"{scope}/")


def _writes(definition: Workflow, events: Events, nodes: tuple[Node, ...]) -> Iterator[Write]:
    for name, kind in kinds_of(events.get(definition.starts_on)).items():
        yield Write(name, kind, "")
    yield Write(INITIATOR, Kind("text"), "")
    if definition.person:
        yield Write(FINGERPRINT, Kind("text", personal=True), "")
    for handler in definition.on:
        yield from (Write(name, kind, "") for name, kind in handler_writes(handler, events))
    scopes = sorted((f"{node.path}/{INNER}" for node in nodes if isinstance(node.step, ForEach)), key=len)
    for node in nodes:
        inner = [scope for scope in scopes if is_within(node.path, scope)]
        for name, kind in own_writes(node, definition, events):
            yield Write(name, kind, inner[-1] if inner else "")


def _elements(nodes: tuple[Node, ...], events: Events, written: Mapping[str, tuple[Write, ...]]) -> Iterator[Write]:
    """The field of each for-each that is its element."""
    for node in nodes:
        if isinstance(node.step, ForEach):
            yield from (Write(node.step.each, kind, f"{node.path}/{INNER}") for kind in _listed(node.step, written))
            grown = kinds_of(events.get(node.step.grows_on or "")).get(node.step.takes or "")
            if grown is not None:
                yield Write(node.step.each, grown, f"{node.path}/{INNER}")


def _listed(step: ForEach, written: Mapping[str, tuple[Write, ...]]) -> Iterator[Kind]:
    if isinstance(step.over, int):
        yield Kind("integer")
        return
    yield from (Kind(one.kind.element, one.kind.personal, one.kind.choices) for one in written.get(step.over, ()))


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
        case Call(takes=takes, outcome=outcome, over=over):
            yield from ((here, Kind("other") if over is None else Kind("list", element="other")) for here, _ in takes)
            if outcome is not None:
                yield outcome, Kind("text") if over is None else Kind("list")
        case Do(actions=actions):
            yield from (pair for action in actions for pair in _action_writes(action))
        case _:
            for handler in getattr(node.step, "on", ()):
                yield from handler_writes(handler, events)


def said_by_rungs(step: Step) -> tuple[str, ...]:
    """The events that the reminders of a step say."""
    rungs = step.overdue if isinstance(step, Approve | CarryOut | Vote | Wait) else ()
    return tuple(one.says for one in rungs if isinstance(one, Remind) and one.says is not None)


def handler_writes(handler: Handler, events: Events) -> Iterator[tuple[str, Kind]]:
    """The fields that a handler takes from its event."""
    yield from _taken(events, handler.event, handler.takes)


def events_named(subject: Subject) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every place that names an event: the place, the event, and the fields that are taken from it."""
    definition = subject.definition
    yield "", definition.starts_on, ()
    if definition.withdrawn_by is not None:
        yield "", definition.withdrawn_by, ()
    yield from ((f"on/{number}", one.event, one.takes) for number, one in enumerate(definition.on))
    for node in subject.nodes:
        match node.step:
            case Wait(event=event, takes=takes):
                yield node.path, event, takes
            case Approve(on_return=asked) if asked is not None and asked.answered_by is not None:
                yield node.path, asked.answered_by, asked.takes
            case FollowUp(event=str(event)):
                yield node.path, event, ()
            case Do(actions=actions):
                yield from ((node.path, one.event, ()) for one in actions if isinstance(one, Emit))
            case ForEach(grows_on=str(event), takes=taken):
                yield node.path, event, () if taken is None else (taken,)
        yield from ((node.path, event, ()) for event in said_by_rungs(node.step))
        handlers = getattr(node.step, "on", ())
        yield from ((f"{node.path}/on/{number}", one.event, one.takes) for number, one in enumerate(handlers))


def _taken(events: Events, event: str, takes: tuple[str, ...]) -> Iterator[tuple[str, Kind]]:
    kinds = kinds_of(events.get(event))
    yield from ((name, kinds[name]) for name in takes if name in kinds)


def _filled_in(definition: Workflow, name: str | None) -> Iterator[tuple[str, Kind]]:
    for form in definition.forms:
        if form.name == name:
            yield from ((one.name, _kind_of_form_field(one)) for one in form.fields)
            yield from ((chooser_of(one.field), Kind("text")) for one in form_choices(form))


def _kind_of_form_field(one: FormField) -> Kind:
    match one.type:
        case "choice":
            return Kind("text", one.personal, frozenset(one.choices))
        case "several":
            return Kind("list", one.personal, frozenset(one.choices))
        case "person":
            return Kind("text", one.personal, chosen=choice_of(one))
        case "people":
            return Kind("list", one.personal, chosen=choice_of(one))
        case _:
            return Kind(one.type, one.personal)


def _action_writes(action: object) -> Iterator[tuple[str, Kind]]:
    match action:
        case SetField(field=name, value=value):
            yield name, kind_of_value(value)
        case SetDay(field=name):
            yield name, Kind("date")
        case Lookup(into=name) | Serial(into=name):
            yield name, Kind("text")
        case Read(takes=takes):
            yield from ((here, Kind("other")) for here, _ in takes)


def kind_of_value(value: object) -> Kind:
    """What a constant is; null fits every field."""
    match value:
        case bool():
            return Kind("boolean")
        case int() | Number():
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
        element = _kind(get_args(bare)[0], personal=personal)
        return Kind("list", personal, element.choices, element=element.type)
    names: Mapping[Any, Type] = {bool: "boolean", int: "integer", str: "text", date: "date"}
    return Kind(names.get(bare, "other"), personal)


def _bare(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _bare(parts[0]) if len(parts) == 1 else annotation
    return annotation
