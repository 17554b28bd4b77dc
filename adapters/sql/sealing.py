"""Seals in a unit: gap-free feed numbers for new history entries, and a chain of checkpoints over them."""

from __future__ import annotations

from sqlalchemy import Executable, bindparam, delete, desc, literal, select

from adapters.sql.dialects import COUNTY, Dialect, among
from adapters.sql.tables import checkpoint, feed, unsealed
from adapters.sql.transaction import Transaction
from domain.audit import GENESIS, checkpoint_hash, merkle_root


def seal(tx: Transaction, limit: int) -> int:
    """Any number may try at once: whoever holds the county's first checkpoint seals, the others have nothing to do."""
    if not tx.rows(_first):
        tx.insert_new(checkpoint, [(0, 0, 0, merkle_root([]), GENESIS, GENESIS, tx.now)])
    if not tx.rows(_lock_first):
        return 0
    entries = tx.rows(_unsealed, limit=limit)
    if not entries:
        return 0
    last = tx.rows(_last)[0]
    first, end = last.last + 1, last.last + len(entries)
    tx.insert(feed, [(no, row.case, row.seq) for no, row in enumerate(entries, first)])
    root = merkle_root([row.hash for row in entries])
    digest = checkpoint_hash(last.hash, first, end, root)
    tx.insert(checkpoint, [(last.no + 1, first, end, root, last.hash, digest, tx.now)])
    tx.run_of(_sealed, [(row.at, row.case, row.seq) for row in entries])
    return len(entries)


def _first(dialect: Dialect) -> Executable:
    return select(checkpoint.c.no).where(checkpoint.c.county == COUNTY, checkpoint.c.no == literal(0))


def _lock_first(dialect: Dialect) -> Executable:
    first = select(checkpoint.c.no).where(checkpoint.c.county == COUNTY, checkpoint.c.no == literal(0))
    return first.with_for_update(skip_locked=True)


def _last(dialect: Dialect) -> Executable:
    return select(checkpoint).where(checkpoint.c.county == COUNTY).order_by(desc(checkpoint.c.no)).limit(literal(1))


def _unsealed(dialect: Dialect) -> Executable:
    return (
        select(unsealed)
        .where(unsealed.c.county == COUNTY)
        .order_by(unsealed.c.at, unsealed.c.case, unsealed.c.seq)
        .limit(bindparam("limit"))
    )


def _sealed(dialect: Dialect) -> Executable:
    given = dialect.given(unsealed.c.at, unsealed.c.case, unsealed.c.seq)
    return delete(unsealed).where(among(unsealed, given, "at", "case", "seq"))
