"""Serials on the memory store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workflows.machine.decision import SerialAsked
from workflows.memory.rows import CORRELATIONS, SERIALS, SERIALS_ASKED
from workflows.memory.store import Transaction
from workflows.ports.serials import Serial, Series

_TURN = ("serials", "")
"""Whoever holds this gives numbers."""


class MemorySerials:
    """`workflows.ports.serials.Serials` says what each method means."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def take(self, limit: int) -> list[SerialAsked]:
        if not self._tx.lock((CORRELATIONS, _TURN)):
            return []
        self._tx.take_part(CORRELATIONS, _TURN)
        first = sorted(self._tx.all(SERIALS_ASKED))[:limit]
        for no, _ in first:
            self._tx.drop(SERIALS_ASKED, no)
        return [one for _, one in first]

    def last(self, series: Iterable[Series]) -> Mapping[Series, int]:
        return {
            one: max((given.number for given in self._tx.where(SERIALS, "series", one)), default=0) for one in series
        }

    def keep(self, given: Sequence[Serial]) -> None:
        for one in given:
            self._tx.insert(SERIALS, (one.series, one.year, one.number), one)


def ask(tx: Transaction, asked: Sequence[SerialAsked]) -> None:
    """Note that steps ask for numbers, in this order."""
    for one in asked:
        tx.insert(SERIALS_ASKED, tx.next_number("serial"), one)


def given(tx: Transaction, series: str | None, limit: int) -> tuple[Serial, ...]:
    """The numbers that were given, the last ones first."""
    found = [one for _, one in tx.all(SERIALS) if series in {None, one.series}]
    return tuple(sorted(found, key=lambda one: (-one.year, one.series, -one.number))[:limit])
