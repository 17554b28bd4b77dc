"""Which cases a department made urgent in a month: it may do so only so often.

Revision ID: 0015
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

from adapters.sql.columns import flags, moments, optional, texts

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raised",
        Column("county", Text, nullable=False),
        *texts("month", "department", "case"),
        *flags("counts"),
        *texts("ground"),
        *flags("most"),
        *moments("at"),
        *optional(moments("lowered_at")),
        PrimaryKeyConstraint("county", "month", "department", "case", "counts"),
        sqlite_with_rowid=False,
    )
    op.create_index("raised_case", "raised", ["county", "case"])


def downgrade() -> None:
    op.drop_table("raised")
