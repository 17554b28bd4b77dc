"""The board: where every case under way stands and what is most urgent in it, kept beside the cases for quick figures."""

from __future__ import annotations

from typing import Protocol


class Board(Protocol):
    """The board of a county, in the transaction of a unit."""

    def follow(self, limit: int) -> int:
        """Bring up to date what the next entries of the feed name; returns how many entries there were.

        Whoever follows holds the board: nobody else does at the same time. The same entry again changes nothing.
        """

    def begin_anew(self) -> None:
        """Forget everything: the feed is followed from its first entry."""
