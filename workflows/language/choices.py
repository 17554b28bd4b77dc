"""Who lets whom choose people (自选): the fields of forms that people are chosen in, and the steps that ask the chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from workflows.language.people import Chosen, NamedIn, parts
from workflows.language.tree import Approve, CarryOut, Form, FormField, Step, Vote, Workflow

CHOOSING: Final = frozenset({"person", "people"})
"""The kinds of form field that choose people."""


def choice_of(field: FormField) -> Chosen | None:
    """What a field lets somebody choose; None where it chooses nobody."""
    if field.type not in CHOOSING:
        return None
    least, most = (1, 1) if field.type == "person" else (field.at_least, field.at_most)
    return Chosen(field=field.name, among=field.among, at_least=least, at_most=most)


def chooser_of(field: str) -> str:
    """The field that says who chose whom `field` names."""
    return f"{field}_chosen_by"


def form_choices(form: Form | None) -> Iterator[Chosen]:
    """What a form lets somebody choose."""
    fields = () if form is None else form.fields
    yield from (found for one in fields if (found := choice_of(one)) is not None)


def chosen_in_forms(definition: Workflow) -> frozenset[str]:
    """The fields that some form of the definition lets somebody choose people in."""
    return frozenset(one.field for form in definition.forms for one in form_choices(form))


def asks_named(step: Step) -> Iterator[Chosen | NamedIn]:
    """The parts of a step that ask those whom a field names."""
    if isinstance(step, Approve | CarryOut | Vote):
        yield from (part for part in parts(step.by) if isinstance(part, Chosen | NamedIn))
