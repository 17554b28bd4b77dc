"""Heads of cases in a unit: opened, saved under the guard of their version, marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Executable, Integer, bindparam, column, or_, select, update

from adapters.sql import personal
from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.gates import stands_still
from adapters.sql.personal import NOTHING, Personal, personal_ref
from adapters.sql.rows import case_values
from adapters.sql.tables import case_head
from adapters.sql.transaction import Transaction
from workflows.machine.case import Case

# What a save leaves alone; the quarantine mark is set and lifted on its own, never by a save that knew nothing of it.
_FIXED = {"county", "id", "workflow", "root", "key", "lane", "department", "sample", "opened_at", "quarantine"} | {
    "parent_case",
    "parent_path",
}
_CHANGING = [each for each in case_head.columns if each.name not in _FIXED]
_PLACES = [[each.name for each in case_head.columns][1:].index(name.name) for name in _CHANGING]


def add_cases(tx: Transaction, cases: Sequence[Case]) -> set[str]:
    """Two units that open the same case meet at its key: the second one runs again and finds it."""
    there = {row.id for row in tx.rows_of(_known, [(case.id,) for case in cases])}
    new = {case.id: case for case in reversed(cases) if case.id not in there}
    tx.insert(case_head, sorted(map(case_values, new.values())))
    tx.personal.update({personal_ref(case): NOTHING for case in new})
    write_personal(tx, new.values())
    return set(new)


def _known(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    return select(case_head.c.id).join(given, same(case_head, given, "id"))


def write_personal(tx: Transaction, cases: Iterable[Case]) -> None:
    """Write the personal values of these heads, except those that this unit knows to stand there already.

    Raises:
        ValueError: for a case about nobody that holds personal values: no key could ever erase them.
    """
    changed = []
    for case in cases:
        ref = personal_ref(case.id)
        if case.person is None and not case.personal:
            continue
        if case.person is None:
            raise ValueError(f"case {case.id} is about no person but holds personal values: {sorted(case.personal)}")
        if case.personal != tx.personal.get(ref):
            changed.append(Personal(ref, case.person, case.personal))
    stored = personal.write(tx, changed)
    tx.personal.update({part.ref: part.values for part in changed if part.ref in stored})


def save_heads(tx: Transaction, heads: Sequence[tuple[int, Case]]) -> set[str]:
    """Locks in id order first (doors are not kept waiting by this kind of lock), then updates all at once.

    Whoever closes a gate locks the heads of its tree too: the update sees every gate that was closed before the locks,
    for a lone head as well: an update that waited would look at the gates as they were before it waited.
    """
    ordered = sorted(heads, key=lambda head: head[1].id)
    hold(tx, [case.id for _, case in ordered])
    rows = []
    for expected, case in ordered:
        values = case_values(case)
        rows.append((case.id, expected, int(case.gate is not None), *(values[place] for place in _PLACES)))
    saved = {row.id for row in tx.rows_of(_save, rows)}
    write_personal(tx, [case for _, case in ordered if case.id in saved])
    return saved


def hold(tx: Transaction, cases: Sequence[str]) -> None:
    """In id order, so that nobody who holds several ever waits for somebody who waits for him."""
    tx.rows_of(_lock, [(case,) for case in sorted(cases)])


def _lock(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    return (
        select(case_head.c.id)
        .join(given, same(case_head, given, "id"))
        .order_by(case_head.c.id)
        .with_for_update(key_share=True, of=case_head)
    )


def _save(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id, column("expected", Integer), column("knows", Integer), *_CHANGING)
    return (
        update(case_head)
        .values({each.name: given.c[each.name] for each in _CHANGING})
        .where(
            same(case_head, given, "id"),
            case_head.c.version == given.c.expected,
            or_(given.c.knows == 1, ~stands_still(case_head)),
        )
        .returning(case_head.c.id)
    )


def quarantine(tx: Transaction, case: str, why: str) -> None:
    tx.run(_quarantine, case=case, why=why)


def _quarantine(dialect: Dialect) -> Executable:
    return (
        update(case_head)
        .values(quarantine=bindparam("why"))
        .where(case_head.c.county == COUNTY, case_head.c.id == bindparam("case"))
    )
