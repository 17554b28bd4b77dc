"""The case that an ended one goes on as: it is started again once.

Revision ID: 0011
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_head", Column("reopened_as", Text))


def downgrade() -> None:
    op.drop_column("case_head", "reopened_as")
