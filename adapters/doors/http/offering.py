"""What the machine API says of the verbs that a viewer may press now: title, schema of what is asked for, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.doors.http.office import Office
from adapters.explaining import Saying, saying
from adapters.offering import asking, why_not
from adapters.texts import _
from adapters.web.fields import ASKED, FORM, Field
from adapters.web.operations import Offer, offer_of
from workflows.machine.case import WorkItem
from workflows.machine.offering import Offered
from workflows.machine.operations import LONGEST_NAME, LONGEST_TEXT, Operation
from workflows.moves.offering import offers
from workflows.policy import Viewer
from workflows.reads import CaseView

View = dict[str, Any]

_SEVERAL = frozenset({"several", "people"})
_PEOPLE = frozenset({"user", "users"})
_TYPES = {"number": "integer", "boolean": "boolean"}


def operations_on(office: Office, view: CaseView, viewer: Viewer, *about: WorkItem | None) -> list[list[View]]:
    """The verbs that the viewer may press, and those that are not offered now with the reason, for each of several things.

    `about` are items of the case, or None for the case itself. A verb that the step does not know is left out.
    """
    if "act" not in viewer.scopes:
        return [[] for _one in about]
    library = office.engine.library
    definition = library.by_hash(view.head.workflow_hash)
    said = saying(definition, library.roster(), library.calendar().zone, office.reads.now())
    found = offers(office.engine, [asking(view, item, viewer) for item in about])
    return [[*_views(each, view, item, said)] for item, each in zip(about, found, strict=True)]


def _views(found: Iterable[Offered], view: CaseView, item: WorkItem | None, said: Saying) -> Iterator[View]:
    for one in found:
        named = {"verb": one.operation.verb, "title": _(one.operation.title), "offered": one.is_open}
        if one.refused is None:
            offer = offer_of(one, view, item, said)
            undone = {"irreversible": one.operation.weighty, "schema": _schema(offer, one.operation)}
            yield named | undone | {"foreseen": offer.foreseen, "why_not": None}
        elif one.is_known:
            why = {"status": one.refused.status, "code": one.refused.code, "detail": why_not(one.refused, said)}
            yield named | {"why_not": why}


def _schema(offer: Offer, operation: Operation) -> View:
    """The body of the verb as a JSON Schema; the fields of the step's form stand in `form`."""
    people = {ASKED + one.name for one in operation.asks if one.kind in _PEOPLE}
    of_form = [one for one in offer.fields if one.name.startswith(FORM)]
    others = [one for one in offer.fields if not one.name.startswith(FORM)]
    found = _object(others, people)
    if of_form:
        found["properties"]["form"] = _object(of_form, people)
        if any(one.required for one in of_form):
            found["required"] = [*found.get("required", ()), "form"]
    return found


def _object(fields: Iterable[Field], people: set[str]) -> View:
    fields = list(fields)
    properties = {_name(one): _property(one, of_people=one.name in people) for one in fields}
    required = [_name(one) for one in fields if one.required]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _name(one: Field) -> str:
    return one.name.removeprefix(FORM).removeprefix(ASKED)


def _property(one: Field, *, of_people: bool) -> View:
    """A field; of people only that a user of the roster is meant, as the roster is long."""
    if of_people:
        one_user = {"type": "string", "maxLength": LONGEST_NAME, "description": _("名册上的用户")}
        kind = {"type": "array", "minItems": 1, "items": one_user} if one.kind in _SEVERAL else one_user
        return {"title": one.label, **kind}
    choices = [{"const": choice.value, "title": choice.title} for choice in one.choices]
    match one.kind:
        case "choice":
            return {"title": one.label, "type": "string", "oneOf": choices}
        case "entry":
            entries = [{"const": int(choice.value), "title": choice.title} for choice in one.choices]
            return {"title": one.label, "type": "integer", "oneOf": entries}
        case "several" | "people":
            return {"title": one.label, "type": "array", "items": {"oneOf": choices}}
        case "day":
            return {"title": one.label, "type": "string", "format": "date"}
        case "picture":
            about = _("先为本办件上传的 PNG 或 JPEG 图片的编号")
            return {"title": one.label, "type": "string", "maxLength": LONGEST_NAME, "description": about}
        case "number" | "boolean":
            return {"title": one.label, "type": _TYPES[one.kind]}
        case _:
            return {"title": one.label, "type": "string", "maxLength": LONGEST_TEXT}
