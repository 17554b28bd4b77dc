"""What each step lets people do with each field: hidden, read, write, required (字段权限, approvals.md §1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from workflows.language.choices import chooser_of
from workflows.language.words import Approve, CarryOut, Form, FormField, Right, Vote, Workflow
from workflows.machine.nodes import index, step_path

_WRITABLE: Final = frozenset({"write", "required"})


def rights_at(definition: Workflow, path: str) -> Mapping[str, Right]:
    """The rights that the step at an activation's path names; nothing for a supplement, which is no step of its own."""
    node = index(definition).get(step_path(path))
    return dict(node.step.rights) if node is not None and isinstance(node.step, Approve | CarryOut | Vote) else {}


def right_of(wanted: FormField, rights: Mapping[str, Right]) -> Right:
    """The right to a field of a form: what the step says, else what the form itself asks for."""
    return rights.get(wanted.name, "required" if wanted.required else "write")


def writable(form: Form | None, rights: Mapping[str, Right]) -> dict[str, FormField]:
    """The fields of a form that may be filled in at a step, each required as the step wants it."""
    fields = () if form is None else form.fields
    found = ((one, right_of(one, rights)) for one in fields)
    return {one.name: _required(one, right == "required") for one, right in found if right in _WRITABLE}


def _required(one: FormField, wanted: bool) -> FormField:  # noqa: FBT001  # what the field becomes, not a mode
    return one if one.required is wanted else one.model_copy(update={"required": wanted})


def form_of(definition: Workflow, name: str | None) -> Form | None:
    """The form of the definition with this name."""
    return next((form for form in definition.forms if form.name == name), None)


def hidden_at(definition: Workflow, path: str) -> frozenset[str]:
    """The fields that the step at an activation's path hides from those it asks, and who chose whom they name."""
    return _with_choosers(name for name, right in rights_at(definition, path).items() if right == "hidden")


def ever_hidden(definition: Workflow) -> frozenset[str]:
    """The fields that some step of the definition hides."""
    return _with_choosers(
        name
        for node in index(definition).values()
        if isinstance(node.step, Approve | CarryOut | Vote)
        for name, right in node.step.rights
        if right == "hidden"
    )


def _with_choosers(names: Iterable[str]) -> frozenset[str]:
    return frozenset(one for name in names for one in (name, chooser_of(name)))
