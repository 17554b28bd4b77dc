"""Private drafts in a unit: their values are sealed as everything personal is, a row says whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Executable, bindparam, delete, select

from adapters.sql import personal
from adapters.sql.dialects import COUNTY, Dialect
from adapters.sql.tables import draft, payload
from adapters.sql.transaction import Transaction
from workflows.ports.drafts import Draft


class SqlDrafts:
    """`workflows.ports.drafts.Drafts` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def keep(self, one: Draft) -> None:
        ref = f"draft/{one.item}/{one.user}"
        if personal.write(self._tx, [personal.Personal(ref, one.person, one.values)]):
            self._tx.put(draft, [(one.item, one.user, one.case, one.person, ref, one.at)])

    def find(self, item: str, user: str) -> Draft | None:
        rows: Sequence[tuple[str, ...]] = self._tx.rows(_of, item=item, user=user)
        for _county, *row in rows:
            *known, ref, at = row
            values = personal.read(self._tx, [ref]).get(ref)
            return None if values is None else Draft(known[0], known[2], known[1], known[3], values, at)  # type: ignore[arg-type]  # a row
        return None


def drop(tx: Transaction, items: Iterable[str]) -> None:
    """Drop the drafts of these items, the values first."""
    wanted = [(item,) for item in sorted(set(items))]
    tx.run_of(_drop_values, wanted)
    tx.run_of(_drop, wanted)


def _of(_dialect: Dialect) -> Executable:
    mine = (draft.c.county == COUNTY, draft.c.item == bindparam("item"), draft.c.user == bindparam("user"))
    return select(draft).where(*mine)


def _drop_values(dialect: Dialect) -> Executable:
    given = dialect.given(draft.c.item)
    refs = select(draft.c.ref).where(draft.c.county == COUNTY, draft.c.item.in_(select(given.c.item)))
    return delete(payload).where(payload.c.county == COUNTY, payload.c.ref.in_(refs))


def _drop(dialect: Dialect) -> Executable:
    given = dialect.given(draft.c.item)
    return delete(draft).where(draft.c.county == COUNTY, draft.c.item.in_(select(given.c.item)))
