"""Ballots on the memory store."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence

from workflows.machine.decision import Ballot
from workflows.memory.rows import BALLOTS
from workflows.memory.store import Transaction


class MemoryBallots:
    """`workflows.ports.ballots.Ballots` says what each method means."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def count(self, case: str, path: str, round_: int) -> Mapping[str, int]:
        found = (one.choice for one in self._tx.where(BALLOTS, "case", case) if (one.path, one.round) == (path, round_))
        return Counter(found)


def cast(tx: Transaction, ballots: Sequence[Ballot]) -> None:
    """Put ballots into the box, each under a number that says nothing."""
    for one in ballots:
        tx.insert(BALLOTS, secrets.token_hex(16), one)
