"""The ballots of secret votes, which nothing ties to who voted.

Revision ID: 0009
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

from adapters.sql.columns import integers, paths, texts

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ballot",
        Column("county", Text, nullable=False),
        *texts("id", "case"),
        *paths("path"),
        *integers("round"),
        *texts("choice"),
        PrimaryKeyConstraint("county", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ballot_case", "ballot", ["county", "case", "path", "round"])


def downgrade() -> None:
    raise NotImplementedError("ballots that were cast cannot be cast again: restore a backup")
