"""Registers and acts in a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import Executable, Text, bindparam, select

from adapters.sql.columns import dumps, loads
from adapters.sql.dialects import COUNTY, Dialect, same
from adapters.sql.rows import register_of, register_values
from adapters.sql.tables import act, register_row
from adapters.sql.transaction import Transaction
from domain.visits import VISITS, Visits, parse_visits
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


def visits(tx: Transaction) -> tuple[Visits, ...]:
    """The register of visits, whole: a row for each person on a list."""
    return tuple(parse_visits(register_of(row).values) for row in tx.rows(_whole, register=VISITS.name))


def _whole(dialect: Dialect) -> Executable:
    mine = (register_row.c.county == COUNTY, register_row.c.register == bindparam("register", type_=Text))
    return select(register_row).where(*mine).order_by(register_row.c.key)


def put_registers(tx: Transaction, rows: Sequence[RegisterRow]) -> None:
    tx.put(register_row, sorted(map(register_values, rows), key=itemgetter(0, 1)))


def find_acts(tx: Transaction, keys: Sequence[str]) -> dict[str, ActRow]:
    rows = tx.rows_of(_acts, [(key,) for key in sorted(set(keys))])
    return {row.key: ActRow(row.key, row.actor, row.request_hash, loads(row.answer)) for row in rows}


def _acts(dialect: Dialect) -> Executable:
    given = dialect.given(act.c.key)
    return select(act).join(given, same(act, given, "key"))


def add_acts(tx: Transaction, rows: Sequence[ActRow]) -> None:
    known = find_acts(tx, [row.key for row in rows])
    if known:
        raise Conflict(f"act {min(known)} was stored meanwhile: run again to get its answer")
    # In one order for everybody, so that two batches with the same keys never wait for each other.
    ordered = sorted(rows, key=lambda row: row.key)
    tx.insert(act, [(row.key, row.actor, row.request_hash, dumps(row.answer), tx.now) for row in ordered])
