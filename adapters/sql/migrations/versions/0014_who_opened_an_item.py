"""Who opened an item first: whoever comes too late to take an answer back is told by name, also where a pool is asked.

Revision ID: 0014
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_item", Column("read_by", Text))


def downgrade() -> None:
    op.drop_column("work_item", "read_by")
