"""Serials in a unit: who asks for a number, and the numbers that were given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Row, Text, and_, bindparam, delete, desc, func, or_, select

from adapters.sql.dialects import COUNTY, Dialect, among
from adapters.sql.tables import serial, serial_asked
from adapters.sql.transaction import Transaction
from workflows.machine.decision import SerialAsked
from workflows.ports.serials import Serial, Series


class SqlSerials:
    """`workflows.ports.serials.Serials` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def take(self, limit: int) -> list[SerialAsked]:
        """Looks first without the lock: most of the time nobody asks, and then nobody has to wait."""
        if not self._tx.rows(_first_asked, limit=1):
            return []
        self._tx.dialect.lock(self._tx.driver, [f"{self._tx.county}\0serials"])
        rows = self._tx.rows(_first_asked, limit=limit)
        self._tx.run_of(_answered, [(row.no,) for row in rows])
        return [SerialAsked(row.id, row.case, row.path, row.series, row.year, row.digits) for row in rows]

    def last(self, series: Iterable[Series]) -> Mapping[Series, int]:
        wanted = sorted(series)
        found = {(row.series, row.year): row.number for row in self._tx.rows_of(_last, wanted)}
        return {one: found[one] or 0 for one in wanted}

    def keep(self, given: Sequence[Serial]) -> None:
        self._tx.insert(
            serial,
            [(one.series, one.year, one.number, one.text, one.case, one.path, one.asked, one.at) for one in given],
        )


def ask(tx: Transaction, asked: Sequence[SerialAsked]) -> None:
    """Note that steps ask for numbers, in this order."""
    numbers = tx.next_numbers("serial_no", len(asked))
    rows = [
        (no, one.id, one.case, one.path, one.series, one.year, one.digits)
        for no, one in zip(numbers, asked, strict=True)
    ]
    tx.insert(serial_asked, rows)


def given(tx: Transaction, series: str | None, limit: int) -> tuple[Serial, ...]:
    """The numbers that were given, the last ones first."""
    return tuple(_serial_of(row) for row in tx.rows(_newest, series=series, limit=limit))


def _serial_of(row: Row[Any]) -> Serial:
    return Serial(*tuple(row)[1:])


def _first_asked(dialect: Dialect) -> Executable:
    return (
        select(serial_asked)
        .where(serial_asked.c.county == COUNTY)
        .order_by(serial_asked.c.no)
        .limit(bindparam("limit"))
    )


def _answered(dialect: Dialect) -> Executable:
    rows = dialect.given(serial_asked.c.no)
    return delete(serial_asked).where(among(serial_asked, rows, "no"))


def _last(dialect: Dialect) -> Executable:
    wanted = dialect.given(serial.c.series, serial.c.year)
    mine = and_(serial.c.county == wanted.c.county, serial.c.series == wanted.c.series, serial.c.year == wanted.c.year)
    last = select(func.max(serial.c.number)).where(mine).scalar_subquery()
    return select(wanted.c.series, wanted.c.year, last.label("number"))


def _newest(dialect: Dialect) -> Executable:
    series = bindparam("series", type_=Text)
    return (
        select(serial)
        .where(serial.c.county == COUNTY, or_(series.is_(None), serial.c.series == series))
        .order_by(desc(serial.c.year), serial.c.series, desc(serial.c.number))
        .limit(bindparam("limit"))
    )
