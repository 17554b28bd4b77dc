"""What alembic runs: the migrations on the connection that `upgrade` opened."""

from __future__ import annotations

from alembic import context

from adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter tables; alembic then copies them.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
