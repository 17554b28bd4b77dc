"""What was said about cases: the entries of their histories that are about comments, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, or_, select

from adapters.sql.columns import dumps, loads
from adapters.sql.dialects import Dialect, same
from adapters.sql.tables import history
from adapters.sql.transaction import Transaction
from workflows.machine.comment import SAYS, Comment, comments_in


def of_cases(tx: Transaction, cases: Sequence[str]) -> dict[str, dict[int, Comment]]:
    """The comments of each of these cases, oldest first."""
    bodies: dict[str, list[Any]] = {case: [] for case in cases}
    for row in tx.rows_of(_entries, [(case,) for case in cases]):
        bodies[row.case].append(loads(row.body))
    return {case: comments_in(found) for case, found in bodies.items()}


def _entries(dialect: Dialect) -> Executable:
    """The database looks into the text, as it is written without spaces: a long history is mostly about other things."""
    given = dialect.given(history.c.case)
    what = (history.c.body.contains(dumps({"what": one})[1:-1]) for one in SAYS)
    of_case = select(history.c.case, history.c.body).join(given, same(history, given, "case"))
    return of_case.where(or_(*what)).order_by(history.c.case, history.c.seq)
