"""The ballots of secret votes: what was voted, apart from who has voted. They are written with `Changes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Ballots(Protocol):
    """The ballots of a county, in the transaction of a unit."""

    def count(self, case: str, path: str, round_: int) -> Mapping[str, int]:
        """Open a vote: how many ballots say what. Nothing else is ever read of them."""
