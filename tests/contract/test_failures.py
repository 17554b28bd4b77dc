"""When the database goes away: nothing written is said to be written, and an unknown commit is called unknown."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from adapters.sql.engines import PostgresDatabase, open_database
from adapters.sql.units import SqlUnit, SqlUnits
from adapters.sql.upkeep import refresh_statistics
from adapters.vault import OfficeVault
from tests.contract.conftest import COUNTY, SECRET, Clock
from tests.contract.proxy import CuttingProxy
from tests.contract.samples import an_event
from workflows.ports import CommitUnknown, StoreUnavailable

pytestmark = pytest.mark.postgres

# With the zero that ends the statement: "READ COMMITTED" must not cut the line.
AT_COMMIT = b"COMMIT\0"


@pytest.fixture
def store() -> str:
    return "postgres"


@pytest.fixture
def proxy(emptied_postgres_url: str) -> Iterator[CuttingProxy]:
    url = make_url(emptied_postgres_url)
    with CuttingProxy(url.host or "127.0.0.1", url.port or 5432) as proxy:
        yield proxy


@pytest.fixture
def cut_units(units: SqlUnits, emptied_postgres_url: str, proxy: CuttingProxy, clock: Clock) -> Iterator[SqlUnits]:
    """Units that reach the same database through the proxy."""
    url = make_url(emptied_postgres_url).set(host="127.0.0.1", port=proxy.port)
    database = open_database(url.render_as_string(hide_password=False))
    yield SqlUnits(database, COUNTY, OfficeVault(SECRET, COUNTY), clock)
    database.close()


def stored_keys(units: SqlUnits) -> str:
    """Whether the key of the event is there, told by trying to store it in a unit that is thrown away."""
    return units.read(lambda unit: unit.key_events([an_event("e1")])[0].status)


def test_a_line_cut_after_commit_reached_the_server_is_an_unknown_commit_that_happened(
    units: SqlUnits, cut_units: SqlUnits, proxy: CuttingProxy
) -> None:
    proxy.cut_at, proxy.lets_word_through = AT_COMMIT, True

    with pytest.raises(CommitUnknown):
        cut_units.run(lambda unit: unit.key_events([an_event("e1")]))

    assert proxy.cuts == 1
    deadline = time.monotonic() + 10
    while stored_keys(units) != "duplicate" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stored_keys(units) == "duplicate"


def test_a_line_cut_before_commit_reached_the_server_is_an_unknown_commit_that_did_not_happen(
    units: SqlUnits, cut_units: SqlUnits, proxy: CuttingProxy
) -> None:
    proxy.cut_at = AT_COMMIT

    with pytest.raises(CommitUnknown):
        cut_units.run(lambda unit: unit.key_events([an_event("e1")]))

    assert proxy.cuts == 1
    assert stored_keys(units) == "new"


def test_after_an_unknown_commit_the_next_unit_gets_another_line(cut_units: SqlUnits, proxy: CuttingProxy) -> None:
    proxy.cut_at = AT_COMMIT
    with pytest.raises(CommitUnknown):
        cut_units.run(lambda unit: unit.key_events([an_event("e1")]))
    proxy.cut_at = None

    outcome = cut_units.run(lambda unit: unit.key_events([an_event("e1")]))

    assert outcome[0].status == "new"


def test_a_unit_whose_line_breaks_before_its_commit_runs_again_on_another_one(units: SqlUnits) -> None:
    tries: list[int] = []

    def killed_once(unit: SqlUnit) -> str:
        (keyed,) = unit.key_events([an_event("e1")])
        tries.append(unit.tx.connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        if len(tries) == 1:
            kill = text("SELECT pg_terminate_backend(:pid)")
            units.read(lambda other: other.tx.connection.execute(kill, {"pid": tries[0]}))
        unit.key_events([an_event("e2")])
        return keyed.status

    assert units.run(killed_once) == "new"
    assert len(set(tries)) == 2


def test_a_server_that_is_not_there_is_unavailable(clock: Clock) -> None:
    database = open_database("postgresql+psycopg://postgres@127.0.0.1:1/none")
    units = SqlUnits(database, COUNTY, OfficeVault(SECRET, COUNTY), clock)

    with pytest.raises(StoreUnavailable, match="does not answer"):
        units.run(lambda unit: unit.key_events([an_event("e1")]))


def test_a_statement_that_takes_too_long_is_cut_off(units: SqlUnits) -> None:
    def sleep(unit: SqlUnit) -> None:
        unit.tx.connection.execute(text("SET LOCAL statement_timeout = '50ms'"))
        unit.tx.connection.execute(text("SELECT pg_sleep(5)"))

    with pytest.raises(StoreUnavailable, match="statement timeout"):
        units.run(sleep)


def test_every_connection_bounds_what_it_waits_for(units: SqlUnits) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone")

    found = units.read(lambda unit: [unit.tx.connection.execute(text(f"SHOW {name}")).scalar_one() for name in names])

    assert found == ["30s", "10s", "10s", "UTC"]


def test_a_unit_without_a_clock_of_its_own_takes_the_databases(units: SqlUnits, vault: OfficeVault) -> None:
    ours = SqlUnits(units.database, COUNTY, vault)

    said = ours.read(lambda unit: (unit.now, unit.tx.connection.execute(text("SELECT clock_timestamp()")).scalar_one()))

    assert 0 <= (said[1] - said[0]).total_seconds() < 5
    assert said[0].utcoffset() is not None


def test_a_process_that_was_forked_builds_a_pool_of_its_own(units: SqlUnits, monkeypatch: pytest.MonkeyPatch) -> None:
    database = units.database
    assert isinstance(database, PostgresDatabase)
    parents = database.writing

    monkeypatch.setattr("os.getpid", lambda: -1)
    childs = database.writing
    childs.dispose()
    monkeypatch.undo()

    assert childs is not parents
    assert database.writing is not childs


def test_a_table_that_has_grown_is_analysed_once(units: SqlUnits) -> None:
    events = [an_event(f"e{number}") for number in range(1200)]
    units.run(lambda unit: unit.key_events(events))
    flush = text("SELECT pg_stat_force_next_flush()")
    units.run(lambda unit: unit.tx.connection.execute(flush))

    first = refresh_statistics(units.database.writing)
    second = refresh_statistics(units.database.writing)

    assert "public.event_key" in first
    assert "public.event_key" not in second
