"""Where units come from on SQLite and PostgreSQL, and the unit itself: one method, one duty of this folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from adapters.sql import (
    assigning,
    claims,
    comments,
    delivering,
    doors,
    gates,
    heads,
    personal,
    plans,
    registers,
    sealing,
    sharing,
    slices,
    tracking,
    visibility,
    writing,
)
from adapters.sql.attachments import SqlAttachments
from adapters.sql.ballots import SqlBallots
from adapters.sql.board import SqlBoard
from adapters.sql.drafts import SqlDrafts
from adapters.sql.engines import Database, PostgresDatabase, SqliteDatabase
from adapters.sql.failures import Lost, around_commit, in_words_of_the_ports
from adapters.sql.fanouts import SqlFanouts
from adapters.sql.pace import Pace
from adapters.sql.serials import SqlSerials
from adapters.sql.statements import Driver
from adapters.sql.transaction import Transaction
from adapters.sql.urgencies import SqlUrgencies
from adapters.vault import OfficeVault
from workflows.machine.case import Case, Effect, Holder, Lane, Plan, Slice, Subscription, WorkItem
from workflows.machine.comment import Comment
from workflows.machine.decision import Claim
from workflows.ports import (
    ActRow,
    Changes,
    Conflict,
    DueEffect,
    Gate,
    InboxRow,
    Keyed,
    NewEvent,
    RegisterRow,
    StoredEvent,
)

T = TypeVar("T")
Pairs = Sequence[tuple[str, str]]

TRIES = 5
# How long a bulk unit may keep a click waiting, and the smallest and the largest batch (architecture.md §2.6, §4).
SQLITE_PACE = (0.020, 10, 50)
POSTGRES_PACE = (0.120, 50, 200)
# How many rows a door commits at once: on SQLite whoever clicks waits until they are written.
SQLITE_INTAKE = 100
POSTGRES_INTAKE = 500


class SqlUnit:
    """One transaction; `workflows.ports.Unit` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.county = tx.county
        self.now = tx.now
        self.fanouts = SqlFanouts(tx)
        self.board = SqlBoard(tx)
        self.serials = SqlSerials(tx)
        self.drafts = SqlDrafts(tx)
        self.ballots = SqlBallots(tx)
        self.urgencies = SqlUrgencies(tx)
        self.attachments = SqlAttachments(tx)
        self.claimed = 0
        """How many cases this unit took: its length is theirs, and a batch of another size would change it."""

    # doors and routing
    def key_events(self, events: Sequence[NewEvent]) -> list[Keyed]:
        return doors.key_events(self.tx, events)

    def add_events(self, events: Sequence[StoredEvent]) -> None:
        doors.add_events(self.tx, events)

    def lock_correlations(self, pairs: Pairs) -> None:
        doors.lock_correlations(self.tx, pairs)

    def subscriptions_to(self, pairs: Pairs) -> list[Subscription]:
        return doors.subscriptions_to(self.tx, pairs)

    def park_unmatched(self, events: Sequence[StoredEvent]) -> None:
        doors.park_unmatched(self.tx, events)

    def give_back(self, routes: Sequence[tuple[int, str]]) -> set[int]:
        return doors.give_back(self.tx, routes)

    def take_unmatched(self, pairs: Pairs) -> list[tuple[int, str, str]]:
        return doors.take_unmatched(self.tx, pairs)

    def add_cases(self, cases: Sequence[Case]) -> set[str]:
        return heads.add_cases(self.tx, cases)

    def post(self, rows: Sequence[InboxRow]) -> list[int]:
        return doors.post(self.tx, rows)

    def events(self, numbers: Sequence[int]) -> dict[int, StoredEvent]:
        return doors.events(self.tx, numbers)

    # advance
    def claim_fresh(self, lane: Lane, limit: int) -> list[InboxRow]:
        return self._claimed(claims.claim_fresh(self.tx, lane, limit))

    def claim_cases(self, cases: Sequence[str]) -> list[InboxRow]:
        return self._claimed(claims.claim_cases(self.tx, cases))

    def _claimed(self, rows: list[InboxRow]) -> list[InboxRow]:
        self.claimed += len({row.case for row in rows})
        return rows

    def hold_cases(self, cases: Sequence[str]) -> None:
        heads.hold(self.tx, cases)

    def count_attempts(self, lane: Lane, limit: int) -> list[InboxRow]:
        return claims.count_attempts(self.tx, lane, limit)

    def load(
        self,
        cases: Sequence[str],
        near: Mapping[str, Collection[str]] | None = None,
        heard: Mapping[str, Collection[tuple[str, str]]] | None = None,
    ) -> dict[str, Slice]:
        return slices.load(self.tx, cases, near or {}, heard or {})

    def item(self, item: str) -> WorkItem | None:
        return slices.item(self.tx, item)

    def past(self, cases: Sequence[str]) -> dict[str, tuple[WorkItem, ...]]:
        return slices.past(self.tx, cases)

    def places(self, items: Sequence[str]) -> dict[str, str]:
        return slices.places(self.tx, items)

    def comments(self, cases: Sequence[str]) -> dict[str, dict[int, Comment]]:
        return comments.of_cases(self.tx, cases)

    def audiences(self, cases: Sequence[str]) -> dict[str, frozenset[str]]:
        return visibility.audiences(self.tx, cases)

    def save_heads(self, expected: Sequence[tuple[int, Case]]) -> set[str]:
        return heads.save_heads(self.tx, expected)

    def write(self, changes: Changes) -> None:
        writing.write(self.tx, changes)

    def clear_inbox(self, numbers: Sequence[int]) -> None:
        claims.clear_inbox(self.tx, numbers)

    def quarantine(self, case: str, why: str) -> None:
        heads.quarantine(self.tx, case, why)

    # between cases
    def claim_resources(self, claims: Sequence[Claim], releases: Sequence[Claim]) -> list[Claim]:
        return sharing.claim_resources(self.tx, claims, releases)

    def close_gate(self, root: str, by: str, reason: str) -> None:
        gates.close(self.tx, root, by, reason)

    def open_gate(self, root: str) -> datetime | None:
        return gates.open_(self.tx, root)

    def gate_of(self, root: str) -> Gate | None:
        return gates.gate_of(self.tx, root)

    def tree(self, root: str) -> tuple[str, ...]:
        return gates.tree(self.tx, root)

    # registers, persons, acts

    def twins(self, wanted: Pairs) -> dict[tuple[str, str], tuple[str, ...]]:
        return registers.twins(self.tx, wanted)

    def registers(self, wanted: Pairs) -> dict[tuple[str, str], RegisterRow]:
        return registers.registers(self.tx, wanted)

    def put_registers(self, rows: Sequence[RegisterRow]) -> None:
        registers.put_registers(self.tx, rows)

    def erase(self, persons: Sequence[str]) -> None:
        personal.destroy(self.tx, persons)

    def forget(self, cases: Sequence[str]) -> None:
        personal.forget(self.tx, cases)

    def find_acts(self, keys: Sequence[str]) -> dict[str, ActRow]:
        return registers.find_acts(self.tx, keys)

    def add_acts(self, rows: Sequence[ActRow]) -> None:
        registers.add_acts(self.tx, rows)

    # track
    def fire_timers(self, limit: int) -> int:
        return tracking.fire_timers(self.tx, limit)

    def due_plans(self, limit: int) -> list[Plan]:
        return plans.due_plans(self.tx, limit)

    def plans_hearing(self, pairs: Pairs) -> list[Plan]:
        return plans.hearing(self.tx, pairs)

    def advance_plans(self, done: Sequence[str], moved: Sequence[Plan]) -> None:
        plans.advance_plans(self.tx, done, moved)

    def seal(self, limit: int) -> int:
        return sealing.seal(self.tx, limit)

    # assign
    def narrowable(self, limit: int) -> list[tuple[WorkItem, tuple[Holder, ...]]]:
        return assigning.narrowable(self.tx, limit)

    def open_counts(self, users: Sequence[str]) -> dict[str, int]:
        return assigning.open_counts(self.tx, users)

    def own(self, holders: Sequence[Holder]) -> None:
        assigning.own(self.tx, holders)

    # deliver
    def lease_effects(self, limit: int, seconds: int) -> list[DueEffect]:
        return delivering.lease_effects(self.tx, limit, seconds)

    def record_sent(self, sent: Sequence[DueEffect]) -> set[str]:
        return delivering.record_sent(self.tx, sent)

    def record_failed(self, failed: Sequence[tuple[DueEffect, str, datetime]]) -> set[str]:
        return delivering.record_failed(self.tx, failed)

    def add_notices(self, notices: Sequence[Effect]) -> None:
        delivering.add_notices(self.tx, notices)

    # lanes
    def raise_hint(self, lane: Lane) -> bool:
        return delivering.raise_hint(self.tx, lane)

    def clear_hint(self, lane: Lane) -> None:
        delivering.clear_hint(self.tx, lane)


