"""The board on the memory store."""

from __future__ import annotations

from workflows.machine.case import UNDER_WAY
from workflows.memory.filters import most_urgent
from workflows.memory.rows import BOARD, BOARD_AT, CASES, FEED, ITEMS, BoardRow
from workflows.memory.store import Transaction

_AT = ""
"""The one key of how far the feed was followed."""


class MemoryBoard:
    """`workflows.ports.board.Board` says what each method means."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def follow(self, limit: int) -> int:
        if not self._tx.lock((BOARD_AT, _AT)):
            return 0
        self._tx.take_part(BOARD_AT, _AT)
        at = self._tx.get(BOARD_AT, _AT) or 0
        new = sorted((one for _, one in self._tx.all(FEED) if one.no > at), key=lambda one: one.no)[:limit]
        for case in sorted({one.case for one in new}):
            self._look_at(case)
        if new:
            self._tx.put(BOARD_AT, _AT, new[-1].no)
        return len(new)

    def begin_anew(self) -> None:
        for case, _ in self._tx.all(BOARD):
            self._tx.drop(BOARD, case)
        self._tx.put(BOARD_AT, _AT, 0)

    def _look_at(self, case: str) -> None:
        head = self._tx.get(CASES, case)
        if head is None or head.state not in UNDER_WAY:
            self._tx.drop(BOARD, case)
            return
        item = most_urgent(self._tx.where(ITEMS, "case", case))
        times = (None, None) if item is None else (item.yellow_at, item.due_at)
        paused = item is not None and item.paused_at is not None
        asks = item is not None
        self._tx.put(
            BOARD, case, BoardRow(case, head.workflow, head.state.value, head.department, *times, paused, asks)
        )
