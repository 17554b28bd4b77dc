"""Who has read what was copied to them; a principal may see a case for several reasons, and loses one of them alone.

Revision ID: 0012
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

from adapters.sql.columns import texts

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_head", Column("readers", Text, nullable=False, server_default="[]"))
    _key_by("case", "who", "why")


def downgrade() -> None:
    op.execute(
        "DELETE FROM case_access WHERE EXISTS (SELECT 1 FROM case_access AS other WHERE other.county = case_access.county"
        ' AND other."case" = case_access."case" AND other.who = case_access.who AND other.why < case_access.why)'
    )
    _key_by("case", "who")
    op.drop_column("case_head", "readers")


def _key_by(*columns: str) -> None:
    """Write the table anew under another key: SQLite knows no other way, and nobody waits for the few rows elsewhere."""
    op.create_table(
        "case_access_again",
        Column("county", Text, nullable=False),
        *texts("case", "who", "why"),
        PrimaryKeyConstraint("county", *columns, name=f"case_access_by_{columns[-1]}"),
        sqlite_with_rowid=False,
    )
    op.execute('INSERT INTO case_access_again SELECT county, "case", who, why FROM case_access')
    op.drop_table("case_access")
    op.rename_table("case_access_again", "case_access")
    op.create_index("case_access_who", "case_access", ["county", "who", "case"])
