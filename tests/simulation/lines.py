"""Connections to PostgreSQL whose every statement waits for its worker's turn, and some of which break."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final, Protocol, TypeVar

import psycopg
from psycopg import pq

T = TypeVar("T")

BREAKS: Final = {
    "cut at a statement": 0.006,
    "cut before COMMIT": 0.04,
    "cut after COMMIT": 0.04,
    "serialization failure": 0.006,
}
"""What goes wrong on a line, and how likely it does where it can, in a seed that has it."""

LOCKS_CASES: Final = "SELECT case_head FOR NO KEY UPDATE"
"""The statement that locks heads, in short."""

LOCKS_CORRELATIONS: Final = "SELECT pg_advisory_xact_lock"
"""The statement that locks correlations, in short."""

_NOT_SERIALIZABLE: Final = "DO $$ BEGIN RAISE SQLSTATE '40001' USING MESSAGE = 'simulated: not serializable'; END $$"


class Turn(Protocol):
    """Lets a statement run when it is its worker's turn (`turns.Turns`)."""

    def ask(self, backend: int, what: str, statement: Callable[[], T]) -> T:
        """Run the statement on this backend."""

    def whose(self) -> str:
        """The worker that is asking; "" when it is nobody's turn."""


Slip = Callable[[str, str, str], str]
"""What a worker says instead of a statement, which is given in short and in full."""


def faithful(_worker: str, _short: str, query: str) -> str:
    """The statement as it is."""
    return query


@dataclass
class Exchange:
    """What the lines of a seed have in common.

    Args:
        turn: whose statement runs when.
        chance: when lines break.
        breaks: what may go wrong in this seed.
        gone: waits until a backend is no more: what it held is free then.
        committed: looks at what is committed, whenever something was.
        lost: is told when whoever has the turn loses what its transaction holds, before anybody else goes on.
        twice: is told of a row that was there already.
        locked: is told what was locked in one statement, in the order in which it was.
        note: is told what broke.
        slip: what becomes of a statement where a bug is planted.
    """

    turn: Turn
    chance: Random
    breaks: frozenset[str]
    gone: Callable[[int], None]
    committed: Callable[[], None]
    lost: Callable[[], None]
    twice: Callable[[str], None]
    locked: Callable[[Sequence[Any]], None]
    note: Callable[[str], None]
    slip: Slip
    active: bool = True

    def strikes(self, what: str) -> bool:
        """Whether this goes wrong now."""
        if not self.active or what not in self.breaks or not self.turn.whose():
            return False
        strikes = self.chance.random() < BREAKS[what]
        if strikes:
            self.note(what)
        return strikes


class Line(psycopg.Connection[Any]):
    """A connection; `exchange` is None while a pool looks after it."""

    exchange: Exchange | None = None

    def commit(self) -> None:
        exchange = self.exchange
        if exchange is None:
            super().commit()
            return
        exchange.turn.ask(self._backend, "COMMIT", lambda: self._commit(exchange))
        exchange.committed()

    def _commit(self, exchange: Exchange) -> None:
        if exchange.strikes("cut before COMMIT"):
            self.cut(exchange)
        super().commit()
        if exchange.strikes("cut after COMMIT"):
            self.cut(exchange)

    def rollback(self) -> None:
        if self.exchange is None or self.closed or self.info.transaction_status is pq.TransactionStatus.IDLE:
            super().rollback()
            return
        self.exchange.turn.ask(self._backend, "ROLLBACK", super().rollback)

    def cut(self, exchange: Exchange) -> None:
        """The line breaks.

        Raises:
            OperationalError: as the driver says it.
        """
        backend = self._backend
        exchange.lost()
        self.close()
        exchange.gone(backend)
        raise psycopg.OperationalError("simulated: the line was cut")

    @property
    def _backend(self) -> int:
        return self.pgconn.backend_pid


class Saying(psycopg.Cursor[Any]):
    """A cursor of a line."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        """Run a statement when it is its turn."""
        line = self.connection
        assert isinstance(line, Line)
        exchange = line.exchange
        if exchange is None:
            return super().execute(query, *arguments, **options)

        def say() -> Any:
            if exchange.strikes("cut at a statement"):
                line.cut(exchange)
            if exchange.strikes("serialization failure"):
                exchange.lost()
                return super(Saying, self).execute(_NOT_SERIALIZABLE)
            said = exchange.slip(exchange.turn.whose(), in_short(query), query)
            try:
                answered = super(Saying, self).execute(said, *arguments, **options)
            except psycopg.errors.UniqueViolation as error:
                exchange.lost()
                exchange.twice(error.diag.table_name or "a table")
                raise
            if in_short(query) == LOCKS_CASES:
                exchange.locked(self._first_column())
            if in_short(query) == LOCKS_CORRELATIONS:
                exchange.locked(arguments[0]["keys"])
            return answered

        return exchange.turn.ask(line.pgconn.backend_pid, in_short(query), say)

    def _first_column(self) -> list[str]:
        """What was answered, without taking it from whoever asked."""
        result = self.pgresult
        assert result is not None
        return [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]


@cache
def in_short(query: str) -> str:
    """A statement in a few words: what it does, to which tables, and how it locks."""
    verb = query.split(None, 1)[0]
    tables = [one for one in _TABLE.findall(query) if one not in _NO_TABLES]
    locks = _LOCK.findall(query)
    return " ".join(dict.fromkeys([verb, *tables, *locks]))


_TABLE: Final = re.compile(r"(?:FROM|INTO|JOIN|UPDATE)\s+([a-z_]+)")
_NO_TABLES: Final = frozenset({"unnest", "claimed", "generate_series"})
_LOCK: Final = re.compile(r"FOR (?:NO KEY )?UPDATE|SKIP LOCKED|pg_advisory_xact_lock|nextval")
