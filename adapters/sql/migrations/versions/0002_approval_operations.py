"""What approval operations need: rounds and ways back of a case, what an item hangs from and was decided on.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text

from adapters.sql.columns import MOMENT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_head", Column("round", Integer, nullable=False, server_default="1"))
    op.add_column("case_head", Column("back", Text, nullable=False, server_default="[]"))
    op.add_column("case_head", Column("urgency", Text, nullable=False, server_default="normal"))
    for name in ("content", "parent", "link"):
        op.add_column("work_item", Column(name, Text))
    for name in ("asked", "weight"):
        op.add_column("work_item", Column(name, Integer))
    op.add_column("work_item", Column("claimed_by", Text))
    op.add_column("work_item", Column("read_at", MOMENT))
    op.add_column("work_item", Column("superseded", Integer))


def downgrade() -> None:
    raise NotImplementedError(
        "what was returned and handed over cannot be told without these columns: restore a backup"
    )
