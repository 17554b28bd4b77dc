"""Definitions and the facts that decisions are taken on, by version: nothing that a case pinned is ever replaced."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.sql.columns import dumps, loads
from adapters.sql.tables import calendar_version, definition, numbers_version, roster_version, series
from adapters.sql.transaction import Transaction
from adapters.sql.units import SqlUnit, SqlUnits
from domain.calendar import Calendar, dump_calendar, parse_calendar
from domain.numbers import Numbers, dump_numbers, parse_numbers
from domain.roster import Roster, dump_roster, parse_roster, versioned
from workflows.language.files import canonical_json, from_json, logic_hash
from workflows.language.words import Workflow
from workflows.machine.nodes import awaited, replanning
from workflows.ports import Published, Unit

T = TypeVar("T")

CHECK_SECONDS = 1.0
"""How long a process may work on versions that another one has replaced."""

_REVISION = "library"


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Everything of the library as one process knows it, as of a revision."""

    revision: int
    by_hash: Mapping[str, Workflow]
    current: tuple[tuple[str, Workflow], ...]
    awaited: frozenset[str]
    planned: frozenset[str]
    roster: Roster | None
    calendars: tuple[Published, ...]
    numbers: Numbers | None
    numbers_by_version: Mapping[str, Numbers]


class SqlLibrary:
    """The library of a county: `workflows.ports.Library`, read once and looked after by one row a second.

    Args:
        units: the store.
    """

    def __init__(self, units: SqlUnits) -> None:
        self._units = units
        self._shelf: _Shelf | None = None
        self._check_at = 0.0

    # what the machine asks
    def by_hash(self, workflow_hash: str) -> Workflow:
        """The definition with this hash; raises KeyError."""
        shelf = self._known()
        if workflow_hash not in shelf.by_hash:
            # Another process may have adopted it within the last second, and a case of it is here already.
            shelf = self._looked_up()
        return shelf.by_hash[workflow_hash]

    def current(self) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of every current definition, by name."""
        return self._known().current

    def stored(self) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of every definition that is kept, by name, the one that was adopted first coming first."""
        return tuple(sorted(self._known().by_hash.items(), key=lambda one: one[1].name))

    def named(self, name: str) -> tuple[str, Workflow]:
        """(hash, definition) of the current definition of this name; raises KeyError."""
        return {one.name: (digest, one) for digest, one in self.current()}[name]

    def started_by(self, event_type: str) -> tuple[tuple[str, Workflow], ...]:
        """(hash, definition) of the current definitions that this event starts, by name."""
        return tuple((digest, one) for digest, one in self.current() if one.starts_on == event_type)

    def awaited_types(self) -> frozenset[str]:
        """The event types that some step of a definition waits for, replaced definitions included."""
        return self._known().awaited

    def planned_types(self) -> frozenset[str]:
        """The event types that may end or move a plan, of replaced definitions as well."""
        return self._known().planned

    def roster(self) -> Roster:
        """The current roster; raises LookupError before the first one."""
        return _installed(self._known().roster, "roster")

    def calendar(self, version: str | None = None) -> Calendar:
        """The current calendar, or a version; raises KeyError, LookupError before the first one."""
        if version is None:
            return _installed(next(iter(self._known().calendars), None), "calendar").calendar
        known = {one.calendar.version: one.calendar for one in self._known().calendars}
        if version not in known:
            # Another process may have published it within the last second.
            known = {one.calendar.version: one.calendar for one in self._looked_up().calendars}
        return known[version]

    def calendars(self) -> tuple[Published, ...]:
        """Every version of the calendar, the newest first."""
        return self._known().calendars

    def numbers(self, version: str | None = None) -> Numbers:
        """The current numbers, or a pinned version; raises KeyError, LookupError before the first one."""
        shelf = self._known()
        if version is None:
            return _installed(shelf.numbers, "numbers")
        if version not in shelf.numbers_by_version:
            shelf = self._looked_up()
        return shelf.numbers_by_version[version]

    def look(self, unit: Unit) -> None:
        """Make sure, in this transaction, that what it decides on is what stands."""
        if not isinstance(unit, SqlUnit):
            raise TypeError(f"{type(unit).__name__} is no unit of this store")
        self._shelf = _newer_than(unit.tx, -1 if self._shelf is None else self._shelf.revision) or self._shelf
        self._check_at = time.monotonic() + CHECK_SECONDS

    # what the office changes
    def adopt(self, *workflows: Workflow) -> None:
        """Make these the current definitions of their names; the ones they replace stay for their cases."""
        self._units.run(lambda unit: _adopt(unit.tx, workflows))
        self._check_at = 0.0

    def set_roster(self, roster: Roster) -> None:
        """Make this the current roster; raises ValueError when its version is taken by another one."""
        self._set(roster_version, roster.version, dump_roster(roster))

    def adopt_roster(self, roster: Roster) -> Roster:
        """Make this the current roster, under the version that its content gives it; returns it so."""
        made = versioned(roster)
        self.set_roster(made)
        return made

    def found(self, workflows: Sequence[Workflow], calendar: Calendar, numbers: Numbers) -> None:
        """Put in what an office begins with before it has a roster; nothing that it has is touched."""
        self._units.run(lambda unit: _found(unit.tx, workflows, calendar, numbers))
        self._check_at = 0.0

    def set_calendar(self, calendar: Calendar) -> None:
        """Make this the current calendar; raises ValueError when its version is taken by another one."""
        self._set(calendar_version, calendar.version, dump_calendar(calendar))

    def set_numbers(self, numbers: Numbers) -> None:
        """Make these the current numbers; raises ValueError when their version is taken by others."""
        self._set(numbers_version, numbers.version, dump_numbers(numbers))

    def install(self, workflows: Sequence[Workflow], roster: Roster, calendar: Calendar, numbers: Numbers) -> None:
        """Put in what an office begins with; what it has replaced since stays replaced."""
        begun = [
            (numbers_version, numbers.version, dump_numbers(numbers)),
            (calendar_version, calendar.version, dump_calendar(calendar)),
            (roster_version, roster.version, dump_roster(roster)),
        ]
        self._units.run(lambda unit: _install(unit.tx, workflows, begun))
        self._check_at = 0.0

    def _set(self, table: Table, version: str, document: object) -> None:
        self._units.run(lambda unit: _set_version(unit.tx, table, version, dumps(document)))
        self._check_at = 0.0

    def _known(self) -> _Shelf:
        shelf = self._shelf
        return shelf if shelf is not None and time.monotonic() < self._check_at else self._looked_up()

    def _looked_up(self) -> _Shelf:
        shelf = self._shelf
        known = -1 if shelf is None else shelf.revision
        fresh = self._units.read(lambda unit: _newer_than(unit.tx, known))
        self._shelf = shelf = fresh or shelf or _EMPTY
        self._check_at = time.monotonic() + CHECK_SECONDS
        return shelf


