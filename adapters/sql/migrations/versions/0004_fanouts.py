"""Fan-outs: one event or signal that concerns thousands of cases, and the rows that it posted.

Revision ID: 0004
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, Text, text

from adapters.sql.columns import MOMENT

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fanout",
        Column("county", Text, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("id", "signal", "selection", "state", "by", "reason")),
        Column("started_at", MOMENT, nullable=False),
        Column("ended_at", MOMENT),
        Column("cursor", Text, nullable=False),
        Column("total", Integer),
        Column("posted", Integer, nullable=False),
        *(Column(name, Text) for name in ("undone_by", "undone_reason")),
        *(Column(name, Integer, nullable=False) for name in ("taken_back", "countered", "kept")),
        PrimaryKeyConstraint("county", "id"),
    )
    going = text("state IN ('going', 'undoing')")
    op.create_index(
        "fanout_going", "fanout", ["county", "started_at", "id"], postgresql_where=going, sqlite_where=going
    )
    op.create_index("fanout_recent", "fanout", ["county", "started_at", "id"])
    op.create_table(
        "fanned",
        Column("county", Text, nullable=False),
        Column("fanout", Text, nullable=False),
        Column("case", Text, nullable=False),
        Column("no", BigInteger, nullable=False),
        PrimaryKeyConstraint("county", "fanout", "case"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("fanned")
    op.drop_table("fanout")
