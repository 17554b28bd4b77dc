"""Fan-outs on the memory store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.machine.case import UNDER_WAY as CASES_UNDER_WAY
from workflows.machine.case import Case, WorkItem
from workflows.machine.deadlines import is_provisional
from workflows.memory.rows import CASES, FANNED, FANOUTS, INBOX, ITEMS, TIMERS
from workflows.memory.store import Transaction
from workflows.ports.fanouts import UNDER_WAY, Fanout, Posted, Selection, Withdrawn


def newest(tx: Transaction, limit: int) -> tuple[Fanout, ...]:
    """The fan-outs, the last one first."""
    by_start = sorted((one for _, one in tx.all(FANOUTS)), key=lambda one: (one.started_at, one.id), reverse=True)
    return tuple(by_start[:limit])


class MemoryFanouts:
    """`workflows.ports.fanouts.Fanouts` says what each method means."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, fanout: Fanout) -> bool:
        if self._tx.get(FANOUTS, fanout.id) is not None:
            return False
        self._tx.insert(FANOUTS, fanout.id, fanout)
        return True

    def claim(self) -> Fanout | None:
        going = sorted(
            (one for _, one in self._tx.all(FANOUTS) if one.state in UNDER_WAY and one.started_at <= self._tx.now),
            key=lambda one: (one.started_at, one.id),
        )
        return next(iter(self._tx.lock_some(FANOUTS, going, lambda one: one.id, 1)), None)

    def lock(self, fanout: str) -> Fanout | None:
        self._tx.take_part(FANOUTS, fanout)
        return self._tx.get(FANOUTS, fanout)

    def save(self, fanout: Fanout) -> None:
        self._tx.put(FANOUTS, fanout.id, fanout)

    def count(self, selection: Selection) -> int:
        return sum(1 for _ in self._selected(selection))

    def select(self, selection: Selection, after: str, limit: int) -> list[str]:
        return sorted(case for case in self._selected(selection) if case > after)[:limit]

    def note(self, fanout: str, posted: Sequence[Posted]) -> None:
        for case, no in posted:
            self._tx.insert(FANNED, (fanout, case), no)

    def noted(self, fanout: str, limit: int) -> list[Posted]:
        return sorted((case, no) for (of, case), no in self._tx.all(FANNED) if of == fanout)[:limit]

    def withdraw(self, posted: Sequence[Posted]) -> Withdrawn:
        back = [one for one in posted if self._tx.get(INBOX, one[1]) is not None and self._tx.lock((INBOX, one[1]))]
        for _, no in back:
            self._tx.drop(INBOX, no)
        taken = [one for one in posted if one not in back and self._tx.latest(INBOX, one[1]) is None]
        return Withdrawn(tuple(back), tuple(taken))

    def forget(self, fanout: str, posted: Sequence[Posted]) -> None:
        for case, _ in posted:
            self._tx.drop(FANNED, (fanout, case))

    def _selected(self, selection: Selection) -> Iterator[str]:
        for case, head in self._tx.all(CASES):
            if head.state in CASES_UNDER_WAY and self._holds(selection, head):
                yield case

    def _holds(self, wanted: Selection, head: Case) -> bool:
        items = [one for one in self._tx.where(ITEMS, "case", head.id) if one.closed_at is None]
        return (
            wanted.workflow in {None, head.workflow}
            and (wanted.field is None or head.fields.get(wanted.field[0]) == wanted.field[1])
            and (not wanted.provisional or any(is_provisional(one.due_rule) for one in items))
            and (bool(items) or not wanted.held)
            and (wanted.roster is None or any(one.roster != wanted.roster for one in items))
            and self._is_due(wanted, head, items)
        )

    def _is_due(self, wanted: Selection, head: Case, items: Sequence[WorkItem]) -> bool:
        if wanted.due_from is None:
            return True
        moments = [one.due_at for one in items] + [one.due_at for one in self._tx.where(TIMERS, "case", head.id)]
        return any(moment is not None and moment >= wanted.due_from for moment in moments)
