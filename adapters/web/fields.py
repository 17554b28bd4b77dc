"""The fields of a form that a person fills in: what they are called, what they take, and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from starlette.datastructures import FormData

from adapters.choosing import (
    Candidate,
    by_department,
    candidates,
    chosen_before,
    fields_asked_now,
    looked_at,
    who_may_be,
)
from adapters.explaining import Saying
from adapters.texts import _
from adapters.titles import Names
from domain.events import EVENT_TYPES
from domain.roster import post_of
from domain.texts import zh
from workflows.language.choices import CHOOSING
from workflows.language.words import Approve, CarryOut, FormField, ToApplicant, Vote, Workflow
from workflows.machine.case import JSON, WorkItem
from workflows.machine.confirming import is_proposal
from workflows.machine.nodes import index
from workflows.machine.operations import Asked, Operation
from workflows.machine.seats import Where
from workflows.machine.turn import step_path
from workflows.reads import CaseView

Kind = Literal["line", "words", "number", "day", "boolean", "choice", "entry", "several", "people", "picture"]

FORM: Final = "form."
"""Before the name of a field of the step's form."""
ASKED: Final = "asked."
"""Before the name of a field that the operation itself asks for."""

_FORM_KINDS: Final[Mapping[str, Kind]] = {
    "text": "line",
    "integer": "number",
    "boolean": "boolean",
    "date": "day",
    "choice": "choice",
    "several": "several",
    "person": "choice",
    "people": "people",
}
_CHOICES: Final[Mapping[str, str]] = {
    "normal": zh("平"),
    "urgent": zh("加急"),
    "most_urgent": zh("特急"),
    "instructed": zh("上级交办"),
    "term": zh("法定时限临近"),
    "safety": zh("涉及安全"),
    "emergency": zh("突发情况"),
    "other": zh("其他"),
    "step": zh("逐级重走"),
    "jump": zh("直接回到退回的环节"),
    "before": zh("前加签：先由加签人办理"),
    "after": zh("后加签：您办理后由加签人办理"),
    "parallel": zh("并加签：与您同时办理"),
    "agree": zh("同意"),
    "reject": zh("不同意"),
    "abstain": zh("弃权"),
    "all": zh("全部同意"),
    "any": zh("任一人决定"),
    "sequence": zh("依次办理"),
    "everybody": zh("看得到办件的人"),
    "officers": zh("仅办理人员（申请人看不到）"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that may be chosen, and what it is called; choices of one `group` stand together."""

    value: str
    title: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; `name` is also what the browser sends it as.

    Where people are chosen, `hint` says whom and how many, `before` are those who stand there already, and at least
    `least` are wanted.
    """

    name: str
    label: str
    kind: Kind
    required: bool
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    before: tuple[str, ...] = ()
    least: int = 1


class WrongForm(Exception):  # noqa: N818  # said to the person who filled the form in
    """A field is missing or wrong: `field` is its name, empty where it is none in particular."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        self.detail = detail
        super().__init__(detail)


def asking_step(definition: Workflow, item: WorkItem) -> Approve | CarryOut | Vote | ToApplicant | None:
    """The step that opened the item; None for a proposal, which stands at no step.

    Raises:
        TypeError: the step asks nobody, so no item of it can be.
    """
    if is_proposal(item.path):
        return None
    path = step_path(item.path)
    step = index(definition)[path.removesuffix("/supplement")].step
    if isinstance(step, Approve) and step.on_return is not None and item.kind == "supplement":
        return step.on_return
    if not isinstance(step, Approve | CarryOut | Vote):
        message = f"item {item.id}: step '{path}' of workflow '{definition.name}' asks nobody"
        raise TypeError(message)
    return step


# -- what the step asks for --------------------------------------------------------------------------------


def fields_of_step(view: CaseView, item: WorkItem, said: Saying) -> tuple[Field, ...]:
    """The fields of the form that goes with an item; of a supplement the fields that it may correct."""
    step = asking_step(said.definition, item)
    if isinstance(step, ToApplicant):
        return tuple(_taken(name, step, said) for name in step.takes if name in _properties(step))
    here = looked_at(view, item, said)
    return tuple(_field(one, said, here) for one in fields_asked_now(item, said, here).values())


def _field(wanted: FormField, said: Saying, here: Where) -> Field:
    choices = _choices(wanted.name, wanted.choices, said)
    found = Field(FORM + wanted.name, _label(wanted.name, said), _FORM_KINDS[wanted.type], wanted.required, choices)
    return found if wanted.type not in CHOOSING else _choosing(wanted, found, said, here)


def _choosing(wanted: FormField, found: Field, said: Saying, here: Where) -> Field:
    return replace(
        found,
        choices=_people(candidates(wanted, said, here)),
        hint=who_may_be(wanted, said),
        before=chosen_before(wanted, here),
        least=wanted.at_least,
    )


def _label(name: str, said: Saying) -> str:
    return said.names.titles.label(name, said.names.language)


def _choices(name: str, values: Iterable[Any], said: Saying) -> tuple[Choice, ...]:
    titles, language = said.names.titles, said.names.language
    return tuple(Choice(str(value), titles.choice(name, str(value), language)) for value in values)


def _properties(step: ToApplicant) -> Mapping[str, Any]:
    """The kinds of the fields of a supplement come from the event that would answer as well."""
    event = EVENT_TYPES.get(step.answered_by or "")
    return {} if event is None else event.model_json_schema()["properties"]


def _taken(name: str, step: ToApplicant, said: Saying) -> Field:
    schema = _properties(step)[name]
    kinds = [schema, *schema.get("anyOf", ())]
    found = Field(FORM + name, _label(name, said), "line", required=False)
    if any(one.get("type") == "boolean" for one in kinds):
        return replace(found, kind="boolean")
    items = next((one["items"] for one in kinds if "items" in one), None)
    if items is not None:
        return replace(found, kind="several", choices=_choices(name, items.get("enum", ()), said))
    values = next((one["enum"] for one in kinds if "enum" in one), _titled_values(name, said))
    return replace(found, kind="choice" if values else "line", choices=_choices(name, values, said))


def _titled_values(name: str, said: Saying) -> list[str]:
    """The values that the titles name for a field, such as the towns of the roster."""
    return [value for field, _dot, value in (one.partition(".") for one in said.names.titles.choices) if field == name]


# -- what the operation asks for ---------------------------------------------------------------------------


def fields_asked(
    operation: Operation, view: CaseView, said: Saying, item: WorkItem | None = None, beside: tuple[Choice, ...] = ()
) -> tuple[Field, ...]:
    """The fields that an operation itself asks for, on an item or on the whole case; `beside` are its files and comments."""
    # From an item the case goes back to where it was; what steers a whole case may lead anywhere.
    steps = _steps_of(said) if item is None else _steps_seen(view, said)
    added = beside if item is None else _added_to(item, view, said)
    return tuple(_field_asked(one, said, steps, added) for one in operation.asks)


def _field_asked(asked: Asked, said: Saying, steps: tuple[Choice, ...], added: tuple[Choice, ...]) -> Field:
    found = Field(ASKED + asked.name, _(asked.title), "line", asked.required)
    match asked.kind:
        case "user":
            return replace(found, kind="choice", choices=officers(said.names))
        case "users":
            return replace(found, kind="people", choices=officers(said.names))
        case "step":
            return replace(found, kind="choice", choices=steps)
        case "item" | "attachment":
            return replace(found, kind="choice", choices=added)
        case "comment":
            return replace(found, kind="entry", choices=added)
        case "choice":
            return replace(found, kind="choice", choices=tuple(_named(one) for one in asked.choices))
        case "text":
            return replace(found, kind="words")
        case "signature":
            return replace(found, hint=_("填写您本人在名册上的账号，即为签名；代办时也签本人的。"))
        case "day" | "number" | "picture":
            return replace(found, kind=asked.kind)


def _named(value: str) -> Choice:
    return Choice(value, _(_CHOICES[value]) if value in _CHOICES else value)


def officers(names: Names) -> tuple[Choice, ...]:
    """Every officer on the roster of the day by department: post and user, as nobody is asked for by name."""
    roster, day = names.roster, names.day
    users = dict.fromkeys(one.user for one in roster.appointments if post_of(roster, one.user, day) is not None)
    return _people(by_department(names, users))


def _people(found: Iterable[Candidate]) -> tuple[Choice, ...]:
    return tuple(Choice(one.user, f"{one.post} {one.user}", one.department_title) for one in found)


def _steps_seen(view: CaseView, said: Saying) -> tuple[Choice, ...]:
    """The human steps that the case has come through, each once, in their order."""
    paths = dict.fromkeys(one.path for one in view.items if not one.path.endswith("/supplement"))
    return tuple(Choice(path, said.step(path)) for path in paths)


def _steps_of(said: Saying) -> tuple[Choice, ...]:
    """Every step of the workflow that asks somebody."""
    asking = (path for path, node in index(said.definition).items() if isinstance(node.step, Approve | CarryOut | Vote))
    return tuple(Choice(path, said.step(path)) for path in asking)


def _added_to(item: WorkItem, view: CaseView, said: Saying) -> tuple[Choice, ...]:
    """The open items that were added to an item."""
    found = [one for one in view.items if one.closed_at is None and one.parent == item.id]
    return tuple(Choice(one.id, said.names.all(tuple(who.who for who in view.holders[one.id]))) for one in found)


# -- what came back ----------------------------------------------------------------------------------------


def values_of(form: FormData, fields: Iterable[Field], prefix: str) -> dict[str, JSON]:
    """The values that were filled in for those fields whose name begins with `prefix`, without it.

    Raises:
        WrongForm: naming the field that is missing or cannot be read.
    """
    found: dict[str, JSON] = {}
    for one in fields:
        value = _value(form, one)
        if value is None and one.required:
            raise WrongForm(one.name, _("请填写“%(field)s”", field=one.label))
        if value is not None and one.name.startswith(prefix):
            found[one.name.removeprefix(prefix)] = value
    return found


def _value(form: FormData, wanted: Field) -> JSON:
    if wanted.kind == "picture":
        return None  # a file, which is staged before (`attachments.taken`)
    if wanted.kind in {"several", "people"}:
        return [str(one) for one in form.getlist(wanted.name)] or None
    text = str(form.get(wanted.name, "")).strip()
    if not text:
        return None
    match wanted.kind:
        case "boolean":
            return text == "yes"
        case "number" | "entry":
            return _number(wanted, text)
        case "day":
            return _day(wanted, text)
        case _:
            return text


def _number(wanted: Field, text: str) -> int:
    if not text.lstrip("-").isdecimal():
        raise WrongForm(wanted.name, _("“%(field)s”应填写整数", field=wanted.label))
    return int(text)


def _day(wanted: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise WrongForm(wanted.name, _("“%(field)s”应填写日期", field=wanted.label)) from None
