"""Whom somebody chooses is chosen in time, and only people whom the step that asks them takes (自选)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.language.choices import CHOOSING, choice_of, chooser_of
from workflows.language.findings import Finding, finding
from workflows.language.people import Part, parts
from workflows.language.rules.people import holders, is_plain_text, names_somebody
from workflows.language.rules.subject import Kind, Subject, kinds_of
from workflows.language.rules.ways import Known, Ways, given_when
from workflows.language.words import (
    MOST_CHOSEN,
    Approve,
    CarryOut,
    Chosen,
    Depending,
    FormField,
    Message,
    NamedIn,
    RoleHolders,
    Step,
)


def choices(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """Every choice can be made, and every step that asks the chosen is reached after it, with people it takes."""
    for form in subject.definition.forms:
        for field in form.fields:
            yield from _field(subject, f"forms/{form.name}", field)
    yield from _scopes(subject)
    for node in (one for one in subject.nodes if one.path in ways.before):
        for asked, known in _asked(node.step, ways.before[node.path]):
            if isinstance(asked, Chosen | NamedIn):
                yield from _asking(subject, node.path, asked)
                yield from _late(subject, node.path, asked, known)


# -- where people are chosen -------------------------------------------------------------------------------


def _field(subject: Subject, place: str, field: FormField) -> Iterator[Finding]:
    if not _is_set_right(field):
        yield finding(place, "choosing_field", field=field.name)
    choice = choice_of(field)
    if choice is None:
        return
    yield from _can_be_made(subject, place, choice)
    chooser = chooser_of(field.name)
    if len(subject.written.get(chooser, ())) > len([one for one in _written(subject, field.name) if one.chosen]):
        yield finding(place, "chooser_field", field=chooser)


def _is_set_right(field: FormField) -> bool:
    counts = (field.at_least, field.at_most) != (1, MOST_CHOSEN)
    match field.type:
        case "people":
            return not field.personal
        case "person":
            return not (counts or field.personal)
        case _:
            return not (counts or field.once) and field.among is None


def _can_be_made(subject: Subject, place: str, choice: Chosen) -> Iterator[Finding]:
    """The numbers fit, and on the present roster there are enough people to choose from."""
    if choice.at_least > choice.at_most:
        yield finding(place, "chosen_range", least=choice.at_least, most=choice.at_most)
    if subject.roster is not None and isinstance(choice.among, RoleHolders):
        found = len(holders(subject, subject.roster, choice.among.name))
        if found < choice.at_least:
            yield finding(place, "too_few", role=choice.among.name, people=found, seats=choice.at_least)


def _scopes(subject: Subject) -> Iterator[Finding]:
    """A role that people are chosen among has a scope that the step which asks for the choice can read."""
    for node in subject.nodes:
        form = subject.form(node.step.form) if isinstance(node.step, Approve | CarryOut) else None
        found = (one.among for one in (form.fields if form is not None else ()) if one.type in CHOOSING)
        for among in found:
            scope = among.of if isinstance(among, RoleHolders) else None
            if scope is not None and not is_plain_text(subject.kinds(scope, node.path)):
                yield finding(node.path, "scope_field", field=scope)


# -- where the chosen are asked ----------------------------------------------------------------------------


def _asked(step: Step, known: Known) -> Iterator[tuple[Part, Known]]:
    """Whom a step asks, each with the fields that surely have a value where it is asked."""
    who = step.to if isinstance(step, Message) else getattr(step, "by", None)
    if isinstance(who, Depending):
        yield from ((one.ask, known | given_when(one.when)) for one in who.cases)
        yield who.otherwise, known
    elif who is not None:
        yield from ((part, known) for part in parts(who))


def _asking(subject: Subject, path: str, asked: Chosen | NamedIn) -> Iterator[Finding]:
    kinds = subject.kinds(asked.field, path)
    if isinstance(asked, NamedIn):
        if asked.names != "user" and any(one.chosen for one in kinds):
            yield finding(path, "named_field", field=asked.field)
        return
    yield from _can_be_made(subject, path, asked)
    if not _is_chosen(subject, asked.field, kinds):
        yield finding(path, "chosen_field", field=asked.field)
    elif not all(one.chosen is None or _is_within(one.chosen, asked) for one in kinds):
        yield finding(path, "chosen_wider", field=asked.field)


def _is_chosen(subject: Subject, field: str, kinds: Iterable[Kind]) -> bool:
    """Whether somebody chooses all that the field may hold: the initiator in a list, or whoever fills in a form."""
    begun = kinds_of(subject.events.get(subject.definition.starts_on)).get(field)
    others = [one for one in kinds if one.chosen is None]
    return (
        names_somebody(kinds) and others == ([] if begun is None else [begun]) and (not begun or begun.type == "list")
    )


def _is_within(offered: Chosen, wanted: Chosen) -> bool:
    fits = wanted.at_least <= offered.at_least and offered.at_most <= wanted.at_most
    return fits and wanted.among in (None, offered.among)


def _late(subject: Subject, path: str, asked: Chosen | NamedIn, known: Known) -> Iterator[Finding]:
    """What the initiator may choose, the door asks for; what a form asks for must have been given before."""
    begun = kinds_of(subject.events.get(subject.definition.starts_on))
    is_chosen = any(one.chosen for one in _written(subject, asked.field))
    if is_chosen and asked.field not in begun and asked.field not in known:
        yield finding(path, "chosen_late", field=asked.field)


def _written(subject: Subject, field: str) -> list[Kind]:
    return [one.kind for one in subject.written.get(field, ())]
