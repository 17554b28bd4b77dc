"""Whom somebody may choose (自选): how many, each once, from whom, and nobody whom a step that asks them keeps out. Pure.

The rules are the same for whom the initiator chose in the event, asked at the door, and for whom somebody chooses in the
form of a step, asked with the act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.approval import Mode
from domain.roster import post_of
from domain.texts import zh
from workflows.language.choices import asks_named, choice_of, form_choices
from workflows.language.words import Approve, CarryOut, Chosen, FormField, Right, Step, Vote, Workflow
from workflows.machine.case import JSON
from workflows.machine.fieldrights import form_of, writable
from workflows.machine.nodes import index
from workflows.machine.recusing import initiator_of, recused
from workflows.machine.resolving import chooser_in, names_in, resolve
from workflows.machine.seats import Where


class Wrong(StrEnum):
    """What is wrong with a choice."""

    MISSING = "missing"
    FEW = "few"
    MANY = "many"
    TWICE = "twice"
    GONE = "gone"
    OUTSIDE = "outside"
    RECUSED = "recused"


SAID: Final[Mapping[Wrong, str]] = MappingProxyType(
    {
        Wrong.MISSING: zh("请选择人员"),
        Wrong.FEW: zh("选择的人数不足"),
        Wrong.MANY: zh("选择的人数过多"),
        Wrong.TWICE: zh("同一人选择了两次"),
        Wrong.GONE: zh("所选人员不在名册上，或已离任"),
        Wrong.OUTSIDE: zh("所选人员不在规定范围内"),
        Wrong.RECUSED: zh("所选人员须回避本办件"),
    }
)


def wrong_choice(who: Chosen, value: JSON, where: Where, without: frozenset[str]) -> Wrong | None:
    """What is wrong with a choice, or nothing.

    Args:
        who: from whom, and how many.
        value: the user or users that are named.
        where: the case, and the roster of today.
        without: those whom the steps that ask the chosen keep out.
    """
    names = names_in(value)
    if not names:
        return Wrong.MISSING
    if isinstance(value, list | tuple) and len(value) != len(names):
        return Wrong.TWICE
    if len(names) < who.at_least:
        return Wrong.FEW
    if len(names) > who.at_most:
        return Wrong.MANY
    return _wrong_person(who, names, where, without)


def _wrong_person(who: Chosen, names: tuple[str, ...], where: Where, without: frozenset[str]) -> Wrong | None:
    if any(post_of(where.roster, name, where.day) is None for name in names):
        return Wrong.GONE
    if not set(names) <= set(_range(who, where)):
        return Wrong.OUTSIDE
    return None if without.isdisjoint(names) else Wrong.RECUSED


def who_may_be_chosen(who: Chosen, where: Where, without: frozenset[str]) -> tuple[str, ...]:
    """The users among whom somebody may choose today."""
    return tuple(name for name in _range(who, where) if name not in without)


def _range(who: Chosen, where: Where) -> tuple[str, ...]:
    """Everybody among whom the choice is made, on duty today."""
    if who.among is None:
        found = (one.user for one in where.roster.appointments)
    else:
        found = (user for seat in resolve(who.among, Mode.ONE, where) for user in seat.users)
    return tuple(user for user in dict.fromkeys(found) if post_of(where.roster, user, where.day) is not None)


def kept_out(definition: Workflow, field: str, where: Where) -> frozenset[str]:
    """Whom the steps that ask those in `field` keep out: recused, and the initiator where the step forbids that."""
    steps = (node.step for node in index(definition).values())
    return frozenset().union(*(kept_out_by(step, where) for step in steps if field in _fields(step)))


def kept_out_by(step: Step, where: Where) -> frozenset[str]:
    """Whom one step keeps out; where it has a rule of its own for the initiator, the initiator may be chosen."""
    if not isinstance(step, Approve | CarryOut | Vote):
        return frozenset()
    initiator = initiator_of(where)
    own = frozenset() if initiator is None or step.own_case != "forbid" else frozenset({initiator})
    return recused(step, where) | own


def _fields(step: Step) -> Iterator[str]:
    return (one.field for one in asks_named(step) if isinstance(one, Chosen) or one.names == "user")


def asked_of_the_chosen(definition: Workflow, field: str) -> tuple[str, ...]:
    """The paths of the steps that ask those whom `field` names."""
    return tuple(path for path, node in index(definition).items() if field in _fields(node.step))


def chosen_for(definition: Workflow, form: str | None, rights: Mapping[str, Right]) -> tuple[str, ...]:
    """The paths of the steps whose people are chosen in a form, as far as these rights let it be filled in."""
    fields = writable(form_of(definition, form), rights).values()
    choices = (one.field for wanted in fields if (one := choice_of(wanted)) is not None)
    return tuple(dict.fromkeys(path for field in choices for path in asked_of_the_chosen(definition, field)))


def chosen_at(definition: Workflow, step: Step) -> tuple[str, ...]:
    """The paths of the steps in whose forms somebody chooses whom `step` asks."""
    fields = set(_fields(step))
    choosing = {form.name for form in definition.forms if fields & {one.field for one in form_choices(form)}}
    nodes = index(definition).items()
    return tuple(path for path, node in nodes if getattr(node.step, "form", None) in choosing)


# -- asked again -------------------------------------------------------------------------------------------


def still_asked(definition: Workflow, fields: Mapping[str, FormField], where: Where) -> dict[str, FormField]:
    """The fields of a form without the choices that are made once, and stand: made in an earlier round, and still right."""
    return {name: one for name, one in fields.items() if not (one.once and _stands(definition, one, where))}


def _stands(definition: Workflow, field: FormField, where: Where) -> bool:
    choice, value = choice_of(field), where.head.fields.get(field.name)
    if choice is None or value is None:
        return False
    return wrong_choice(choice, value, where, kept_out(definition, field.name, where)) is None


# -- who chose ---------------------------------------------------------------------------------------------


def who_chose(step: Step, fields: Mapping[str, JSON], holders: Iterable[str]) -> str | None:
    """The user who chose one of those who hold an item of a step (principals); None where nobody did."""
    held = frozenset(holders)
    for asked in asks_named(step):
        if not held.isdisjoint(f"user:{name}" for name in names_in(fields.get(asked.field))):
            return chooser_in(asked, fields)
    return None