_EMPTY = _Shelf(0, {}, (), frozenset(), frozenset(), None, (), None, {})


def _installed(found: T | None, what: str) -> T:
    if found is None:
        raise LookupError(
            f"the database holds no {what} yet: run `liaison up --sample`, or `liaison roster import FILE`"
        )
    return found


def _newer_than(tx: Transaction, revision: int) -> _Shelf | None:
    query = select(series.c.value).where(series.c.county == tx.county, series.c.name == _REVISION)
    stands = tx.connection.execute(query).scalar_one_or_none() or 0
    return _read(tx, stands) if stands != revision else None


def _read(tx: Transaction, revision: int) -> _Shelf:
    query = select(definition).where(definition.c.county == tx.county).order_by(definition.c.revision)
    rows = tx.connection.execute(query).all()
    by_hash = {row.hash: from_json(row.body) for row in rows}
    newest = {row.name: row.hash for row in rows}
    numbers = [parse_numbers(document) for document in _versions(tx, numbers_version)]
    return _Shelf(
        revision=revision,
        by_hash=by_hash,
        current=tuple((digest, by_hash[digest]) for _, digest in sorted(newest.items())),
        awaited=frozenset().union(*map(awaited, by_hash.values())),
        planned=frozenset().union(*map(replanning, by_hash.values())),
        roster=next((parse_roster(document) for document in _versions(tx, roster_version)), None),
        calendars=_calendars(tx),
        numbers=next(iter(numbers), None),
        numbers_by_version={one.version: one for one in numbers},
    )


