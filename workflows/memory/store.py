"""Tables of rows with snapshots: what a database gives its transactions, without the disk.

A transaction reads the snapshot of the moment it began plus what it wrote itself. Nothing waits: the first
to commit wins, and whoever wrote or locked a row that somebody else has committed meanwhile gets `Conflict`.
Snapshots share their rows; a commit copies a table only while somebody still reads the old one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import islice
from threading import RLock
from typing import Any, Generic, TypeVar

from workflows.ports import Conflict

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
S = TypeVar("S")

Place = tuple[str, Hashable]
"""One row: the name of its table and its key."""


class Isolation(Enum):
    """What a plain read sees of others: the snapshot of the beginning, or what is committed at each statement.

    COMMITTED reads like PostgreSQL's READ COMMITTED and is for one thread only.
    """

    SNAPSHOT = "snapshot"
    COMMITTED = "committed"


class RowExistsError(Conflict):
    """A row was inserted whose key stands in the table already: the constraint that every other guard comes before."""


@dataclass(frozen=True, eq=False)
class Table(Generic[K, R]):
    """A table with its primary key type, its row type and its indexes (name -> value of a row)."""

    name: str
    indexes: Mapping[str, Callable[[R], Hashable]] = field(default_factory=dict)


class _Rows:
    """The rows of one table and their indexes. What an index holds under a value is copied before its first change."""

    __slots__ = ("indexes", "own", "rows", "values")

    def __init__(self, values: Mapping[str, Callable[[Any], Hashable]]) -> None:
        self.values = values
        self.rows: dict[Hashable, Any] = {}
        self.indexes: dict[str, dict[Hashable, dict[Hashable, None]]] = {name: {} for name in values}
        self.own: dict[str, set[Hashable]] = {name: set() for name in values}

    def copy(self) -> _Rows:
        twin = _Rows(self.values)
        twin.rows = dict(self.rows)
        twin.indexes = {name: dict(index) for name, index in self.indexes.items()}
        return twin

    def put(self, key: Hashable, row: Any) -> None:
        old = self.rows.get(key)
        for name, value_of in self.values.items():
            new_value = value_of(row)
            if old is not None and value_of(old) == new_value:
                continue
            self._unlist(name, key, old)
            self._listed(name, new_value)[key] = None
        self.rows[key] = row

    def drop(self, key: Hashable) -> None:
        old = self.rows.pop(key, None)
        for name in self.values:
            self._unlist(name, key, old)

    def _unlist(self, name: str, key: Hashable, row: Any) -> None:
        if row is None:
            return
        value = self.values[name](row)
        listed = self._listed(name, value)
        del listed[key]
        if not listed:
            del self.indexes[name][value]
            self.own[name].discard(value)

    def _listed(self, name: str, value: Hashable) -> dict[Hashable, None]:
        """The keys under a value of an index, to be changed: whoever still reads the old ones keeps them."""
        index, own = self.indexes[name], self.own[name]
        if value not in own:
            index[value] = dict(index.get(value, {}))
            own.add(value)
        return index[value]


_EMPTY = _Rows({})


class Database:
    """The committed tables, the locks of open transactions, and the counters that no rollback turns back."""

    def __init__(self) -> None:
        self.tables: dict[str, _Rows] = {}
        self.commits = 0
        self._stamps: dict[Place, int] = {}
        self._locks: dict[Place, Transaction] = {}
        self._open: list[Transaction] = []
        self._series: Counter[str] = Counter()
        self._mutex = RLock()

    def begin(self, now: datetime, isolation: Isolation) -> Transaction:
        """Open a transaction at the time `now`; close it with `commit` or `close`."""
        with self._mutex:
            transaction = Transaction(self, now, isolation)
            self._open.append(transaction)
            return transaction

    def next_number(self, series: str) -> int:
        """The next number of a series; like a database's sequence it leaves gaps and knows no order of commit."""
        with self._mutex:
            self._series[series] += 1
            return self._series[series]

    def lock(self, transaction: Transaction, places: Iterable[Place]) -> bool:
        """Lock all places until the transaction ends; False, and nothing locked, if somebody holds one or took it.

        As SKIP LOCKED does: it neither waits nor fails, and a row that has changed meanwhile is not had.
        """
        wanted = list(places)
        with self._mutex:
            if any(self._locks.get(place, transaction) is not transaction for place in wanted):
                return False
            if any(self.changed_since(place, transaction.seen) for place in wanted):
                return False
            for place in wanted:
                self._locks[place] = transaction
            return True

    def changed_since(self, place: Place, commit: int) -> bool:
        """Whether the row was written or locked by a transaction that committed after `commit`."""
        return self._stamps.get(place, 0) > commit

    def refuse_lost(self, transaction: Transaction) -> None:
        """Raise Conflict when somebody else has committed a row of the transaction first."""
        for place, since in transaction.touched.items():
            if self.changed_since(place, since):
                table, key = place
                raise Conflict(f"{table} {key!r} was committed by another transaction first: run it again")

    def commit(self, transaction: Transaction) -> None:
        """Make its writes visible to whoever begins now.

        Raises:
            Conflict: somebody else has committed one of its rows first.
        """
        with self._mutex:
            try:
                self.refuse_lost(transaction)
                self._apply(transaction)
            finally:
                self.close(transaction)

    def close(self, transaction: Transaction) -> None:
        """End a transaction and let go of its locks; what is not committed is gone."""
        with self._mutex:
            self._open = [other for other in self._open if other is not transaction]
            self._locks = {place: holder for place, holder in self._locks.items() if holder is not transaction}
            if not self._open:
                self._stamps.clear()

    def _apply(self, transaction: Transaction) -> None:
        if not transaction.touched:
            return
        self.commits += 1
        self._stamps.update(dict.fromkeys(transaction.touched, self.commits))
        shared = any(other is not transaction for other in self._open)
        if shared:
            self.tables = dict(self.tables)
        for table, written in transaction.written.items():
            rows = self.tables.get(table.name, _Rows(table.indexes))
            target = rows.copy() if shared else rows
            for key, row in written.items():
                if row is None:
                    target.drop(key)
                else:
                    target.put(key, row)
            self.tables[table.name] = target


