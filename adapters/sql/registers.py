"""Registers and acts in a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import Executable, bindparam, select

from adapters.sql.columns import dumps, loads
from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.rows import register_of, register_values
from adapters.sql.tables import act, register_row
from adapters.sql.transaction import Transaction
from workflows.ports import ActRow, Conflict, RegisterRow

Pairs = Sequence[tuple[str, str]]


def twins(tx: Transaction, wanted: Pairs) -> dict[tuple[str, str], tuple[str, ...]]:
    keys: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in tx.rows_of(_twins, sorted(set(wanted))):
        keys[row.register, row.fingerprint].append(row.key)
    return {pair: tuple(sorted(keys[pair])) for pair in wanted}


def _twins(dialect: Dialect) -> Executable:
    given = dialect.given(register_row.c.register, register_row.c.fingerprint)
    return select(register_row.c.register, register_row.c.fingerprint, register_row.c.key).join(
        given, same(register_row, given, "register", "fingerprint")
    )


def registers(tx: Transaction, wanted: Pairs) -> dict[tuple[str, str], RegisterRow]:
    rows = map(register_of, tx.rows_of(_registers, sorted(set(wanted))))
    return {(row.register, row.key): row for row in rows}


def _registers(dialect: Dialect) -> Executable:
    given = dialect.given(register_row.c.register, register_row.c.key)
    return select(register_row).join(given, same(register_row, given, "register", "key"))


def put_registers(tx: Transaction, rows: Sequence[RegisterRow]) -> None:
    tx.put(register_row, sorted(map(register_values, rows), key=itemgetter(0, 1)))


def find_act(tx: Transaction, key: str) -> ActRow | None:
    for row in tx.rows(_act, key=key):
        return ActRow(row.key, row.actor, row.request_hash, loads(row.answer))
    return None


def _act(dialect: Dialect) -> Executable:
    return select(act).where(act.c.county == COUNTY, act.c.key == bindparam("key"))


def add_act(tx: Transaction, row: ActRow) -> None:
    if find_act(tx, row.key) is not None:
        raise Conflict(f"act {row.key} was stored meanwhile: run again to get its answer")
    tx.insert(act, [(row.key, row.actor, row.request_hash, dumps(row.answer), tx.now)])
