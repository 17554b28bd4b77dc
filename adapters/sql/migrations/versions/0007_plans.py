"""Recurring plans: how often and until when they come, what they start, and which events end or move them.

Revision ID: 0007
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Integer, Text, false, text

from adapters.sql.columns import MOMENT

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", Column("name", Text, nullable=False, server_default=""))
    op.add_column("plan", Column("starts", Text))
    op.add_column("plan", Column("unit", Text, nullable=False, server_default="months"))
    for name in ("month", "day"):
        op.add_column("plan", Column(name, Integer))
    op.add_column("plan", Column("anchor", MOMENT))
    for name in ("base", "times"):
        op.add_column("plan", Column(name, Integer))
    op.add_column("plan", Column("until", MOMENT))
    for name in ("ends_on", "moves_on", "moves_to"):
        op.add_column("plan", Column(name, Text))
    op.add_column("plan", Column("sample", Boolean, nullable=False, server_default=false()))
    op.create_index("plan_case", "plan", ["county", "case", "name"])
    hearing = text("ends_on IS NOT NULL OR moves_on IS NOT NULL")
    op.create_index("plan_hearing", "plan", ["county", "key"], postgresql_where=hearing, sqlite_where=hearing)


def downgrade() -> None:
    raise NotImplementedError(
        "what comes again, until when, and what moves it stands in these columns: restore a backup"
    )
