"""When a case ended: what may be done within so many days of it.

Revision ID: 0005
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column

from adapters.sql.columns import MOMENT

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_head", Column("ended_at", MOMENT))
    # The last thing that happened to a case that has ended is its end: nothing could be done to it afterwards.
    op.execute("UPDATE case_head SET ended_at = last_at WHERE state <> 'running'")


def downgrade() -> None:
    raise NotImplementedError("nobody could tell how long a revocation may be asked for: restore a backup instead")
