"""What a decision was taken on: frozen versions of roster, calendar and numbers, and what it looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.roster import Roster
from workflows.language.words import Workflow
from workflows.machine.case import JSON, Case


@dataclass(frozen=True, slots=True)
class Facts:
    """Versions and look-ups for one decision.

    `twins` maps (register, value of the looked-up field) to the keys of the register rows with that value, `rows` maps
    (register, key) to the row.
    `fingerprint` is the vault's blind index, for a person whose name or number was corrected. `raised` are the cases that a
    department itself has made urgent this month, for those that one of the stimuli may raise.
    """

    roster: Roster
    calendar: Calendar
    numbers: Numbers
    twins: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    fingerprint: Callable[..., str] | None = None
    rows: Mapping[tuple[str, str], Mapping[str, JSON]] = field(default_factory=dict)
    raised: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def versions(self) -> dict[str, str]:
        """The version of each fact, for the base record of a history entry."""
        return {"roster": self.roster.version, "calendar": self.calendar.version, "numbers": self.numbers.version}


Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lookups:
    """The (register, field) pairs of a definition: by whose value it looks for twins, and by whose it reads a row."""

    twins: Pairs = ()
    rows: Pairs = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """What `decide` wants to know beside the live slice: twins by (register, value), and rows by (register, key)."""

    twins: Pairs = ()
    rows: Pairs = ()


def needs(lookups: Lookups, head: Case) -> Needs:
    """What a case looks up: the fields that it looks up by, with the values that they have."""
    values = {**head.fields, **head.personal}
    return Needs(_valued(lookups.twins, values), _valued(lookups.rows, values))


def _valued(pairs: Pairs, values: Mapping[str, JSON]) -> Pairs:
    found = ((register, values.get(by)) for register, by in pairs)
    return tuple((register, value) for register, value in found if isinstance(value, str))


def lookups_of(definition: Workflow) -> Lookups:
    """What the `lookup` and `read` actions of a definition ask for."""
    written = definition.model_dump(mode="python")
    return Lookups(_asked(written, "lookup", "by"), _asked(written, "read", "key"))


def _asked(written: object, action: str, by: str) -> Pairs:
    return tuple(sorted({(str(one["register_name"]), str(one[by])) for one in _actions(written, action)}))


def _actions(value: object, action: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        if value.get("action") == action:
            yield value
        yield from (found for part in value.values() for found in _actions(part, action))
    if isinstance(value, list | tuple):
        yield from (found for part in value for found in _actions(part, action))
