"""Whom somebody may choose in the form of a step (自选), for pages and programs: users by post and department, no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from adapters.explaining import Saying
from adapters.texts import _
from adapters.titles import Names
from domain.roster import department_of
from workflows.language.choices import choice_of
from workflows.language.words import FormField
from workflows.machine.case import JSON, WorkItem
from workflows.machine.choosing import asked_of_the_chosen, kept_out, still_asked, who_chose, who_may_be_chosen
from workflows.machine.fieldrights import form_of, rights_at, writable
from workflows.machine.nodes import index
from workflows.machine.seats import Where
from workflows.machine.turn import step_path
from workflows.machine.values import own_values, plain_seen
from workflows.pictures.wording import Wording
from workflows.reads import CaseView


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be chosen: the user, what the post is called, and the code and name of its department."""

    user: str
    post: str
    department: str
    department_title: str


def looked_at(view: CaseView, item: WorkItem, said: Saying) -> Where:
    """What a choice at an item is looked at with: the values that its step sees, and the roster of today."""
    values = plain_seen(index(said.definition), view.head, own_values(view.activations), item.path)
    return Where(replace(view.head, fields=values), said.names.roster, said.names.day)


def fields_asked_now(item: WorkItem, said: Saying, here: Where) -> Mapping[str, FormField]:
    """The fields that are to be filled in for an item; a choice that was made once and stands is not."""
    form, rights = form_of(said.definition, item.form), rights_at(said.definition, item.path)
    return still_asked(said.definition, writable(form, rights), here)


def candidates(field: FormField, said: Saying, here: Where) -> tuple[Candidate, ...]:
    """Those who may be chosen in a field, by department; nobody where it chooses nobody."""
    choice = choice_of(field)
    if choice is None:
        return ()
    found = who_may_be_chosen(choice, here, kept_out(said.definition, field.name, here))
    return by_department(said.names, found)


def by_department(names: Names, users: Iterable[str]) -> tuple[Candidate, ...]:
    """Users as they are called, in the order of their departments on the roster."""
    order = {one.code: place for place, one in enumerate(names.roster.departments)}
    found = [_candidate(names, user) for user in users]
    return tuple(sorted(found, key=lambda one: (order.get(one.department, len(order)), one.user)))


def _candidate(names: Names, user: str) -> Candidate:
    code = department_of(names.roster, user, names.day) or ""
    return Candidate(user, names.user(user), code, names.titles.department(code, names.language))


def chosen_before(field: FormField, here: Where) -> tuple[str, ...]:
    """Whom the field names already: the form is asked again with them."""
    value: JSON = here.head.fields.get(field.name)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),) if value else ()


def who_may_be(field: FormField, said: Saying) -> str:
    """Whom and how many somebody may choose, and what for: "从评审组成员中选择1至2人，办理“评审”"."""
    choice = choice_of(field)
    if choice is None:
        return ""
    titles, language = said.names.titles, said.names.language
    among = _("在任人员") if choice.among is None else Wording(titles, language).who(choice.among)
    least, most = choice.at_least, choice.at_most
    said_so = _("从%(among)s中选择%(n)s人", among=among, n=most)
    if least != most:
        said_so = _("从%(among)s中选择%(least)s至%(most)s人", among=among, least=least, most=most)
    steps = asked_of_the_chosen(said.definition, field.name)
    return _("%(choice)s，办理“%(steps)s”", choice=said_so, steps=said.steps(steps)) if steps else said_so


def chooser(view: CaseView, item: WorkItem, said: Saying) -> str | None:
    """The user who chose those who hold an item; None where nobody did."""
    node = index(said.definition).get(step_path(item.path))
    held = (one.who for one in view.holders.get(item.id, ()))
    return None if node is None else who_chose(node.step, looked_at(view, item, said).head.fields, held)
