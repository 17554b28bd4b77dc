"""Serials: numbers of a series in a year that are given in order, without a gap, and never twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.machine.decision import SerialAsked

Series = tuple[str, int]
"""The name of a series, and the year."""


@dataclass(frozen=True, slots=True)
class Serial:
    """A number that was given: it stays given, also where its case ended or was declared void since."""

    series: str
    year: int
    number: int
    text: str
    case: str
    path: str
    asked: str
    at: datetime


class Serials(Protocol):
    """The serials of a county, in the transaction of a unit."""

    def take(self, limit: int) -> list[SerialAsked]:
        """Take out what was asked for first; nobody else gives a number until this transaction ends."""

    def last(self, series: Iterable[Series]) -> Mapping[Series, int]:
        """The last number that was given in each of these, 0 where none was."""

    def keep(self, given: Sequence[Serial]) -> None:
        """Store numbers that were given."""
