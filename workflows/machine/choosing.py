"""Whether whom the initiator chose (发起人自选) may be chosen: how many, each once, and from whom."""

from __future__ import annotations

from enum import StrEnum

from domain.approval import Mode
from domain.roster import post_of
from workflows.language.words import Chosen
from workflows.machine.resolving import names_in, resolve
from workflows.machine.seats import Where


class Wrong(StrEnum):
    """What is wrong with a choice."""

    MISSING = "missing"
    FEW = "few"
    MANY = "many"
    TWICE = "twice"
    OUTSIDE = "outside"


def wrong_choice(who: Chosen, where: Where) -> Wrong | None:
    """What is wrong with whom the field of the case lists, or nothing."""
    value = where.head.fields.get(who.field)
    names = names_in(value)
    if not names:
        return Wrong.MISSING
    if isinstance(value, list | tuple) and len(value) != len(names):
        return Wrong.TWICE
    if len(names) < who.at_least:
        return Wrong.FEW
    if len(names) > who.at_most:
        return Wrong.MANY
    return None if all(_may_be_chosen(name, who, where) for name in names) else Wrong.OUTSIDE


def _may_be_chosen(name: str, who: Chosen, where: Where) -> bool:
    if who.among is None:
        return post_of(where.roster, name, where.day) is not None
    return any(name in seat.users for seat in resolve(who.among, Mode.ONE, where))
