"""SQLite: one process, one writer, and nobody who waits for a click waits for bulk work."""

from __future__ import annotations

import logging
import multiprocessing
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.sql.engines import SqliteDatabase, open_database
from adapters.sql.holding import DatabaseInUse, Hold, is_held
from adapters.sql.pace import Pace
from adapters.sql.units import SqlUnit, SqlUnits
from adapters.vault import OfficeVault
from tests.contract.conftest import COUNTY, Clock
from tests.contract.samples import an_event
from workflows.machine.case import Lane


@pytest.fixture
def store() -> str:
    return "sqlite"


def path_of(units: SqlUnits) -> Path:
    database = units.database
    assert isinstance(database, SqliteDatabase)
    return database.path


def hold_in_another_process(path: Path) -> str:
    try:
        Hold(path)
    except DatabaseInUse as refusal:
        return str(refusal)
    return "held"


def in_another_process(work: object, *arguments: object) -> object:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)  # type: ignore[arg-type]  # any function of a module


def test_a_second_process_is_refused_with_the_setting_that_helps(units: SqlUnits) -> None:
    units.run(lambda unit: unit.key_events([an_event("e1")]))

    refusal = in_another_process(hold_in_another_process, path_of(units))

    assert "LIAISON_DATABASE_URL" in str(refusal)
    assert "in use by process" in str(refusal)


def test_a_database_is_held_from_the_first_write_until_it_is_closed(units: SqlUnits) -> None:
    path = path_of(units)
    units.read(lambda unit: unit.events([1]))
    before = is_held(path)

    units.run(lambda unit: unit.key_events([an_event("e1")]))
    during = in_another_process(is_held, path)
    units.database.close()

    assert (before, during, is_held(path)) == (False, True, False)


def test_commits_are_on_the_disk_and_readers_do_not_wait(units: SqlUnits) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30000, "foreign_keys": 0}

    found = units.run(
        lambda unit: {name: unit.tx.connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
    )

    assert found == wanted


def test_a_reader_cannot_write(units: SqlUnits) -> None:
    with pytest.raises(Exception, match="readonly database"):
        units.read(lambda unit: unit.key_events([an_event("e1")]))


def test_a_reader_sees_the_last_commit_while_the_writer_is_at_work(units: SqlUnits) -> None:
    (keyed,) = units.run(lambda unit: unit.key_events([an_event("e1")]))
    wrote, go_on = threading.Event(), threading.Event()

    def write(unit: SqlUnit) -> None:
        unit.key_events([an_event("e2")])
        wrote.set()
        go_on.wait(5)

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(units.run, write)
        wrote.wait(5)
        seen = units.read(lambda unit: unit.tx.connection.execute(text("SELECT no FROM event_key")).scalars().all())
        go_on.set()
        writing.result(5)

    assert seen == [keyed.no]


def test_a_click_goes_before_the_bulk_work_that_waits(units: SqlUnits) -> None:
    order: list[str] = []
    started, go_on = threading.Event(), threading.Event()

    def first(unit: SqlUnit) -> None:
        started.set()
        go_on.wait(5)

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(units.run, first, Lane.BULK)]
        started.wait(5)
        done += [threads.submit(units.run, lambda _: order.append("bulk"), Lane.BULK) for _ in range(5)]
        writer = units.database.writer  # type: ignore[attr-defined]  # SQLite's
        wait_for(lambda: writer.waiting == 5)
        done.append(threads.submit(units.run, lambda _: order.append("click"), Lane.INTERACTIVE))
        wait_for(lambda: writer.waiting == 6)
        go_on.set()
        for each in done:
            each.result(5)

    assert order == ["click", *["bulk"] * 5]


def wait_for(condition: object) -> None:
    reached = threading.Event()
    for _ in range(1000):
        if condition():  # type: ignore[operator]  # a question
            return
        reached.wait(0.005)
    raise AssertionError("the condition was never reached")


def test_a_unit_inside_a_unit_is_refused_instead_of_waiting_for_itself(units: SqlUnits) -> None:
    with pytest.raises(RuntimeError, match="inside the work of another"):
        units.run(lambda _: units.run(lambda unit: unit.now))


def test_sqlite_needs_a_clock(units: SqlUnits, vault: OfficeVault) -> None:
    with pytest.raises(ValueError, match="no clock"):
        SqlUnits(units.database, COUNTY, vault)


def test_a_version_with_the_wal_reset_bug_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warned = {}
    for version in ((3, 40, 1), (3, 44, 6), (3, 50, 6), (3, 50, 7), (3, 51, 2), (3, 51, 3), (3, 52, 0)):
        monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            open_database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
        warned[version] = "WAL-reset" in caplog.text

    assert [version for version, said in warned.items() if said] == [(3, 40, 1), (3, 50, 6), (3, 51, 2)]


def test_a_database_in_memory_is_refused_because_an_office_would_lose_it() -> None:
    with pytest.raises(ValueError, match="LIAISON_DATABASE_URL"):
        open_database("sqlite://")


def test_a_batch_shrinks_when_it_kept_others_waiting_and_grows_again(clock: Clock) -> None:
    pace = Pace(seconds=0.020, fewest=10, most=50)

    pace.note(0.080, cases=50)
    shrunk = pace.batch
    for _ in range(50):
        pace.note(0.005, cases=pace.batch)

    assert shrunk == 25
    assert pace.batch == 50


def test_a_batch_does_not_shrink_to_where_a_unit_is_mostly_statements() -> None:
    pace = Pace(seconds=0.020, fewest=10, most=50)

    for _ in range(10):
        pace.note(1.0, cases=pace.batch)

    assert pace.batch == 10
