"""What somebody filled in: checked against what the step asks for, masked, and parted into plain and personal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import ValidationError

from domain.event import DomainEvent
from domain.events import EVENT_TYPES
from domain.fields import is_day
from domain.identifiers import mask_forbidden
from domain.texts import zh
from workflows.language.choices import CHOOSING, choice_of, chooser_of
from workflows.language.words import FormField, Right, ToApplicant
from workflows.machine.asking import where
from workflows.machine.case import JSON, WorkItem
from workflows.machine.choosing import SAID, kept_out, still_asked, wrong_choice
from workflows.machine.decision import Refused
from workflows.machine.fieldrights import form_of, rights_at, writable
from workflows.machine.hearing import Values
from workflows.machine.operations import LONGEST_TEXT
from workflows.machine.seats import Where
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn

UNKNOWN_FIELD: Final = "unknown_field"
CLOSED_FIELD: Final = "closed_field"


class BadForm(ValueError):  # noqa: N818  # an answer to the person who filled it in, not a mistake in the program
    """A field must not be there, is missing, or has a value that does not fit."""

    def __init__(self, code: str, message: str, name: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = f"form/{name}"


def filled(turn: Turn, act: Act, item: WorkItem) -> Values:
    """The plain and personal values of an act's form; an agreement and a completion need every required field.

    Where people are chosen, who chose them is a value beside.

    Raises:
        BadForm: naming the first field that is wrong.
    """
    supplement = turn.supplement_at(item.path)
    if supplement is not None:
        return _supplement(turn, act, supplement)
    return _form(turn, act, item)


def refuse_form(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Refuse an act whose form holds what it must not hold, where nothing of it would be written."""
    try:
        filled(turn, act, item)
    except BadForm as bad:
        return Refused(422, bad.code, bad.message, field=bad.field)
    return None


def _form(turn: Turn, act: Act, item: WorkItem) -> Values:
    form, rights = form_of(turn.definition, item.form), rights_at(turn.definition, item.path)
    here = where(turn, item.path)
    known = still_asked(turn.definition, writable(form, rights), here)
    _refuse_closed(act.form, [] if form is None else [one.name for one in form.fields], known, rights)
    asked = known if act.verb in ("agree", "complete") else act.form
    for name in asked:
        if not _fits(known[name], act.form.get(name)):
            raise _bad_value(name)
        _refuse_choice(turn, known[name], act.form.get(name), here)
    values = {name: _masked(value) for name, value in act.form.items()} | _choosers(act, known)
    return _parted(values, personal={name for name, one in known.items() if one.personal})


def _refuse_choice(turn: Turn, wanted: FormField, value: JSON, here: Where) -> None:
    choice = choice_of(wanted)
    if choice is None or value is None:
        return
    wrong = wrong_choice(choice, value, here, kept_out(turn.definition, wanted.name, here))
    if wrong is not None:
        raise BadForm("bad_choice", SAID[wrong], wanted.name)


def _choosers(act: Act, known: Mapping[str, FormField]) -> dict[str, JSON]:
    """Who chose, beside whom (approvals.md §1, 自选): nobody where the choice is given up."""
    chosen = (name for name in act.form if known[name].type in CHOOSING)
    return {chooser_of(name): act.actor if act.form[name] else None for name in chosen}


def _refuse_closed(
    form: Mapping[str, JSON], fields: Iterable[str], known: Mapping[str, FormField], rights: Mapping[str, Right]
) -> None:
    """Nothing may be sent for a field that the form has not, or that the step only shows or hides (approvals.md A6)."""
    _refuse_unknown(form, {*fields, *rights})
    for name in form:
        if name not in known:
            raise BadForm(CLOSED_FIELD, zh("本环节不能填写这一字段"), name)


def _fits(wanted: FormField, value: JSON) -> bool:
    if value is None:
        return not wanted.required
    match wanted.type:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "choice":
            return isinstance(value, str) and value in wanted.choices
        case "several":
            return (
                isinstance(value, list) and _are_some_of(value, wanted.choices) and bool(value or not wanted.required)
            )
        case "date":
            return isinstance(value, str) and is_day(value)
        case "person":
            return isinstance(value, str) and bool(value)
        case "people":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case "text":
            return isinstance(value, str) and 0 < len(value) <= (wanted.longest or LONGEST_TEXT)


def _are_some_of(values: list[JSON], choices: tuple[str, ...]) -> bool:
    """Each one of the choices, and none twice."""
    return all(value in choices for value in values) and len(set(values)) == len(values)


# -- supplements -------------------------------------------------------------------------------------------


def _supplement(turn: Turn, act: Act, asked: ToApplicant) -> Values:
    """A supplement says what the event that may answer it would say, so that event's schema is its form."""
    _refuse_unknown(act.form, asked.takes)
    schema = EVENT_TYPES.get(asked.answered_by or "")
    if schema is None:
        return _unschooled(turn, act.form)
    event = _as_event(schema, turn.head.key, act.form)
    return _taken(event.plain(), asked.takes), _taken(event.personal(), asked.takes)


def _as_event(schema: type[DomainEvent], key: str, form: Mapping[str, JSON]) -> DomainEvent:
    try:
        return schema.model_validate({**form, schema.KEY: key})
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False)[0]["loc"]
        raise _bad_value(str(place[0]) if place else "") from error


def _taken(values: Mapping[str, JSON], takes: tuple[str, ...]) -> dict[str, JSON]:
    return {name: value for name, value in values.items() if name in takes}


def _unschooled(turn: Turn, form: Mapping[str, JSON]) -> Values:
    """Without a schema, what an applicant adds is personal unless the field already stands among the plain ones."""
    for name, value in form.items():
        if not _is_simple(value):
            raise _bad_value(name)
    values = {name: _masked(value) for name, value in form.items()}
    return _parted(values, personal=set(form) - set(turn.head.fields) if turn.head.person is not None else set())


def _is_simple(value: JSON) -> bool:
    if isinstance(value, list):
        return all(isinstance(part, str) and len(part) <= LONGEST_TEXT for part in value)
    return isinstance(value, bool | int) or (isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT)


# -- both --------------------------------------------------------------------------------------------------


def _refuse_unknown(form: Mapping[str, JSON], known: Iterable[str]) -> None:
    allowed = set(known)
    for name in form:
        if name not in allowed:
            raise BadForm(UNKNOWN_FIELD, zh("表单没有这一字段"), name)


def _bad_value(name: str) -> BadForm:
    return BadForm("bad_value", zh("字段缺少或取值不符合要求"), name)


def _masked(value: JSON) -> JSON:
    """Nobody may leave an id number or a bank card in a text (domain.md §4.2)."""
    if isinstance(value, list):
        return [_masked(part) for part in value]
    return mask_forbidden(value) if isinstance(value, str) else value


def _parted(values: Mapping[str, JSON], personal: set[str]) -> Values:
    plain = {name: value for name, value in values.items() if name not in personal}
    return plain, {name: value for name, value in values.items() if name in personal}