class Transaction:
    """One view of the tables with its own writes on top."""

    def __init__(self, database: Database, now: datetime, isolation: Isolation) -> None:
        self.now = now
        self._database = database
        self._snapshot = database.tables if isolation is Isolation.SNAPSHOT else None
        self._began = database.commits
        self.touched: dict[Place, int] = {}
        self.written: dict[Table[Any, Any], dict[Hashable, Any]] = {}

    @property
    def base(self) -> dict[str, _Rows]:
        """The tables that plain reads look at, without its own writes."""
        return self._database.tables if self._snapshot is None else self._snapshot

    @property
    def seen(self) -> int:
        """The last commit that plain reads can see."""
        return self._database.commits if self._snapshot is None else self._began

    def next_number(self, series: str) -> int:
        """The next number of a series."""
        return self._database.next_number(series)

    def get(self, table: Table[K, R], key: K) -> R | None:
        """The row of this key."""
        written = self.written.get(table)
        if written is not None and key in written:
            own: R | None = written[key]
            return own
        found: R | None = self._rows(table).rows.get(key)
        return found

    def all(self, table: Table[K, R]) -> list[tuple[K, R]]:
        """Every (key, row), in no promised order."""
        written = self.written.get(table, {})
        rows = [(key, row) for key, row in self._rows(table).rows.items() if key not in written]
        rows += [(key, row) for key, row in written.items() if row is not None]
        return rows  # type: ignore[return-value]  # the keys of a table are of its key type

    def where(self, table: Table[K, R], index: str, value: Hashable) -> list[R]:
        """The rows whose index has this value, in no promised order."""
        written = self.written.get(table, {})
        base = self._rows(table)
        listed = base.indexes.get(index, {}).get(value, ())
        found: list[R] = [base.rows[key] for key in listed if key not in written]
        value_of = table.indexes[index]
        return found + [row for row in written.values() if row is not None and value_of(row) == value]

    def insert(self, table: Table[K, R], key: K, row: R) -> None:
        """Write a row that must be new.

        Raises:
            RowExistsError: it is not.
            Conflict: it is not, and the transaction has lost against the one that wrote it.
        """
        if self.get(table, key) is not None:
            self._database.refuse_lost(self)
            raise RowExistsError(f"{table.name} {key!r} stands already: it cannot be inserted twice")
        self.put(table, key, row)

    def put(self, table: Table[K, R], key: K, row: R) -> None:
        """Write a row, new or not."""
        self._touch(table, key)
        self.written.setdefault(table, {})[key] = row

    def drop(self, table: Table[K, R], key: K) -> None:
        """Remove a row."""
        self._touch(table, key)
        self.written.setdefault(table, {})[key] = None

    def take_part(self, table: Table[K, R], key: K) -> None:
        """Lock a row, there or not: of two transactions that take part the second to commit fails.

        Raises:
            Conflict: somebody else has committed it since this transaction began.
        """
        if self._database.changed_since((table.name, key), self.seen):
            raise Conflict(f"{table.name} {key!r} was committed by another transaction first: run it again")
        self._touch(table, key)

    def latest(self, table: Table[K, R], key: K) -> R | None:
        """The row as last committed, or as written here: what a guarded update looks at."""
        if key in self.written.get(table, {}):
            return self.get(table, key)
        found: R | None = self._database.tables.get(table.name, _EMPTY).rows.get(key)
        return found

    def put_latest(self, table: Table[K, R], key: K, row: R | None) -> None:
        """Write a row (None removes it) that was decided on its latest form, however old the snapshot is."""
        self.touched[table.name, key] = self._database.commits
        self.written.setdefault(table, {})[key] = row

    def lock(self, *places: tuple[Table[Any, Any], Hashable]) -> bool:
        """Lock these rows if nobody holds or has changed one of them; False otherwise."""
        return self._database.lock(self, [(table.name, key) for table, key in places])

    def lock_some(self, table: Table[K, R], rows: Iterable[S], key_of: Callable[[S], K], limit: int) -> list[S]:
        """The first `limit` of these rows of a table that can be locked, locked."""
        return list(islice((row for row in rows if self.lock((table, key_of(row)))), limit))

    def _touch(self, table: Table[Any, Any], key: Hashable) -> None:
        self.touched.setdefault((table.name, key), self.seen)

    def _rows(self, table: Table[Any, Any]) -> _Rows:
        return self.base.get(table.name, _EMPTY)