class SqlUnits:
    """Units on a database.

    Args:
        database: opened by `engines.open_database`.
        county: the county whose rows these units see.
        vault: the office's keys.
        now: a clock to use instead of the database's own; needed on SQLite, which has none.

    Raises:
        ValueError: for SQLite without a clock.
    """

    rest_seconds = 0.01
    """How long a unit that lost rests before it tries again; after the second time twice as long, and so on."""

    def __init__(
        self, database: Database, county: str, vault: OfficeVault, now: Callable[[], datetime] | None = None
    ) -> None:
        on_sqlite = isinstance(database, SqliteDatabase)
        if on_sqlite and now is None:
            raise ValueError("SQLite has no clock of its own: give SqlUnits a `now`")
        self.database = database
        self.county = county
        self.vault = vault
        self._now = now
        self.intake = SQLITE_INTAKE if on_sqlite else POSTGRES_INTAKE
        self._pace = Pace(*(SQLITE_PACE if on_sqlite else POSTGRES_PACE))

    @property
    def batch(self) -> int:
        """How many cases a move takes at once; shrinks when bulk units keep others waiting."""
        return self._pace.batch

    def run(self, work: Callable[[SqlUnit], T], lane: Lane = Lane.INTERACTIVE) -> T:
        """Run `work` in one transaction and commit; `workflows.ports.Units` says the rest.

        Raises:
            Conflict: it lost five times.
            CommitUnknown: the connection broke during COMMIT.
            StoreUnavailable: the database does not answer; nothing was written.
        """
        for tried in range(1, TRIES):
            try:
                return self._in_turn(work, lane)
            except (Conflict, Lost):
                time.sleep(self.rest_seconds * tried)
        return self._in_turn(work, lane)

    def read(self, work: Callable[[SqlUnit], T]) -> T:
        """Run `work` in a transaction that is thrown away."""
        with in_words_of_the_ports(), self.database.reading.connect() as connection:
            return work(self._unit(connection))

    def _in_turn(self, work: Callable[[SqlUnit], T], lane: Lane) -> T:
        if isinstance(self.database, SqliteDatabase):
            return self.database.writer.run(lambda: self._once(self.database.writing, work, lane), lane)
        result = self._once(self.database.writing, work, lane)
        if isinstance(self.database, PostgresDatabase):
            self.database.upkeep.note(self.database.writing)
        return result

    def _once(self, engine: Engine, work: Callable[[SqlUnit], T], lane: Lane) -> T:
        with in_words_of_the_ports(), engine.connect() as connection:
            began = time.monotonic()
            unit = self._unit(connection)
            result = work(unit)
            with around_commit():
                connection.commit()
            if lane is Lane.BULK and unit.claimed:
                self._pace.note(time.monotonic() - began, unit.claimed)
        return result

    def _unit(self, connection: Connection) -> SqlUnit:
        dialect, driver = self.database.dialect, Driver(connection)
        now = self._now() if self._now is not None else dialect.clock(driver)
        if now is None:
            raise RuntimeError("neither the unit nor the database has a clock")
        return SqlUnit(Transaction(connection, driver, dialect, self.county, now.astimezone(UTC), self.vault))
