"""Checks of what the store holds against its own arithmetic: chains, commitments, seals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from domain.audit import GENESIS, canonical, checkpoint_hash, commitment, entry_hash, merkle_root
from workflows.memory.personal import reveal
from workflows.memory.rows import CASES, CHECKPOINTS, FEED, HISTORY, FeedRow
from workflows.memory.store import Transaction
from workflows.ports import HistoryRow
from workflows.reads import Finding


def verify(tx: Transaction) -> Finding:
    """Check every chain, commitment and seal; names the first bad row."""
    bad = next(_bad_rows(tx), None)
    checked = len(tx.all(HISTORY)) + len(tx.all(CHECKPOINTS))
    return Finding(checked, None, None) if bad is None else Finding(checked, *bad)


def _bad_rows(tx: Transaction) -> Iterator[tuple[str, str]]:
    rows = [row for _, row in sorted(tx.all(HISTORY), key=lambda one: one[0])]
    for case, entries in groupby(rows, key=lambda row: row.case):
        yield from _bad_entries(tx, case, list(entries))
    yield from _bad_seals(tx)


def _bad_entries(tx: Transaction, case: str, entries: list[HistoryRow]) -> Iterator[tuple[str, str]]:
    prev = GENESIS
    for number, entry in enumerate(entries, 1):
        where = f"history {case}/{entry.seq}"
        if entry.seq != number:
            yield where, f"the entry before it is number {number - 1}"
        elif entry.prev_hash != prev or entry_hash(prev, canonical(dict(entry.body))) != entry.hash:
            yield where, "its hash does not follow from its body and the entry before it"
        elif not _commitment_holds(tx, entry):
            yield where, "its personal values are not those it was committed to"
        prev = entry.hash
    head = tx.get(CASES, case)
    if head is None or (head.seq, head.prev_hash) != (len(entries), prev):
        yield f"case {case}", "its head does not name the last entry of its chain"


def _commitment_holds(tx: Transaction, entry: HistoryRow) -> bool:
    secret = reveal(tx, "history", f"{entry.case}/{entry.seq}")
    if entry.commitment != entry.body.get("commitment"):
        return False
    return not secret or commitment(secret["salt"].encode(), canonical(secret["values"])) == entry.commitment


def _bad_seals(tx: Transaction) -> Iterator[tuple[str, str]]:
    feed = [row for _, row in sorted(tx.all(FEED), key=lambda one: one[1].no)]
    prev, last = GENESIS, 0
    for _, seal in sorted(tx.all(CHECKPOINTS), key=lambda one: one[0]):
        where = f"checkpoint {seal.no}"
        sealed = feed[seal.first - 1 : seal.last]
        if seal.first != last + 1 or [row.no for row in sealed] != list(range(seal.first, seal.last + 1)):
            yield where, "its feed numbers have a gap"
        elif seal.root != merkle_root([_hash(tx, row) for row in sealed]):
            yield where, "its root is not that of the entries it sealed"
        elif seal.prev != prev or seal.hash != checkpoint_hash(prev, seal.first, seal.last, seal.root):
            yield where, "its hash does not follow from the checkpoint before it"
        prev, last = seal.hash, seal.last


def _hash(tx: Transaction, row: FeedRow) -> str:
    entry = tx.get(HISTORY, (row.case, row.seq))
    return row.hash if entry is None else entry.hash
