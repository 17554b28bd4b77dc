"""Everything in which SQLite and PostgreSQL differ when a unit talks to them; all other SQL is written once.

A batch goes to the database as one table, `given`: arrays that PostgreSQL unnests, a JSON text that SQLite takes
apart. So each statement is built once for each dialect and run once for a batch, however many rows it has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Executable,
    FromClause,
    Table,
    Text,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    text,
    true,
    tuple_,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from adapters.sql.columns import Micros, micros
from adapters.sql.statements import Driver, Prepared
from adapters.sql.tables import series

COUNTY = bindparam("of_county", type_=Text)
"""The county of the unit: every statement names it, the transaction gives it (no column may be called so).

Only for what is not a batch; batches carry their county in `given`."""

Rows = Sequence[Sequence[Any]]
Build = Callable[["Dialect"], Executable]


def same(table: FromClause, given: FromClause, *names: str) -> ColumnElement[bool]:
    """True where a row of the table is one of the batch, by these columns."""
    return and_(table.c.county == given.c.county, *(table.c[name] == given.c[name] for name in names))


def among(table: FromClause, given: FromClause, *names: str) -> ColumnElement[bool]:
    """The same for DELETE, which takes no second table on SQLite."""
    columns = ("county", *names)
    return tuple_(*(table.c[name] for name in columns)).in_(select(*(given.c[name] for name in columns)))


class Dialect(Protocol):
    """How one kind of database takes batches."""

    name: str

    def given(self, *columns: ColumnElement[Any]) -> FromClause:
        """The rows of the batch as a table: `county`, then these columns (their names and types).

        The county stands in every row, not beside the batch as one value: a planner that has no statistics yet takes
        one value of an index's first column for a good filter, and would read a whole county for it.
        """

    def looked_up(self, table: Table, given: FromClause, fits: ColumnElement[bool]) -> Executable:
        """The rows of the table that fit a row of the batch, looked up in an index for each row of the batch.

        For conditions that a planner takes for wide and would rather read the table for, such as spans.
        """

    def packed(self, county: str, rows: Rows) -> dict[str, Any]:
        """The parameters that carry the rows of `given`."""

    def prepared(self, build: Build) -> Prepared:
        """The statement, built when it is first needed."""

    def insert(self, driver: Driver, county: str, how: str, table: Table, rows: Rows) -> None:
        """Insert rows without their county; `how` is one of HOW."""

    def next_numbers(self, driver: Driver, county: str, name: str, count: int) -> Sequence[int]:
        """As many new numbers, rising, none ever given twice."""

    def together(self, driver: Driver) -> AbstractContextManager[None]:
        """Statements in here need not wait for each other's answers; an error may be raised at the end only."""

    def lock(self, driver: Driver, names: Sequence[str]) -> None:
        """Wait until no other transaction holds one of these names, and hold them until the end of this one."""

    def commit_without_waiting(self, driver: Driver) -> None:
        """Let this transaction be seen before it is on the disk; only for one that writes nothing worth keeping."""

    def clock(self, driver: Driver) -> datetime | None:
        """The database's own time, or None when it has none of its own."""


PLAIN, NEW, REPLACE = HOW = ("plain", "new", "replace")
"""A row that is there already is an error; stays as it is; is replaced."""


class Postgres:
    """Arrays, sequences, advisory locks and the server's clock."""

    name = "postgresql"

    def __init__(self) -> None:
        self._statements: dict[Build, Prepared] = {}
        self._inserts: dict[tuple[str, str], Prepared] = {}

    def given(self, *columns: ColumnElement[Any]) -> FromClause:
        names = [column("county", Text), *(column(_name(each), each.type) for each in columns)]
        arrays = [bindparam(f"given_{place}", type_=ARRAY(each.type, dimensions=1)) for place, each in enumerate(names)]
        return func.unnest(*arrays).table_valued(*names, name="given").render_derived()

    def looked_up(self, table: Table, given: FromClause, fits: ColumnElement[bool]) -> Executable:
        # OFFSET keeps the planner from turning the look-ups into one join.
        found = select(table).where(fits).offset(literal_column("0")).lateral("found")
        return select(*found.c).select_from(given.join(found, true()))

    def packed(self, county: str, rows: Rows) -> dict[str, Any]:
        columns = {f"given_{place}": list(values) for place, values in enumerate(zip(*rows, strict=True), 1)}
        return {"given_0": [county] * len(rows), **columns}

    def prepared(self, build: Build) -> Prepared:
        found = self._statements.get(build)
        if found is None:
            found = self._statements[build] = Prepared(build(self), _PSYCOPG)
        return found

    def insert(self, driver: Driver, county: str, how: str, table: Table, rows: Rows) -> None:
        statement = self._inserts.get((how, table.name))
        if statement is None:
            statement = self._inserts[how, table.name] = self._insert(how, table)
        driver.run(statement, self.packed(county, rows))

    def _insert(self, how: str, table: Table) -> Prepared:
        given = self.given(*(each for each in table.columns if each.name != "county"))
        rows = postgresql.insert(table).from_select(table.columns.keys(), select(*given.c))
        return Prepared(_resolved(rows, how, table), _PSYCOPG)

    def next_numbers(self, driver: Driver, county: str, name: str, count: int) -> Sequence[int]:
        return [row[0] for row in driver.rows(_NUMBERS, {"name": name, "count": count})]

    def together(self, driver: Driver) -> AbstractContextManager[None]:
        return driver.pipelined()

    def lock(self, driver: Driver, names: Sequence[str]) -> None:
        # In one order for everybody, so that two units never wait for each other.
        keys = sorted({_lock_key(name) for name in names})
        driver.rows(_LOCKS, {"keys": keys})

    def commit_without_waiting(self, driver: Driver) -> None:
        driver.run(_WITHOUT_WAITING, {})

    def clock(self, driver: Driver) -> datetime | None:
        moment: datetime = driver.rows(_CLOCK, {})[0][0]
        return moment


