"""Who stands too near to a case to decide it (回避): the initiator, whoever the case is about, their own department."""

from __future__ import annotations

from collections.abc import Mapping

from domain.roster import roles_of, users_in_department
from workflows.language.people import INITIATOR
from workflows.language.words import Approve, CarryOut, Vote
from workflows.machine.case import Activation
from workflows.machine.seats import Where

Asking = Approve | CarryOut | Vote

STOOD_BACK = "stood_back"
"""Where the root of a case's tree keeps who has stood back from a step (its path) by their own word."""


def initiator_of(where: Where) -> str | None:
    """The officer who submitted what started the case, where an officer did."""
    found = where.head.fields.get(INITIATOR)
    return found if isinstance(found, str) else None


def barred(step: Asking, where: Where) -> frozenset[str]:
    """The officers who may not decide in this step: recused, and the initiator unless the step lets them."""
    found = recused(step, where)
    initiator = initiator_of(where)
    return found if initiator is None or step.own_case == "decide" else found | {initiator}


def recused(step: Asking, where: Where) -> frozenset[str]:
    """Those whom the step keeps out for their relation to the case.

    Whoever has stood back by their own word is one of them. `subject` are those with a post in the unit that the case is about (its key), or a role for it; `department` are
    the colleagues in the department that sent the case.
    """
    found: set[str] = set(where.stood_back)
    if "subject" in step.recused:
        found.update(users_in_department(where.roster, where.head.key, where.day))
        users = {one.user for one in where.roster.appointments}
        found.update(user for user in users if _has_role_for(user, where))
    if "department" in step.recused:
        found.update(users_in_department(where.roster, where.head.department, where.day))
    return frozenset(found)


def _has_role_for(user: str, where: Where) -> bool:
    return any(grant.scope == where.head.key for grant in roles_of(where.roster, user, where.day))


def stood_back_from(live: Mapping[str, Activation], path: str) -> frozenset[str]:
    """The officers who have stood back from the step at `path`, as the live activations keep it."""
    parts = path.split("/")
    above = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    kept = (live[one].values.get(STOOD_BACK, {}) for one in above if one in live)
    return frozenset(user for known in kept for user in known.get(path, ()))
