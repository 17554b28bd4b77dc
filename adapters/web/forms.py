"""What somebody may do with an item, as forms: the verbs offered, and the fields of the step, with their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from adapters.doors.admission import said as said_of_field
from adapters.explaining import Saying, verb_title
from adapters.texts import _
from domain.events import EVENT_TYPES
from workflows.language.words import Approve, CarryOut, Form, FormField, ToApplicant, Workflow
from workflows.machine.answering import verbs_offered
from workflows.machine.case import JSON, WorkItem
from workflows.machine.nodes import index
from workflows.machine.turn import step_path
from workflows.policy import Viewer
from workflows.reads import CaseView

PREFIX = "field."


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that may be chosen, and what it is called."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `kind` is text, number, boolean, choice or several."""

    name: str
    label: str
    kind: str
    required: bool
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """A button: what it does, and what it asks for first."""

    name: str
    title: str
    fields: tuple[Field, ...] = ()
    reasons: tuple[Choice, ...] = ()
    opinion: bool = True
    weighty: bool = False


@dataclass(frozen=True, slots=True)
class Doable:
    """An open item that the viewer holds, with its verbs."""

    item: WorkItem
    step: str
    verbs: tuple[Verb, ...]


class WrongForm(Exception):  # noqa: N818  # said to the person who filled the form in
    """A field is missing or wrong: `field` names it."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        self.detail = detail
        super().__init__(detail)


def doables(view: CaseView, viewer: Viewer, said: Saying) -> tuple[Doable, ...]:
    """The open items of the case that the viewer may act on now."""
    if "act" not in viewer.scopes or view.head.quarantine is not None:
        return ()
    held = [item for item in view.items if item.closed_at is None and _holds(view, item, viewer)]
    return tuple(Doable(item, said.step(item.path), _verbs(item, said)) for item in held)


def _holds(view: CaseView, item: WorkItem, viewer: Viewer) -> bool:
    return any(one.who in viewer.principals for one in view.holders.get(item.id, ()))


def may_withdraw(view: CaseView, viewer: Viewer) -> bool:
    """Whether the viewer sent the application and may take it back."""
    own = {f"person:{view.head.person}", f"department:{view.head.department}"}
    running = view.head.state.value == "running" and view.head.quarantine is None
    return running and "act" in viewer.scopes and not own.isdisjoint(viewer.principals)


def asking_step(definition: Workflow, item: WorkItem) -> Approve | CarryOut | ToApplicant:
    """The step that opened the item."""
    path = step_path(item.path)
    step = index(definition)[path.removesuffix("/supplement")].step
    if isinstance(step, Approve) and step.on_return is not None and item.kind == "supplement":
        return step.on_return
    if not isinstance(step, Approve | CarryOut):
        message = f"item {item.id}: step '{path}' of workflow '{definition.name}' asks nobody"
        raise TypeError(message)
    return step


def _verbs(item: WorkItem, said: Saying) -> tuple[Verb, ...]:
    step = asking_step(said.definition, item)
    return tuple(_verb(name, step, said) for name in verbs_offered(step, item))


def _verb(name: str, step: Approve | CarryOut | ToApplicant, said: Saying) -> Verb:
    fields = _fields(step, said) if name in {"agree", "complete"} else ()
    given = step.reasons if isinstance(step, Approve) and name == "reject" else ()
    titles, language = said.names.titles, said.names.language
    reasons = tuple(Choice(one, titles.reason(one, language)) for one in given)
    opinion = not isinstance(step, ToApplicant)
    return Verb(name, verb_title(name), fields, reasons, opinion=opinion, weighty=name == "reject")


def _fields(step: Approve | CarryOut | ToApplicant, said: Saying) -> tuple[Field, ...]:
    if isinstance(step, ToApplicant):
        return tuple(_taken(name, step, said) for name in step.takes if name in _properties(step))
    form = form_named(said.definition, step.form)
    return () if form is None else tuple(_field(one, said) for one in form.fields)


def form_named(definition: Workflow, name: str | None) -> Form | None:
    """The form of the definition with this name."""
    return next((form for form in definition.forms if form.name == name), None)


def _field(wanted: FormField, said: Saying) -> Field:
    kind = {"text": "text", "integer": "number", "boolean": "boolean", "choice": "choice"}[wanted.type]
    return Field(
        wanted.name, _label(wanted.name, said), kind, wanted.required, _choices(wanted.name, wanted.choices, said)
    )


def _label(name: str, said: Saying) -> str:
    return said.names.titles.label(name, said.names.language)


def _choices(name: str, values: Iterable[Any], said: Saying) -> tuple[Choice, ...]:
    titles, language = said.names.titles, said.names.language
    return tuple(Choice(str(value), titles.choice(name, str(value), language)) for value in values)


# -- supplements: the kinds of field come from the event that would answer as well -------------------------


def _properties(step: ToApplicant) -> Mapping[str, Any]:
    event = EVENT_TYPES.get(step.answered_by or "")
    return {} if event is None else event.model_json_schema()["properties"]


def _taken(name: str, step: ToApplicant, said: Saying) -> Field:
    schema = _properties(step)[name]
    kinds = [schema, *schema.get("anyOf", ())]
    if any(one.get("type") == "boolean" for one in kinds):
        return Field(name, _label(name, said), "boolean", required=False)
    items = next((one["items"] for one in kinds if "items" in one), None)
    if items is not None:
        choices = _choices(name, items.get("enum", ()), said)
        return Field(name, _label(name, said), "several", required=False, choices=choices)
    values = next((one["enum"] for one in kinds if "enum" in one), _titled_values(name, said))
    kind = "choice" if values else "text"
    return Field(name, _label(name, said), kind, required=False, choices=_choices(name, values, said))


def _titled_values(name: str, said: Saying) -> list[str]:
    """The values that the titles name for a field, such as the towns of the roster."""
    return [value for field, _dot, value in (one.partition(".") for one in said.names.titles.choices) if field == name]


def filled(form: FormData, view: CaseView, item: WorkItem, verb: Verb, definition: Workflow) -> dict[str, JSON]:
    """The values of the step's fields as a person filled them in.

    Raises:
        WrongForm: naming the field that is missing or wrong.
    """
    values = {one.name: value for one in verb.fields if (value := _value(form, one)) is not None}
    step = asking_step(definition, item)
    if isinstance(step, ToApplicant):
        if not values:
            raise WrongForm("", _("请至少填写一项补正内容"))
        return _checked(step, view, values)
    return values


def _value(form: FormData, wanted: Field) -> JSON:
    name = PREFIX + wanted.name
    if wanted.kind == "several":
        return [str(one) for one in form.getlist(name)] or None
    text = str(form.get(name, "")).strip()
    if not text:
        return None
    if wanted.kind == "boolean":
        return text == "yes"
    if wanted.kind == "number":
        if not text.lstrip("-").isdigit():
            raise WrongForm(wanted.name, _("“%(field)s”应填写整数", field=wanted.label))
        return int(text)
    return text


def _checked(step: ToApplicant, view: CaseView, values: Mapping[str, JSON]) -> dict[str, JSON]:
    """The values as the answering event would carry them: numbers and codes in their normal form."""
    event = EVENT_TYPES[step.answered_by or ""]
    try:
        made = event.model_validate({event.KEY: view.head.key, **values})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise WrongForm(str(first["loc"][0]) if first["loc"] else "", said_of_field(first)) from None
    return {name: value for name, value in made.model_dump(mode="json", exclude_none=True).items() if name in values}
