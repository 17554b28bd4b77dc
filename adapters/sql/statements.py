"""Statements as the driver takes them: compiled once, then run with nothing in between.

A unit runs two dozen small statements, and SQLAlchemy's own execution costs four times what the driver's does (0.09
against 0.02 ms). SQLAlchemy still writes the SQL, keeps the pool, begins and ends the transactions.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ARRAY, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]


class Prepared:
    """The text of a statement, its literal values, and how values change on their way in and out."""

    __slots__ = ("_fixed", "_into", "_make", "_out", "text")

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        # Arrays go as they are: the driver converts what is in them, and they hold nothing that it does not know.
        into = {name: _into(bind.type, dialect) for name, bind in binds.items() if not isinstance(bind.type, ARRAY)}
        out = [_out(each.type, dialect) for each in getattr(statement, "exported_columns", ())]
        self.text: str = compiled.string
        for bind in compiled.literal_execute_params:
            shown = compiled.render_literal_value(bind.value, bind.type)
            self.text = self.text.replace(f"__[POSTCOMPILE_{compiled.bind_names[bind]}]", shown)
        self._into: dict[str, Convert] = {name: convert for name, convert in into.items() if convert is not None}
        self._out = [(place, convert) for place, convert in enumerate(out) if convert is not None]
        self._make: Convert | None = None
        literals = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
        self._fixed = self._converted(literals)

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters by name: these values, and the literals of the statement."""
        return self._fixed | self._converted(values)

    def rows(self, cursor: Any) -> list[Any]:
        """What the cursor holds, as tuples whose fields are named after the columns."""
        found = cursor.fetchall()
        if self._make is None:
            names = [column[0] for column in cursor.description]
            row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024  # its columns are known only now
            self._make = row._make
        return [self._make(row) for row in map(self._read, found)]

    def _converted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        converted = dict(values)
        for name, convert in self._into.items():
            if name in converted:
                converted[name] = convert(converted[name])
        return converted

    def _read(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self._out:
            return row
        values = list(row)
        for place, convert in self._out:
            values[place] = convert(values[place])
        return values


def _into(type_: Any, dialect: Dialect) -> Convert | None:
    convert: Convert | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _out(type_: Any, dialect: Dialect) -> Convert | None:
    convert: Convert | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return convert


class Driver:
    """The driver's cursor on a connection, in its transaction.

    Raises:
        DBAPIError: whatever the driver raised, and with the connection invalidated where that is gone.
    """

    __slots__ = ("_connection", "_cursor", "_errors")

    def __init__(self, connection: Connection) -> None:
        if not connection.in_transaction():
            connection.begin()
        self._connection = connection
        self._cursor: Any = connection.connection.cursor()
        self._errors = connection.dialect.loaded_dbapi.Error

    def rows(self, prepared: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Run a statement and fetch all that it returns."""
        return self.rows_of_each([(prepared, values)])[0]

    def rows_of_each(self, asked: Sequence[tuple[Prepared, Mapping[str, Any]]]) -> list[list[Any]]:
        """Run statements and fetch all that each returns."""
        # A cursor for each: one that is used again forgets what it has not been asked for yet.
        cursors = [self._connection.connection.cursor() for _ in asked]
        try:
            for cursor, (prepared, values) in zip(cursors, asked, strict=True):
                cursor.execute(prepared.text, prepared.parameters(values))
            return [prepared.rows(cursor) for cursor, (prepared, _) in zip(cursors, asked, strict=True)]
        except self._errors as error:
            raise self._reported(error) from error

    def run(self, prepared: Prepared, values: Mapping[str, Any]) -> None:
        """Run a statement that returns nothing."""
        try:
            self._cursor.execute(prepared.text, prepared.parameters(values))
        except self._errors as error:
            raise self._reported(error) from error

    def run_each(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of positional parameters."""
        try:
            self._cursor.executemany(text, rows)
        except self._errors as error:
            raise self._reported(error) from error

    @contextmanager
    def pipelined(self) -> Iterator[None]:
        """Send statements without waiting for the answer to each (PostgreSQL's pipeline mode).

        They are carried out in their order, each after the one before. What one of them failed of is raised where rows
        are fetched next, or at the end.
        """
        connection: Any = self._connection.connection.driver_connection
        try:
            with connection.pipeline():
                yield
        except self._errors as error:
            raise self._reported(error) from error

    def _reported(self, error: Exception) -> DBAPIError:
        dialect, raw = self._connection.dialect, self._connection.connection.dbapi_connection
        is_gone = dialect.is_disconnect(error, raw, self._cursor)  # type: ignore[arg-type]  # the driver's own error
        if is_gone:
            self._connection.invalidate(error)
        return DBAPIError(None, None, error, connection_invalidated=is_gone)
