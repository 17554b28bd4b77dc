"""Brings a database to the tables of this version, and says where it stands. Runnable from the installed wheel."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, pool, text

_SCRIPTS = Path(__file__).parent


def upgrade(database: str | Engine) -> None:
    """Run every migration that the database has not seen yet, all of them in one transaction."""
    with _engine(database).begin() as connection:
        if connection.dialect.name == "postgresql":
            # Whoever starts at the same moment waits here, and then finds nothing left to do.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('liaison migrations'))"))
        command.upgrade(_config(connection), "head")


def current(database: str | Engine) -> str | None:
    """The revision that the database stands at; None for an empty one."""
    with _engine(database).connect() as connection:
        return _revision(connection)


def check(database: str | Engine) -> str | None:
    """Why the database does not fit this version and what to do, or None when it fits."""
    head = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    found = current(database)
    if found == head:
        return None
    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    if found is not None and found not in known:
        return f"the database stands at revision {found}, which this version does not know: install a newer version"
    return f"the database stands at revision {found or 'none'}, this version needs {head}: run `liaison db upgrade`"


def _engine(database: str | Engine) -> Engine:
    return database if isinstance(database, Engine) else create_engine(database, poolclass=pool.NullPool)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
