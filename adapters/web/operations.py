"""What somebody may do now, as forms: the operations of the machine, each with what it asks for and what it would do.

The machine's table of operations is all that is known here: a verb that is added there appears on the pages by itself.
Whether a verb beside the step's own ones is offered, the machine says too: it is asked what the act would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from starlette.datastructures import FormData

from adapters.doors.admission import said as said_of_field
from adapters.doors.http.office import Office
from adapters.explaining import Saying
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
from workflows.language.words import Approve, ToApplicant, Vote
from workflows.machine.case import JSON, Act, ItemState, WorkItem
from workflows.machine.following import Consequences
from workflows.machine.operations import ON_CASES, ON_ITEMS, Operation
from workflows.moves.acting import Answer
from workflows.moves.previewing import foresee
from workflows.policy import Viewer
from workflows.reads import CaseView

OPINION: Final = "opinion"
REASON: Final = "reason"
_NOT_FILLED_IN: Final = frozenset({None, "verb", "version"})
"""What a refusal is about when no other words or choice would help."""
_ANSWERS: Final = frozenset({"agree", "reject", "return", "abstain", "complete", "answer", "cast"})
"""The verbs that answer what an item asks; every other hands it on, or says something about it."""
OPEN: Final = "open"
"""What a page says by itself when a holder looks at an item: no button."""
_GOES_ON: Final = frozenset({"agree", "complete"})
"""The verbs that the step's form goes with, and the button that stands out."""
_SAID_FOR_A_PREVIEW: Final = "…"
_CHOOSES: Final = frozenset({"choice", "several", "people"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: the operation, the fields of its form, and what it would do, in a sentence where that is known."""

    verb: str
    title: str
    fields: tuple[Field, ...] = ()
    weighty: bool = False
    first: bool = False
    foreseen: str = ""
    takes_files: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether it answers what the step asks; else it hands the item on, or says something about it."""
        return self.verb in _ANSWERS


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


def decided(item: WorkItem, viewer: Viewer) -> bool:
    """Whether it was the viewer who decided an item, and may still have something to say to it."""
    return "act" in viewer.scopes and item.closed_by == viewer.user


# -- what is offered ---------------------------------------------------------------------------------------


def offers_on_item(office: Office, view: CaseView, item: WorkItem, viewer: Viewer, said: Saying) -> tuple[Offer, ...]:
    """The operations on an item that the machine allows the viewer now, the answers to it first."""
    answers = [one for verb, one in ON_ITEMS.items() if verb in _ANSWERS]
    others = [one for verb, one in ON_ITEMS.items() if verb not in _ANSWERS]
    found = ((one, _fields_on_item(one, view, item, said)) for one in (*answers, *others))
    return tuple(_offers(office, view, item, viewer, said, found))


def offers_on_case(
    office: Office, view: CaseView, viewer: Viewer, said: Saying, files: tuple[Choice, ...] = ()
) -> tuple[Offer, ...]:
    """The operations on the case itself that the machine allows the viewer now; `files` are those beside it."""
    if "act" not in viewer.scopes:
        return ()
    found = ((one, _fields_on_case(one, view, said, files)) for one in ON_CASES.values())
    return tuple(_offers(office, view, None, viewer, said, found))


def _offers(  # what an operation is looked at with
    office: Office,
    view: CaseView,
    item: WorkItem | None,
    viewer: Viewer,
    said: Saying,
    found: Iterable[tuple[Operation, tuple[Field, ...]]],
) -> Iterator[Offer]:
    for operation, fields in found:
        if any(one.required and one.kind in _CHOOSES and not one.choices for one in fields):
            continue
        told = foresee(office.engine, _trial(operation, fields, view, item, viewer))
        if _is_allowed(told):
            yield _offer(operation, fields, told, said)


def _is_allowed(told: Consequences | Answer) -> bool:
    """The machine would do it, or lacks only something that is still to be filled in or chosen."""
    return isinstance(told, Consequences) or told.body.get("field") not in _NOT_FILLED_IN


def _offer(operation: Operation, fields: tuple[Field, ...], told: Consequences | Answer, said: Saying) -> Offer:
    return Offer(
        operation.verb,
        _(operation.title),
        fields,
        operation.weighty,
        operation.verb in _GOES_ON,
        # Where something, or somebody, has to be chosen first, what follows depends on it.
        ""
        if any(one.required for one in operation.asks) or _chooses_people(fields)
        else foreseen(told, said) or _still_waiting(operation, told),
        operation.opinion != "none",
    )


def _chooses_people(fields: Iterable[Field]) -> bool:
    """Whether it lies with the choice of people who is asked next; the hint beside the field says so."""
    return any(one.required and one.hint for one in fields)


def _still_waiting(operation: Operation, told: Consequences | Answer) -> str:
    """An answer after which nothing moves: the others are asked as well."""
    counts = operation.verb in _ANSWERS and isinstance(told, Consequences)
    return _("还要等其他办理人，办件暂不前进。") if counts else ""


# -- what is asked for -------------------------------------------------------------------------------------


def _fields_on_item(operation: Operation, view: CaseView, item: WorkItem, said: Saying) -> tuple[Field, ...]:
    of_step = fields_of_step(view, item, said) if operation.verb in _GOES_ON else ()
    asked = fields_asked(operation, view, said, item)
    return (*of_step, *_reason(operation, item, said), *asked, *_opinion_on_item(operation, item, said))


def _fields_on_case(operation: Operation, view: CaseView, said: Saying, files: tuple[Choice, ...]) -> tuple[Field, ...]:
    asked = fields_asked(operation, view, said, files=files)
    return (*asked, *_opinion(operation, needed=operation.opinion == "needed"))


def _reason(operation: Operation, item: WorkItem, said: Saying) -> Iterator[Field]:
    reasons = _reasons(operation, item, said)
    if reasons:
        titles, language = said.names.titles, said.names.language
        choices = tuple(Choice(one, titles.reason(one, language)) for one in reasons)
        yield Field(REASON, _("原因"), "choice", required=True, choices=choices)


def _reasons(operation: Operation, item: WorkItem, said: Saying) -> tuple[str, ...]:
    step = asking_step(said.definition, item)
    return step.reasons if isinstance(step, Approve) and operation.verb == "reject" else ()


def _opinion_on_item(operation: Operation, item: WorkItem, said: Saying) -> tuple[Field, ...]:
    """Words are needed where the machine wants them: with a return, and with a refusal that names no fixed reason."""
    step = asking_step(said.definition, item)
    if isinstance(step, ToApplicant) and operation.verb == "complete":
        return ()
    refuses = operation.verb in {"reject", "return"} and not isinstance(step, Vote | None)
    needed = operation.opinion == "needed" or (refuses and not _reasons(operation, item, said))
    return _opinion(operation, needed=needed)


def _opinion(operation: Operation, *, needed: bool) -> tuple[Field, ...]:
    return () if operation.opinion == "none" else (Field(OPINION, _("意见"), "words", needed),)


# -- what the machine says to it ---------------------------------------------------------------------------


def _trial(
    operation: Operation, fields: tuple[Field, ...], view: CaseView, item: WorkItem | None, viewer: Viewer
) -> Act:
    """The act as somebody may well send it; only its consequences are looked at."""
    example = {one.name: _example(one) for one in fields if one.required}
    asked = {name.removeprefix(ASKED): value for name, value in example.items() if name.startswith(ASKED)}
    return Act(
        key="",
        case=view.head.id,
        item=None if item is None else item.id,
        verb=operation.verb,
        actor=viewer.user,
        principals=viewer.principals,
        seen=None if item is None else item.version,
        opinion=str(example.get(OPINION, "")),
        reason=example.get(REASON),
        department=viewer.department,
        post=viewer.post,
        fields=asked,
    )


def _example(wanted: Field) -> JSON:
    match wanted.kind:
        case "choice":
            return wanted.choices[-1].value
        case "several":
            return [wanted.choices[-1].value]
        case "people":
            return [one.value for one in wanted.choices[-wanted.least :]]
        case "number":
            return 1
        case _:
            return _SAID_FOR_A_PREVIEW


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
