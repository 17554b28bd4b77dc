"""Private drafts: what holders have written for an item and not sent yet.

Revision ID: 0010
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

from adapters.sql.columns import moments, texts

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        Column("county", Text, nullable=False),
        *texts("item", "user", "case", "person", "ref"),
        *moments("at"),
        PrimaryKeyConstraint("county", "item", "user"),
        sqlite_with_rowid=False,
    )
    op.create_index("draft_case", "draft", ["county", "case"])


def downgrade() -> None:
    op.drop_table("draft")
