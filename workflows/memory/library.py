"""Definitions and facts kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from domain.calendar import Calendar
from domain.numbers import Numbers
from domain.roster import Roster, versioned
from workflows.language.files import logic_hash
from workflows.language.words import Workflow
from workflows.machine.nodes import awaited, replanning
from workflows.ports import Published, Unit

_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


class MemoryLibrary:
    """The definitions and facts by version: `workflows.ports.Library`.

    A replaced definition or version of the numbers stays, for the cases that pinned it.

    Args:
        workflows: the current definitions.
        roster, calendar, numbers: the current facts.
    """

    def __init__(self, workflows: Sequence[Workflow], roster: Roster, calendar: Calendar, numbers: Numbers) -> None:
        self._by_hash: dict[str, Workflow] = {}
        self._current: dict[str, str] = {}
        self._numbers: dict[str, Numbers] = {}
        self._roster = roster
        self._calendars: dict[str, Calendar] = {}
        self.set_calendar(calendar)
        self.adopt(*workflows)
        self.set_numbers(numbers)

    def adopt(self, *workflows: Workflow) -> None:
        """Make these the current definitions of their names."""
        for definition in workflows:
            digest = logic_hash(definition)
            # A version that is adopted again is the newest one.
            self._by_hash.pop(digest, None)
            self._by_hash[digest] = definition
            self._current[definition.name] = digest

    def set_roster(self, roster: Roster) -> None:
        """Make this the current roster."""
        self._roster = roster

    def adopt_roster(self, roster: Roster) -> Roster:
        """Make this the current roster, under the version that its content gives it; returns it so."""
        self._roster = versioned(roster)
        return self._roster

    def look(self, unit: Unit) -> None:
        """There is one process only: what it knows is what stands."""

    def set_calendar(self, calendar: Calendar) -> None:
        """Make this the current calendar; raises ValueError when its version is taken by another one."""
        if self._calendars.pop(calendar.version, calendar) != calendar:
            raise ValueError(f"calendar '{calendar.version}' is known with another content: give it a new version")
        self._calendars[calendar.version] = calendar

    def set_numbers(self, numbers: Numbers) -> None:
        """Make these the current numbers."""
        self._numbers[numbers.version] = numbers
        self._newest = numbers

    def by_hash(self, workflow_hash: str) -> Workflow:
        """The definition with this hash; raises KeyError."""
        return self._by_hash[workflow_hash]

    def current(self) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of every current definition, by name."""
        return tuple((digest, self._by_hash[digest]) for _, digest in sorted(self._current.items()))

    def stored(self) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of every definition that is kept, by name, the one that was adopted first coming first."""
        return tuple(sorted(self._by_hash.items(), key=lambda one: one[1].name))

    def named(self, name: str) -> tuple[str, Workflow]:
        """(hash, definition) of the current definition of this name; raises KeyError."""
        digest = self._current[name]
        return digest, self._by_hash[digest]

    def started_by(self, event_type: str) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of the current definitions that this event starts, by name."""
        return tuple((digest, one) for digest, one in self.current() if one.starts_on == event_type)

    def awaited_types(self) -> frozenset[str]:
        """The event types that some step of a definition waits for, replaced definitions included."""
        return frozenset().union(*(awaited(definition) for definition in self._by_hash.values()))

    def planned_types(self) -> frozenset[str]:
        """The event types that may end or move a plan, of replaced definitions as well."""
        return frozenset().union(*(replanning(definition) for definition in self._by_hash.values()))

    def roster(self) -> Roster:
        """The current roster."""
        return self._roster

    def calendar(self, version: str | None = None) -> Calendar:
        """The current calendar, or a version; raises KeyError."""
        return next(reversed(self._calendars.values())) if version is None else self._calendars[version]

    def calendars(self) -> tuple[Published, ...]:
        """Every version, the newest first; in one process everybody knows it at once."""
        return tuple(Published(one, _ALWAYS) for one in reversed(self._calendars.values()))

    def numbers(self, version: str | None = None) -> Numbers:
        """The current numbers, or a pinned version; raises KeyError."""
        return self._newest if version is None else self._numbers[version]
