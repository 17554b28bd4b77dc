"""Migrations: an empty database becomes one of this version, in one transaction, and says where it stands."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, pool, text

from adapters.sql import migrations
from adapters.sql.migrations import check, current, upgrade
from adapters.sql.tables import metadata

HEAD = max(file.stem.partition("_")[0] for file in Path(migrations.__file__).parent.glob("versions/0*.py"))
TABLES = sorted(metadata.tables)


def test_an_empty_database_is_upgraded_once_and_then_fits(database_url: str) -> None:
    before = check(database_url)

    upgrade(database_url)
    upgrade(database_url)

    assert before is not None
    assert "liaison db upgrade" in before
    assert (current(database_url), check(database_url)) == (HEAD, None)


def test_a_database_of_a_newer_version_says_so(database_url: str) -> None:
    upgrade(database_url)
    with create_engine(database_url, poolclass=pool.NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert "install a newer version" in str(check(database_url))


@pytest.mark.parametrize("table", TABLES)
def test_county_leads_every_key_and_index(table: str) -> None:
    keys = [
        list(metadata.tables[table].primary_key.columns),
        *(list(i.columns) for i in metadata.tables[table].indexes),
    ]

    assert {columns[0].name for columns in keys} == {"county"}


@pytest.mark.postgres
def test_two_processes_that_upgrade_at_once_both_succeed(fresh_postgres_url: str) -> None:
    start = threading.Barrier(2)

    def upgrade_together(_: int) -> str | None:
        start.wait(5)
        upgrade(fresh_postgres_url)
        return check(fresh_postgres_url)

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(upgrade_together, range(2)))

    assert found == [None, None]


@pytest.mark.postgres
def test_the_migrations_make_exactly_the_tables_of_the_code(fresh_postgres_url: str) -> None:
    upgrade(fresh_postgres_url)
    found = inspect(create_engine(fresh_postgres_url, poolclass=pool.NullPool))

    columns = {name: {each["name"] for each in found.get_columns(name)} for name in found.get_table_names()}
    indexes = {name: {each["name"] for each in found.get_indexes(name)} for name in found.get_table_names()}

    del columns["alembic_version"], indexes["alembic_version"]
    assert columns == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
    assert indexes == {name: {each.name for each in table.indexes} for name, table in metadata.tables.items()}
