"""Private drafts on the memory store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workflows.memory.personal import keep, reveal
from workflows.memory.rows import DRAFTS
from workflows.memory.store import Transaction
from workflows.ports.drafts import Draft

_KIND = "draft"


class MemoryDrafts:
    """`workflows.ports.drafts.Drafts` says what each method means."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def keep(self, draft: Draft) -> None:
        self._tx.put(DRAFTS, (draft.item, draft.user), replace(draft, values={}))
        keep(self._tx, _KIND, _ref(draft), draft.person, draft.values)

    def find(self, item: str, user: str) -> Draft | None:
        found = self._tx.get(DRAFTS, (item, user))
        values = {} if found is None else reveal(self._tx, _KIND, _ref(found))
        return replace(found, values=values) if found is not None and values else None


def drop(tx: Transaction, items: Iterable[str]) -> None:
    """Drop the drafts of these items."""
    _drop(tx, [one for item in items for one in tx.where(DRAFTS, "item", item)])


def forget(tx: Transaction, case: str) -> None:
    """Drop the drafts of a case."""
    _drop(tx, list(tx.where(DRAFTS, "case", case)))


def _drop(tx: Transaction, drafts: Iterable[Draft]) -> None:
    for one in drafts:
        tx.drop(DRAFTS, (one.item, one.user))
        keep(tx, _KIND, _ref(one), one.person, {})


def _ref(draft: Draft) -> str:
    return f"{draft.item}/{draft.user}"
