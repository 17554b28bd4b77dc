"""Checks what the database holds against its own arithmetic, as a stream: chains, commitments, seals."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, exists, literal, select

from adapters.sql import personal
from adapters.sql.columns import loads
from adapters.sql.personal import Opened
from adapters.sql.tables import case_head, checkpoint, feed, history
from adapters.sql.transaction import Transaction
from domain.audit import GENESIS, canonical, checkpoint_hash, commitment, entry_hash, merkle_root
from workflows.reads import Finding

_AT_ONCE = 1000
Bad = tuple[str, str]


@dataclass
class _Walk:
    """How many rows were found good so far."""

    checked: int = 0


def verify(tx: Transaction) -> Finding:
    """Check every chain, commitment and seal; names the first bad row."""
    walk = _Walk()
    with closing(_bad_rows(tx, walk)) as rows:
        bad = next(rows, None)
    return Finding(walk.checked, None, None) if bad is None else Finding(walk.checked, *bad)


def _bad_rows(tx: Transaction, walk: _Walk) -> Generator[Bad]:
    yield from _bad_entries(tx, walk)
    yield from _heads_without_history(tx)
    yield from _bad_seals(tx, walk)


def _bad_entries(tx: Transaction, walk: _Walk) -> Iterator[Bad]:
    query = (
        select(history, case_head.c.seq.label("head_seq"), case_head.c.prev_hash.label("head_hash"))
        .outerjoin(case_head, and_(case_head.c.county == history.c.county, case_head.c.id == history.c.case))
        .where(history.c.county == tx.county)
        .order_by(history.c.case, history.c.seq)
    )
    last: Row[Any] | None = None
    with tx.connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as stream:
        for rows in stream.partitions():
            opened = personal.open_rows(tx, [row.payload_ref for row in rows if row.payload_ref is not None])
            for row in rows:
                if last is not None and row.case != last.case:
                    yield from _bad_end(last)
                before = last if last is not None and row.case == last.case else None
                yield from _bad_entry(row, before, opened)
                walk.checked += 1
                last = row
    if last is not None:
        yield from _bad_end(last)


def _bad_entry(row: Row[Any], before: Row[Any] | None, opened: Opened) -> Iterator[Bad]:
    where = f"history {row.case}/{row.seq}"
    prev, number = (GENESIS, 0) if before is None else (before.hash, before.seq)
    if row.seq != number + 1:
        yield where, f"the entry before it is number {number}"
    elif row.prev_hash != prev or entry_hash(prev, row.body.encode()) != row.hash:
        yield where, "its hash does not follow from its body and the entry before it"
    elif not _commitment_holds(row, opened):
        yield where, "its personal values are not those it was committed to"


def _commitment_holds(row: Row[Any], opened: Opened) -> bool:
    if loads(row.body).get("commitment") != row.commitment or row.payload_ref in opened.changed:
        return False
    secret = opened.values.get(row.payload_ref)
    if secret is None:
        return True
    sealed: str = row.commitment
    return commitment(secret["salt"].encode(), canonical(secret["values"])) == sealed


def _bad_end(last: Row[Any]) -> Iterator[Bad]:
    if (last.head_seq, last.head_hash) != (last.seq, last.hash):
        yield f"case {last.case}", "its head does not name the last entry of its chain"


def _heads_without_history(tx: Transaction) -> Iterator[Bad]:
    entries = exists(select(literal(1)).where(history.c.county == case_head.c.county, history.c.case == case_head.c.id))
    query = select(case_head.c.id).where(case_head.c.county == tx.county, case_head.c.seq > 0, ~entries)
    for row in tx.connection.execute(query.order_by(case_head.c.id).limit(1)):
        yield f"case {row.id}", "its head does not name the last entry of its chain"


def _bad_seals(tx: Transaction, walk: _Walk) -> Iterator[Bad]:
    prev, last = GENESIS, 0
    for seal in _seals(tx):
        where = f"checkpoint {seal.no}"
        sealed = _sealed(tx, seal)
        if seal.first != last + 1 or [row.no for row in sealed] != list(range(seal.first, seal.last + 1)):
            yield where, "its feed numbers have a gap"
        elif any(row.hash is None for row in sealed):
            yield where, "it sealed an entry that is gone"
        elif seal.root != merkle_root([row.hash for row in sealed]):
            yield where, "its root is not that of the entries it sealed"
        elif seal.prev_hash != prev or seal.hash != checkpoint_hash(prev, seal.first, seal.last, seal.root):
            yield where, "its hash does not follow from the checkpoint before it"
        walk.checked += 1
        prev, last = seal.hash, seal.last


def _seals(tx: Transaction) -> Iterator[Row[Any]]:
    """Every checkpoint but the one that stands before the first seal, page by page."""
    after = 0
    while True:
        query = select(checkpoint).where(checkpoint.c.county == tx.county, checkpoint.c.no > after)
        page = tx.connection.execute(query.order_by(checkpoint.c.no).limit(_AT_ONCE)).all()
        yield from page
        if len(page) < _AT_ONCE:
            return
        after = page[-1].no


def _sealed(tx: Transaction, seal: Row[Any]) -> Sequence[Any]:
    entry = and_(history.c.county == feed.c.county, history.c.case == feed.c.case, history.c.seq == feed.c.seq)
    query = (
        select(feed.c.no, history.c.hash)
        .outerjoin(history, entry)
        .where(feed.c.county == tx.county, feed.c.no.between(seal.first, seal.last))
        .order_by(feed.c.no)
    )
    return tx.connection.execute(query).all()
