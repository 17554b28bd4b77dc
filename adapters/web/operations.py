"""What somebody may do now, as forms: the operations of the machine, each with what it asks for and what it would do.

Whether an operation is offered, and which choices it leaves, the machine says (`machine/offering.py`): a verb that is
added to its table appears on the pages by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import ValidationError
from starlette.datastructures import FormData

from adapters.doors.admission import said as said_of_field
from adapters.doors.http.office import Office
from adapters.explaining import Saying
from adapters.offering import asking, refused_now
from adapters.texts import _
from adapters.web.fields import (
    ASKED,
    FORM,
    Choice,
    Field,
    WrongForm,
    asking_step,
    fields_asked,
    fields_of_step,
    values_of,
)
from adapters.web.foreseeing import foreseen
from domain.events import EVENT_TYPES
from workflows.language.words import Approve, ToApplicant
from workflows.machine.case import JSON, ItemState, WorkItem
from workflows.machine.nodes import index, step_path
from workflows.machine.offering import Offered
from workflows.machine.operations import PICTURE, SIGNATURE, TO_APPLICANT, Operation
from workflows.moves.offering import offers
from workflows.policy import Viewer
from workflows.reads import CaseView

OPINION: Final = "opinion"
REASON: Final = "reason"
_ANSWERS: Final = frozenset({"agree", "reject", "return", "abstain", "complete", "answer", "cast"})
"""The verbs that answer what an item asks; every other hands it on, or says something about it."""
_MANY: Final = frozenset({"several", "people"})
_CHOOSE_PEOPLE: Final = frozenset({"choice", "people"})
_OF_A_SIGNATURE: Final = frozenset({SIGNATURE, PICTURE})
_GOES_ON: Final = frozenset({"agree", "complete"})
"""The verbs that the step's form goes with, and the button that stands out."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: the operation, the fields of its form, and what it would do, in a sentence where that is known.

    `depends` tells that what it would do depends on what is chosen first.
    """

    verb: str
    title: str
    fields: tuple[Field, ...] = ()
    weighty: bool = False
    first: bool = False
    foreseen: str = ""
    takes_files: bool = False
    depends: bool = False

    @property
    def looks_first(self) -> bool:
        """Whether it cannot be undone and what it would do is known only when something is chosen: then that is told first."""
        return self.weighty and self.depends

    @property
    def is_answer(self) -> bool:
        """Whether it answers what the step asks; else it hands the item on, or says something about it."""
        return self.verb in _ANSWERS


@dataclass(frozen=True, slots=True)
class Menu:
    """The buttons that there are, and the verbs that there are not now, by why not."""

    offers: tuple[Offer, ...] = ()
    refused: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled into the form of an offer."""

    form: dict[str, JSON]
    fields: dict[str, JSON]
    opinion: str
    reason: str | None


def open_items(view: CaseView, viewer: Viewer) -> tuple[WorkItem, ...]:
    """The open items of the case that the viewer may act on now."""
    if "act" not in viewer.scopes or view.head.quarantine is not None or view.head.gate is not None:
        return ()
    return tuple(one for one in view.items if _waits_for(view, one, viewer))


def _waits_for(view: CaseView, item: WorkItem, viewer: Viewer) -> bool:
    free = item.claimed_by in {None, viewer.user}
    return item.state is ItemState.OPEN and free and holds(view, item, viewer)


def holds(view: CaseView, item: WorkItem, viewer: Viewer) -> bool:
    """Whether the viewer holds an item."""
    return any(one.who in viewer.principals for one in view.holders.get(item.id, ()))


# -- what is offered ---------------------------------------------------------------------------------------


def menu_of(  # what a menu is looked at with
    office: Office,
    view: CaseView,
    item: WorkItem | None,
    viewer: Viewer,
    said: Saying,
    beside: tuple[Choice, ...] = (),
) -> Menu:
    """The operations on an item, or on the whole case, that the machine allows the viewer now; answers to it first.

    `beside` are the files and comments of the case, with what they are called.
    """
    if "act" not in viewer.scopes:
        return Menu()
    [found] = offers(office.engine, [asking(view, item, viewer)])
    in_order = sorted(found, key=lambda one: one.operation.verb not in _ANSWERS)
    return Menu(
        tuple(offer_of(one, view, item, said, beside) for one in in_order if one.is_open),
        refused_now(found, said),
    )


