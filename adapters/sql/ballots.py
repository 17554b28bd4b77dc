"""Ballots of secret votes: rows without voter, time or order, each under a random id."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import Executable, Integer, Text, bindparam, func, select

from adapters.sql.dialects import COUNTY, Dialect
from adapters.sql.tables import ballot
from adapters.sql.transaction import Transaction
from workflows.machine.decision import Ballot


class SqlBallots:
    """`workflows.ports.ballots.Ballots` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def count(self, case: str, path: str, round_: int) -> Mapping[str, int]:
        return {row.choice: row.n for row in self._tx.rows(_opened, case=case, path=path, round=round_)}


def cast(tx: Transaction, ballots: Sequence[Ballot]) -> None:
    """Put ballots into the box."""
    tx.insert(ballot, [(secrets.token_hex(16), one.case, one.path, one.round, one.choice) for one in ballots])


def _opened(dialect: Dialect) -> Executable:
    return (
        select(ballot.c.choice, func.count().label("n"))
        .where(
            ballot.c.county == COUNTY,
            ballot.c.case == bindparam("case", type_=Text),
            ballot.c.path == bindparam("path", type_=ballot.c.path.type),
            ballot.c.round == bindparam("round", type_=Integer),
        )
        .group_by(ballot.c.choice)
        .order_by(ballot.c.choice)
    )
