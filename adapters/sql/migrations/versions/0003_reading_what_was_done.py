"""What pages read: the items that somebody decided, the last one first, and the notices of a case.

Revision ID: 0003
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    decided = text("closed_by IS NOT NULL")
    op.create_index(
        "work_item_decided",
        "work_item",
        ["county", "closed_by", "closed_at", "id"],
        postgresql_where=decided,
        sqlite_where=decided,
    )
    op.create_index("notice_case", "notice", ["county", "case", "at"])


def downgrade() -> None:
    op.drop_index("notice_case", "notice")
    op.drop_index("work_item_decided", "work_item")
