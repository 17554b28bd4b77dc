"""One transaction: statements that are built once, run on batches, for one county, at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table

from adapters.sql.dialects import COUNTY, NEW, PLAIN, REPLACE, Build, Dialect, Rows
from adapters.sql.statements import Driver
from adapters.vault import DataKey, OfficeVault
from workflows.machine.case import JSON


class Transaction:
    """What the duties of a unit work on. `now` is read once, when it begins.

    `data_keys` and `personal` are what this unit has decrypted so far; nothing of it outlives the unit.
    """

    __slots__ = ("connection", "county", "data_keys", "dialect", "driver", "now", "personal", "vault")

    def __init__(
        self, connection: Connection, driver: Driver, dialect: Dialect, county: str, now: datetime, vault: OfficeVault
    ) -> None:
        self.connection = connection
        self.driver = driver
        self.dialect = dialect
        self.county = county
        self.now = now
        self.vault = vault
        self.data_keys: dict[str, DataKey | None] = {}
        self.personal: dict[str, Mapping[str, JSON]] = {}

    def rows(self, build: Build, **values: Any) -> Sequence[Any]:
        """Run a statement and fetch all that it returns: tuples whose fields are named after the columns."""
        return self.driver.rows(self.dialect.prepared(build), {COUNTY.key: self.county, **values})

    def rows_of(self, build: Build, given: Rows, **values: Any) -> Sequence[Any]:
        """The same for a batch; an empty batch asks nothing."""
        return self.rows(build, **self.dialect.packed(self.county, given), **values) if given else []

    def rows_of_each(self, *asked: tuple[Build, Rows]) -> list[Sequence[Any]]:
        """The rows of several batches, asked for together; an empty batch asks nothing."""
        wanted = [
            (self.dialect.prepared(build), {COUNTY.key: self.county, **self.dialect.packed(self.county, given)})
            for build, given in asked
            if given
        ]
        with self.together():
            found = iter(self.driver.rows_of_each(wanted))
        return [next(found) if given else [] for _, given in asked]

    def together(self) -> AbstractContextManager[None]:
        """Statements in here need not wait for each other's answers: on PostgreSQL a way there and back for each is saved."""
        return self.dialect.together(self.driver)

    def run(self, build: Build, **values: Any) -> None:
        """Run a statement that returns nothing."""
        self.driver.run(self.dialect.prepared(build), {COUNTY.key: self.county, **values})

    def run_of(self, build: Build, given: Rows, **values: Any) -> None:
        """The same for a batch."""
        if given:
            self.run(build, **self.dialect.packed(self.county, given), **values)

    def insert(self, table: Table, rows: Rows) -> None:
        """Insert rows (values in the order of the table's columns, without county) that are not there yet."""
        self._insert(PLAIN, table, rows)

    def insert_new(self, table: Table, rows: Rows) -> None:
        """Insert the rows whose key is new; the others stay as they are."""
        self._insert(NEW, table, rows)

    def put(self, table: Table, rows: Rows) -> None:
        """Insert rows, or replace those with their key; the last of a batch with the same key counts."""
        key = _key_of(table)
        self._insert(REPLACE, table, [*{key(row): row for row in rows}.values()])

    def _insert(self, how: str, table: Table, rows: Rows) -> None:
        if rows:
            self.dialect.insert(self.driver, self.county, how, table, rows)

    def next_numbers(self, name: str, count: int) -> Sequence[int]:
        """New row numbers, rising."""
        return self.dialect.next_numbers(self.driver, self.county, name, count) if count else []


@cache
def _key_of(table: Table) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    names = [each.name for each in table.columns][1:]
    places = [names.index(each.name) for each in table.primary_key.columns if each.name != "county"]
    return lambda row: tuple(row[place] for place in places)
