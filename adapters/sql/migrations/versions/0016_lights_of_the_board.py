"""The board knows whether a case asks anybody, so that it can count green lights, too; it is written anew from the feed.

Revision ID: 0016
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("board", Column("asks", Boolean, nullable=False, server_default=false()))
    op.execute("DELETE FROM board")
    op.execute("DELETE FROM board_at")


def downgrade() -> None:
    op.drop_column("board", "asks")
