"""Events, forms and fields fit together: what is read was written, as what it is read as."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from domain.registers import REGISTERS
from workflows.language.findings import Finding, finding
from workflows.language.rules.people import is_plain_text
from workflows.language.rules.subject import (
    Kind,
    Subject,
    events_named,
    handler_writes,
    is_within,
    kind_of_value,
    kinds_of,
    own_writes,
    said_by_rungs,
    surely_given,
)
from workflows.language.rules.ways import Ways, given_by
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Do,
    Emit,
    FollowUp,
    ForEach,
    Form,
    FormField,
    Handler,
    Join,
    Lookup,
    Loop,
    OnDay,
    Parallel,
    Race,
    Read,
    Sequence,
    Serial,
    SetDay,
    Wait,
)
from workflows.machine.nodes import INNER, Node, children, detours, walk

SEARCHED: Final = tuple(sorted(name for name, register in REGISTERS.items() if register.identifying))
"""The registers that a look-up may search."""


def known_events(subject: Subject) -> Iterator[Finding]:
    """Events exist, and have the fields that are taken from them."""
    for path, event, takes in events_named(subject):
        if event not in subject.events:
            yield finding(path, "unknown_event", event=event)
            continue
        missing = [name for name in takes if name not in kinds_of(subject.events[event])]
        yield from (finding(path, "takes_unknown", event=event, field=name) for name in missing)


def forms(subject: Subject) -> Iterator[Finding]:
    """Forms are defined once, have each field once, and choices where something is chosen."""
    defined = Counter(form.name for form in subject.definition.forms)
    yield from (finding(f"forms/{name}", "twin_form", form=name) for name, n in defined.items() if n > 1)
    for form in subject.definition.forms:
        yield from _fields_of(form)
    for node in subject.nodes:
        asked = node.step.form if isinstance(node.step, Approve | CarryOut) else None
        if asked is not None and asked not in defined:
            yield finding(node.path, "unknown_form", form=asked)


def _fields_of(form: Form) -> Iterator[Finding]:
    place = f"forms/{form.name}"
    counted = Counter(one.name for one in form.fields)
    yield from (finding(place, "twin_field", field=name) for name, n in counted.items() if n > 1)
    for one in form.fields:
        chooses = one.type in ("choice", "several")
        if chooses and not _is_a_choice(one):
            yield finding(place, "no_choices", field=one.name)
        if not chooses and one.choices:
            yield finding(place, "needless_choices", field=one.name)


def _is_a_choice(one: FormField) -> bool:
    return len(one.choices) > 1 and len(set(one.choices)) == len(one.choices)


def waits(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """The field that a wait or a handler correlates by surely has a value by then, and is nothing personal."""
    for path, known, key in _keys(subject, ways):
        if key not in known or not is_plain_text(subject.kinds(key, path)):
            yield finding(path, "wait_key", field=key)


def _keys(subject: Subject, ways: Ways) -> Iterator[tuple[str, frozenset[str], str]]:
    """Where an event is correlated by a field: the place, what is surely given by then, and the field."""
    begun = surely_given(subject.events.get(subject.definition.starts_on))
    yield from ((f"on/{number}", begun, one.key) for number, one in enumerate(subject.definition.on) if one.key)
    for node in (one for one in subject.nodes if one.path in ways.before):
        known, handlers = ways.before[node.path], getattr(node.step, "on", ())
        if isinstance(node.step, Wait) and node.step.key is not None:
            yield node.path, known, node.step.key
        yield from ((f"{node.path}/on/{number}", known, one.key) for number, one in enumerate(handlers) if one.key)


def days(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """A field whose day is a term, or is counted from, surely holds a day by then, and is nothing personal."""
    for node in (one for one in subject.nodes if one.path in ways.before):
        for name, known in _days_read(node, ways.before[node.path]):
            kinds = subject.kinds(name, node.path)
            is_a_day = bool(kinds) and all(kind.type == "date" and not kind.personal for kind in kinds)
            if name not in known or not is_a_day:
                yield finding(node.path, "term_field", field=name)


def _days_read(node: Node, known: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    term = getattr(node.step, "within", None)
    if isinstance(term, OnDay):
        yield term.field, known
    actions = node.step.actions if isinstance(node.step, Do) else ()
    for number, one in enumerate(actions):
        if isinstance(one, SetDay) and one.after is not None:
            yield one.after, known | given_by(actions[:number])


def lookups(subject: Subject) -> Iterator[Finding]:
    """Look-ups search a register that exists, by a text that somebody writes; what is read of a row is in it."""
    for node in subject.nodes:
        for one in node.step.actions if isinstance(node.step, Do) else ():
            match one:
                case Lookup(register_name=register, by=by):
                    yield from _searched(subject, node.path, register, by, SEARCHED)
                case Read(register_name=register, key=key, takes=takes):
                    yield from _searched(subject, node.path, register, key, tuple(sorted(REGISTERS)))
                    columns = REGISTERS[register].columns if register in REGISTERS else {name for _, name in takes}
                    missing = [name for _, name in takes if name not in columns]
                    yield from (finding(node.path, "read_column", register=register, field=name) for name in missing)


def _searched(subject: Subject, path: str, register: str, by: str, known: tuple[str, ...]) -> Iterator[Finding]:
    if register not in known:
        yield finding(path, "unknown_register", register=register, known="、".join(known))
    kinds = subject.kinds(by, path)
    if not kinds or any(kind.type != "text" for kind in kinds):
        yield finding(path, "lookup_field", field=by)


def serials(subject: Subject) -> Iterator[Finding]:
    """The field of a serial is a text that nothing else is written to as anything else."""
    for node in subject.nodes:
        actions = node.step.actions if isinstance(node.step, Do) else ()
        for one in (action for action in actions if isinstance(action, Serial)):
            kinds = subject.kinds(one.into, node.path)
            if any(kind.type != "text" or kind.personal or kind.choices is not None for kind in kinds):
                yield finding(node.path, "serial_field", field=one.into)


def emitted(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """An event that the engine emits or plans has every field that its schema requires, with a value that fits."""
    for node in subject.nodes:
        if node.path not in ways.before:
            continue
        known = ways.before[node.path]
        if isinstance(node.step, FollowUp) and node.step.event is not None:
            plain = frozenset(name for name in known if not any(one.personal for one in subject.kinds(name, node.path)))
            yield from _fits(subject, node.path, Emit(event=node.step.event), plain)
        for event in said_by_rungs(node.step):
            yield from _fits(subject, node.path, Emit(event=event), known)
        for number, action in enumerate(node.step.actions if isinstance(node.step, Do) else ()):
            if isinstance(action, Emit) and isinstance(node.step, Do):
                yield from _fits(subject, node.path, action, known | given_by(node.step.actions[:number]))


def withdrawal(subject: Subject) -> Iterator[Finding]:
    """A withdrawal at the desk is said as an event: it can be said at any time, and the workflow hears it."""
    event, definition = subject.definition.withdrawn_by, subject.definition
    if event is None:
        return
    if not any(handler.event == event and handler.mode == "interrupts" for handler in definition.on):
        yield finding("", "withdrawal_unheard", event=event)
    yield from _fits(subject, "", Emit(event=event), surely_given(subject.events.get(definition.starts_on)))


def _fits(subject: Subject, path: str, emit: Emit, known: frozenset[str]) -> Iterator[Finding]:
    event = subject.events.get(emit.event)
    if event is None:
        return
    values, kinds = dict(emit.values), kinds_of(event)
    for name in values.keys() - kinds.keys():
        yield finding(path, "takes_unknown", event=emit.event, field=name)
    for name, wanted in sorted(kinds.items()):
        given = (kind_of_value(values[name]),) if name in values else subject.kinds(name, path)
        if name not in values and name not in known | {event.KEY} and event.model_fields[name].is_required():
            yield finding(path, "emit_misses", event=emit.event, field=name)
        elif not all(_is_allowed(kind, wanted) for kind in given):
            yield finding(path, "emit_value", event=emit.event, field=name)


def _is_allowed(kind: Kind, wanted: Kind) -> bool:
    if "other" in (kind.type, wanted.type):
        return True
    if kind.type != wanted.type:
        return False
    return wanted.choices is None or (kind.choices is not None and kind.choices <= wanted.choices)


def writers(subject: Subject) -> Iterator[Finding]:
    """What runs side by side writes different fields: otherwise the later one wins unseen."""
    beside = [(f"on/{n}", one) for n, one in enumerate(subject.definition.on) if one.mode == "beside"]
    by_path = {node.path: node for node in subject.nodes}
    straight = _all_writes(subject, [node for node in subject.nodes if not node.path.startswith("on/")])
    yield from _twice("", [straight, *(_handler_fields(subject, by_path[path], one) for path, one in beside)])
    for node in subject.nodes:
        bodies = zip(detours(node), getattr(node.step, "on", ()), strict=False)
        aside = [_handler_fields(subject, body, one) for body, one in bodies if one.mode == "beside"]
        match node.step:
            case Parallel() | Race():
                yield from _twice(node.path, [*_side_by_side(subject, node), *aside])
            case Call(over=str()):
                yield from _twice(node.path, _answers(node.step))
            case _ if aside:
                straight = frozenset().union(*(_all_writes(subject, walk(child)) for child in children(node)))
                yield from _twice(node.path, [straight, *aside])


def _side_by_side(subject: Subject, node: Node) -> list[frozenset[str]]:
    """What each part writes: branches, with what follows those that nobody waits for; ways before one has come."""
    if isinstance(node.step, Race):
        return [_all_writes(subject, walk(first)) for first in children(node)[::2] if children(first)]
    branches = [_all_writes(subject, walk(child)) for child in children(node)]
    ignored = isinstance(node.step, Parallel) and node.step.join != Join() and node.step.join.rest == "ignore"
    return [*branches, _all_writes(subject, _after(subject, node))] if ignored else branches


def _after(subject: Subject, node: Node) -> Iterator[Node]:
    """What may run once the step is over: what stands behind it in the sequences around it, or again in a loop."""
    by_path = {one.path: one for one in subject.nodes}
    inner, around = node, by_path.get(node.parent or "")
    while around is not None:
        if isinstance(around.step, Sequence):
            paths = [one.path for one in children(around)]
            behind = paths[paths.index(inner.path) + 1 :] if inner.path in paths else []
            yield from (one for path in behind for one in walk(by_path[path]))
        elif isinstance(around.step, Loop):
            yield from walk(around)
            return
        inner, around = around, by_path.get(around.parent or "")


def _answers(step: Call) -> list[frozenset[str]]:
    """What two sub-cases of one call write, where more than one is heard."""
    if not step.waits or (step.join.of == 1 and step.join.rest == "cancel"):
        return []
    return [frozenset({here for here, _ in step.takes} | ({step.outcome} if step.outcome else set()))] * 2


def _handler_fields(subject: Subject, body: Node, handler: Handler) -> frozenset[str]:
    taken = frozenset(name for name, _ in handler_writes(handler, subject.events))
    return taken | _all_writes(subject, walk(body))


def _all_writes(subject: Subject, nodes: Iterable[Node]) -> frozenset[str]:
    """The fields of the case that these steps write; inside a for-each each element has its own."""
    nodes = tuple(nodes)
    apart = [f"{node.path}/{INNER}" for node in nodes if isinstance(node.step, ForEach)]
    shared = [node for node in nodes if not any(is_within(node.path, scope) for scope in apart)]
    return frozenset(name for node in shared for name, _ in own_writes(node, subject.definition, subject.events))


def _twice(path: str, groups: list[frozenset[str]]) -> Iterator[Finding]:
    counted = Counter(name for group in groups for name in group)
    yield from (finding(path, "two_writers", field=name) for name, n in sorted(counted.items()) if n > 1)
