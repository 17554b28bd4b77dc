"""Attachments: files beside cases, whose bytes lie in the blob store.

Revision ID: 0013
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text, text

from adapters.sql.columns import moments, numbers, optional, texts

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        Column("county", Text, nullable=False),
        *texts("id", "key", "case", "person", "ref", "media_type"),
        *numbers("size"),
        *texts("by"),
        *moments("at"),
        *optional(moments("stored_at", "linked_at")),
        *optional(numbers("seq")),
        *optional(texts("item", "withdrawn_by")),
        *optional(moments("withdrawn_at", "dropped_at", "collect_at")),
        PrimaryKeyConstraint("county", "id"),
    )
    op.create_index("attachment_key", "attachment", ["county", "key"], unique=True)
    op.create_index("attachment_case", "attachment", ["county", "case"])
    op.create_index("attachment_person", "attachment", ["county", "person"])
    due = text("collect_at IS NOT NULL")
    op.create_index(
        "attachment_due",
        "attachment",
        ["county", "collect_at", "id"],
        postgresql_where=due,
        sqlite_where=due,
    )


def downgrade() -> None:
    op.drop_table("attachment")
