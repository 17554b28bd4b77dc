"""Checks that the migrations, run on an empty database, make exactly the tables that the code describes."""

import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from adapters.sql.migrations import upgrade
from adapters.sql.tables import metadata


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'check.sqlite3'}")
        upgrade(engine)
        with engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), metadata)
        engine.dispose()
    for difference in differences:
        print(f"The migrations and adapters/sql/tables disagree: {difference}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
