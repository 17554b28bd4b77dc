"""The board: where every case under way stands, and how far the feed was followed for it.

Revision ID: 0008
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, PrimaryKeyConstraint, Text

from adapters.sql.columns import MOMENT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board",
        Column("county", Text, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("case", "workflow", "state", "department")),
        *(Column(name, MOMENT) for name in ("yellow_at", "due_at")),
        Column("is_paused", Boolean, nullable=False),
        PrimaryKeyConstraint("county", "case"),
        postgresql_with={
            "fillfactor": 70,
            "autovacuum_vacuum_scale_factor": 0.02,
            "autovacuum_analyze_scale_factor": 0.05,
        },
    )
    op.create_table(
        "board_at",
        Column("county", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("no", BigInteger, nullable=False),
        PrimaryKeyConstraint("county", "name"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("board_at")
    op.drop_table("board")
