"""Empties a database of this project between two tests: quicker than making its tables again."""

from sqlalchemy import create_engine, pool, text

from adapters.sql.tables import metadata


def empty(url: str) -> None:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        for table in metadata.tables.values():
            connection.execute(table.delete())