def offer_of(
    one: Offered, view: CaseView, item: WorkItem | None, said: Saying, beside: tuple[Choice, ...] = ()
) -> Offer:
    """The button of an operation that the machine would carry out; `beside` are the files and comments of the case."""
    operation = one.operation
    fields = tuple(_fields(one, view, item, said, beside))
    # Where something, or somebody, has to be chosen first, what follows depends on it.
    unknown = one.fields.keys() - _OF_A_SIGNATURE or one.follows is None or _chooses_people(fields)
    told = "" if unknown or one.follows is None else foreseen(one.follows, said) or _still_waiting(operation)
    return Offer(
        operation.verb,
        _(operation.title),
        fields,
        operation.weighty,
        operation.verb in _GOES_ON,
        told,
        takes_files=operation.opinion != "none",
        depends=operation.chooses,
    )


def _chooses_people(fields: Iterable[Field]) -> bool:
    """Whether it lies with the choice of people who is asked next; the hint beside the field says so."""
    return any(one.required and one.hint and one.kind in _CHOOSE_PEOPLE for one in fields)


def _still_waiting(operation: Operation) -> str:
    """An answer after which nothing moves: the others are asked as well."""
    return _("还要等其他办理人，办件暂不前进。") if operation.verb in _ANSWERS else ""


# -- what is asked for -------------------------------------------------------------------------------------


def _fields(
    one: Offered, view: CaseView, item: WorkItem | None, said: Saying, beside: tuple[Choice, ...]
) -> Iterator[Field]:
    step = None if item is None else asking_step(said.definition, item)
    if item is not None and one.operation.verb in _GOES_ON:
        yield from fields_of_step(view, item, said)
    if one.reason is not None and isinstance(step, Approve):
        titles, language = said.names.titles, said.names.language
        choices = tuple(Choice(reason, titles.reason(reason, language)) for reason in step.reasons)
        yield Field(REASON, _("原因"), "choice", required=True, choices=choices)
    found = fields_asked(one.operation, view, said, item, beside)
    asked = [each for field in found for each in _narrowed(field, one, view, said)]
    # A long list of people that nobody has to choose from stands below the words.
    yield from (each for each in asked if each.required or each.kind not in _MANY)
    if one.words != "none" and not (isinstance(step, ToApplicant) and one.operation.verb == "complete"):
        yield Field(OPINION, _("意见"), "words", required=one.words == "needed")
    yield from (each for each in asked if not each.required and each.kind in _MANY)


def _narrowed(asked: Field, one: Offered, view: CaseView, said: Saying) -> Iterator[Field]:
    """A field with the choices that the machine would take; none where there is nothing to choose."""
    name = asked.name.removeprefix(ASKED)
    if name in _OF_A_SIGNATURE:
        if SIGNATURE in one.fields:
            yield replace(asked, required=name == SIGNATURE)
        return
    values = one.choices.get(name)
    if values is None:
        allowed = one.people.get(name)
        people = (choice for choice in asked.choices if allowed is None or choice.value in allowed)
        yield replace(asked, choices=tuple(people))
        return
    if name not in one.fields and len(values) <= 1:
        return
    known = {choice.value: choice.title for choice in asked.choices}
    choices = (Choice(str(value), known.get(str(value)) or _named(str(value), view, said)) for value in values)
    yield replace(asked, required=name in one.fields, choices=tuple(choices))


def _named(value: str, view: CaseView, said: Saying) -> str:
    """What a place to go to is called, or who holds an item."""
    if value == TO_APPLICANT:
        return _("申请人（补正）")
    if value in view.holders:
        return said.names.all(tuple(one.who for one in view.holders[value]))
    return said.step(value) if step_path(value) in index(said.definition) else value


# -- what came back ----------------------------------------------------------------------------------------


def filled(form: FormData, offer: Offer, view: CaseView, item: WorkItem | None, said: Saying) -> Filled:
    """What a person filled into the form of an offer.

    Raises:
        WrongForm: naming the field that is missing or wrong.
    """
    of_step = values_of(form, offer.fields, FORM)
    step = None if item is None else asking_step(said.definition, item)
    if isinstance(step, ToApplicant) and offer.verb == "complete":
        of_step = _checked_supplement(step, view, of_step)
    words = values_of(form, offer.fields, "")
    return Filled(of_step, values_of(form, offer.fields, ASKED), str(words.get(OPINION, "")), words.get(REASON))


def _checked_supplement(step: ToApplicant, view: CaseView, values: dict[str, JSON]) -> dict[str, JSON]:
    """The values as the answering event would carry them: numbers and codes in their normal form."""
    if not values:
        raise WrongForm("", _("请至少填写一项补正内容"))
    event = EVENT_TYPES[step.answered_by or ""]
    try:
        made = event.model_validate({event.KEY: view.head.key, **values})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise WrongForm(FORM + str(first["loc"][0]) if first["loc"] else "", said_of_field(first)) from None
    return {name: value for name, value in made.model_dump(mode="json", exclude_none=True).items() if name in values}