_PSYCOPG = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy left it without types
_NUMBERS = Prepared(text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)"), _PSYCOPG)
_LOCKS = Prepared(
    select(func.pg_advisory_xact_lock(func.unnest(bindparam("keys", type_=ARRAY(BigInteger, dimensions=1))))), _PSYCOPG
)
_WITHOUT_WAITING = Prepared(text("SET LOCAL synchronous_commit = off"), _PSYCOPG)
_CLOCK = Prepared(select(func.clock_timestamp()), _PSYCOPG)


def _lock_key(name: str) -> int:
    """A stable 64-bit number: Python's own hash differs from process to process."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


class Sqlite:
    """One JSON text, a counter row and no locks: there is one writer."""

    name = "sqlite"

    def __init__(self) -> None:
        self._statements: dict[Build, Prepared] = {}
        self._inserts: dict[tuple[str, str], tuple[str, tuple[int, ...]]] = {}

    def given(self, *columns: ColumnElement[Any]) -> FromClause:
        each = func.json_each(bindparam("given", type_=Text)).table_valued("value", name="each")
        values = [
            type_coerce(func.json_extract(each.c.value, literal_column(f"'$[{place}]'")), one.type).label(_name(one))
            for place, one in enumerate([column("county", Text), *columns])
        ]
        return select(*values).select_from(each).subquery("given")

    def looked_up(self, table: Table, given: FromClause, fits: ColumnElement[bool]) -> Executable:
        return select(table).join(given, fits)

    def packed(self, county: str, rows: Rows) -> dict[str, Any]:
        return {"given": json.dumps([(county, *row) for row in rows], ensure_ascii=False, default=micros)}

    def prepared(self, build: Build) -> Prepared:
        found = self._statements.get(build)
        if found is None:
            found = self._statements[build] = Prepared(build(self), _PYSQLITE_BY_NAME)
        return found

    def insert(self, driver: Driver, county: str, how: str, table: Table, rows: Rows) -> None:
        found = self._inserts.get((how, table.name))
        if found is None:
            found = self._inserts[how, table.name] = self._insert(how, table)
        statement, moments = found
        driver.run_each(statement, [*_spelled(county, rows, moments)])

    def _insert(self, how: str, table: Table) -> tuple[str, tuple[int, ...]]:
        statement = _resolved(sqlite.insert(table), how, table)
        moments = tuple(
            place for place, each in enumerate(table.columns) if isinstance(each.type.dialect_impl(_PYSQLITE), Micros)
        )
        return str(statement.compile(dialect=_PYSQLITE)), moments

    def next_numbers(self, driver: Driver, county: str, name: str, count: int) -> Sequence[int]:
        last: int = driver.rows(_COUNT_ON, {"county": county, "name": name, "value": count})[0][0]
        return range(last - count + 1, last + 1)

    def together(self, driver: Driver) -> AbstractContextManager[None]:
        return nullcontext()

    def lock(self, driver: Driver, names: Sequence[str]) -> None:
        """Nobody else writes."""

    def commit_without_waiting(self, driver: Driver) -> None:
        """There is one process and no crash of a server: the runner is woken without flags."""

    def clock(self, driver: Driver) -> datetime | None:
        return None


_PYSQLITE = sqlite.dialect()
_PYSQLITE_BY_NAME = sqlite.dialect(paramstyle="named")
_FIRST_COUNT = sqlite.insert(series)
_COUNT_ON = Prepared(
    _FIRST_COUNT.on_conflict_do_update(
        index_elements=["county", "name"], set_={"value": series.c.value + _FIRST_COUNT.excluded.value}
    ).returning(series.c.value),
    _PYSQLITE_BY_NAME,
)


def _spelled(county: str, rows: Rows, moments: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """Rows as SQLite's driver takes them: its own adapters for moments are global and deprecated."""
    for row in rows:
        values = [county, *row]
        for place in moments:
            value = values[place]
            values[place] = None if value is None else micros(value)
        yield tuple(values)


def _resolved(statement: Any, how: str, table: Table) -> Any:
    """The insert with its answer to a row that is there already."""
    if how == PLAIN:
        return statement
    if how == NEW:
        return statement.on_conflict_do_nothing()
    key = [each.name for each in table.primary_key.columns]
    rest = {each.name: statement.excluded[each.name] for each in table.columns if each.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)


def _name(each: ColumnElement[Any]) -> str:
    name: str = getattr(each, "name")  # noqa: B009  # labels and columns both carry one, their common type does not
    return name