def _versions(tx: Transaction, table: Table) -> list[Any]:
    """The documents of every version, the current one first."""
    query = select(table.c.body).where(table.c.county == tx.county).order_by(table.c.revision.desc())
    return [loads(body) for body in tx.connection.execute(query).scalars()]


def _calendars(tx: Transaction) -> tuple[Published, ...]:
    rows = select(calendar_version.c.body, calendar_version.c.at).where(calendar_version.c.county == tx.county)
    newest_first = tx.connection.execute(rows.order_by(calendar_version.c.revision.desc())).all()
    return tuple(Published(parse_calendar(loads(row.body)), row.at) for row in newest_first)


def _install(tx: Transaction, workflows: Sequence[Workflow], begun: Sequence[tuple[Table, str, object]]) -> None:
    for table, version, document in begun:
        if _newest(tx, table) is None:
            _set_version(tx, table, version, dumps(document))
    for workflow in workflows:
        if _newest(tx, definition, definition.c.hash == logic_hash(workflow)) is None:
            _adopt_one(tx, workflow)


def _found(tx: Transaction, workflows: Sequence[Workflow], calendar: Calendar, numbers: Numbers) -> None:
    if _newest(tx, numbers_version) is None:
        _set_version(tx, numbers_version, numbers.version, dumps(dump_numbers(numbers)))
    if _newest(tx, calendar_version) is None:
        _set_version(tx, calendar_version, calendar.version, dumps(dump_calendar(calendar)))
    if _newest(tx, definition) is None:
        _adopt(tx, workflows)


def _adopt(tx: Transaction, workflows: Sequence[Workflow]) -> None:
    for workflow in workflows:
        _adopt_one(tx, workflow)


def _adopt_one(tx: Transaction, workflow: Workflow) -> None:
    digest, body = logic_hash(workflow), canonical_json(workflow).decode()
    newest = _newest(tx, definition, definition.c.name == workflow.name)
    if newest is not None and newest.hash == digest:
        return
    revision = 1 if newest is None else newest.revision + 1
    tx.put(definition, [(digest, workflow.name, revision, body, tx.now)])
    _move_on(tx)


def _set_version(tx: Transaction, table: Table, version: str, body: str) -> None:
    known = tx.connection.execute(
        select(table.c.body).where(table.c.county == tx.county, table.c.version == version)
    ).scalar_one_or_none()
    if known is not None and known != body:
        raise ValueError(f"{table.name} '{version}' is stored with another content: give the changed one a new version")
    newest = _newest(tx, table)
    if newest is not None and newest.version == version:
        return
    revision = 1 if newest is None else newest.revision + 1
    if known is None:
        tx.insert(table, [(revision, version, body, tx.now)])
    else:
        again = update(table).where(table.c.county == tx.county, table.c.version == version)
        tx.connection.execute(again.values(revision=revision, at=tx.now))
    _move_on(tx)


def _newest(tx: Transaction, table: Table, *conditions: Any) -> Any:
    query = select(table).where(table.c.county == tx.county, *conditions).order_by(table.c.revision.desc()).limit(1)
    return tx.connection.execute(query).one_or_none()


def _move_on(tx: Transaction) -> None:
    """Tell every process that it knows an old state."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    first = insert(series).values(county=tx.county, name=_REVISION, value=1)
    counted = first.on_conflict_do_update(index_elements=["county", "name"], set_={"value": series.c.value + 1})
    tx.connection.execute(counted)
