"""Seals: new history entries get gap-free feed numbers and one chained checkpoint."""

from __future__ import annotations

from collections.abc import Sequence

from domain.audit import GENESIS, checkpoint_hash, merkle_root
from workflows.memory.rows import CHECKPOINTS, FEED, HISTORY, UNSEALED, Checkpoint, FeedRow, Unsealed
from workflows.memory.store import Transaction


def seal(tx: Transaction, limit: int) -> int:
    """Seal up to `limit` entries in the order they were written; returns how many."""
    new = sorted((one for _, one in tx.all(UNSEALED)), key=lambda one: one.no)[:limit]
    if not new:
        return 0
    last = max((one for _, one in tx.all(CHECKPOINTS)), key=lambda one: one.no, default=None)
    first = 1 if last is None else last.last + 1
    feed = [_feed_row(tx, first + offset, one) for offset, one in enumerate(new)]
    for row in feed:
        tx.insert(FEED, (row.case, row.seq), row)
        tx.drop(UNSEALED, (row.case, row.seq))
    checkpoint = _checkpoint(last, feed)
    tx.insert(CHECKPOINTS, checkpoint.no, checkpoint)
    return len(feed)


def _feed_row(tx: Transaction, no: int, unsealed: Unsealed) -> FeedRow:
    entry = tx.get(HISTORY, (unsealed.case, unsealed.seq))
    if entry is None:
        raise LookupError(f"unsealed entry {unsealed.case}/{unsealed.seq} has no history row: verify the store")
    return FeedRow(no, unsealed.case, unsealed.seq, entry.hash)


def _checkpoint(last: Checkpoint | None, feed: Sequence[FeedRow]) -> Checkpoint:
    prev = GENESIS if last is None else last.hash
    root = merkle_root([row.hash for row in feed])
    first_no, last_no = feed[0].no, feed[-1].no
    no = 1 if last is None else last.no + 1
    return Checkpoint(no, first_no, last_no, root, prev, checkpoint_hash(prev, first_no, last_no, root))
