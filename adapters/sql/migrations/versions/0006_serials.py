"""Gap-free serials: who asks for a number, and the numbers that were given.

Revision ID: 0006
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text

from adapters.sql.columns import MOMENT

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE serial_no")
    op.create_table(
        "serial_asked",
        Column("county", Text, nullable=False),
        Column("no", BigInteger, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("id", "case", "path", "series")),
        *(Column(name, Integer, nullable=False) for name in ("year", "digits")),
        PrimaryKeyConstraint("county", "no"),
        sqlite_with_rowid=False,
    )
    op.create_index("serial_asked_id", "serial_asked", ["county", "id"], unique=True)
    op.create_table(
        "serial",
        Column("county", Text, nullable=False),
        Column("series", Text, nullable=False),
        *(Column(name, Integer, nullable=False) for name in ("year", "number")),
        *(Column(name, Text, nullable=False) for name in ("text", "case", "path", "asked")),
        Column("at", MOMENT, nullable=False),
        PrimaryKeyConstraint("county", "series", "year", "number"),
    )
    op.create_index("serial_asked_once", "serial", ["county", "asked"], unique=True)


def downgrade() -> None:
    raise NotImplementedError("a number that was given may not be given again: restore a backup")
