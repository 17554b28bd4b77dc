"""What a decision was taken on: frozen versions of roster, calendar and numbers, and what it looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.roster import Roster
from workflows.language.words import Workflow
from workflows.machine.case import Case


@dataclass(frozen=True, slots=True)
class Facts:
    """Versions and look-ups for one decision.

    `twins` maps (register, value of the looked-up field) to the keys of the register rows with that value.
    `fingerprint` is the vault's blind index, for a person whose name or number was corrected.
    """

    roster: Roster
    calendar: Calendar
    numbers: Numbers
    twins: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    fingerprint: Callable[..., str] | None = None

    def versions(self) -> dict[str, str]:
        """The version of each fact, for the base record of a history entry."""
        return {"roster": self.roster.version, "calendar": self.calendar.version, "numbers": self.numbers.version}


@dataclass(frozen=True, slots=True)
class Needs:
    """What `decide` wants to know beside the live slice: register look-ups as (register, value)."""

    lookups: tuple[tuple[str, str], ...] = ()


def needs(lookups: tuple[tuple[str, str], ...], head: Case) -> Needs:
    """The look-ups of a case: for each (register, field) of its workflow, the field's value where it has one."""
    values = {**head.fields, **head.personal}
    found = ((register, values.get(by)) for register, by in lookups)
    return Needs(lookups=tuple((register, value) for register, value in found if isinstance(value, str)))


def lookups_of(definition: Workflow) -> tuple[tuple[str, str], ...]:
    """The (register, field) pairs that the `lookup` actions of a definition ask for."""
    return tuple(sorted(set(_lookups(definition.model_dump(mode="python")))))


def _lookups(value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        own = [(str(value["register_name"]), str(value["by"]))] if value.get("action") == "lookup" else []
        return own + [pair for part in value.values() for pair in _lookups(part)]
    if isinstance(value, list | tuple):
        return [pair for part in value for pair in _lookups(part)]
    return []
