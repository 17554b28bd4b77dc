"""The kinds of column that both databases keep, and the two spellings that hold everywhere: moments and documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TIMESTAMP, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """An aware moment as microseconds since 1970: SQLite's spelling, which sorts and compares as time does."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The aware UTC moment of `micros`."""
    return _EPOCH + value * _MICROSECOND


class Micros(TypeDecorator[datetime]):
    """Aware datetimes in an integer column."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment(value)


MOMENT = TIMESTAMP(timezone=True).with_variant(Micros(), "sqlite")


def dumps(document: object) -> str:
    """A document as it is stored: sorted and without spaces, so equal documents are equal text."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be stored in a document: use text, whole numbers, lists, objects")


def loads(document: str) -> Any:
    """The document that `dumps` wrote."""
    return json.loads(document)


def texts(*names: str) -> Iterable[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def paths(*names: str) -> Iterable[Column[Any]]:
    """Texts that sort by their characters everywhere: what is below a path is a span of an index."""
    by_characters = Text().with_variant(Text(collation="C"), "postgresql")
    return [Column(name, by_characters, nullable=False) for name in names]


def integers(*names: str) -> Iterable[Column[Any]]:
    return [Column(name, Integer, nullable=False) for name in names]


def numbers(*names: str) -> Iterable[Column[Any]]:
    """Counters without an end."""
    return [Column(name, BigInteger, nullable=False) for name in names]


def flags(*names: str) -> Iterable[Column[Any]]:
    return [Column(name, Boolean, nullable=False) for name in names]


def blobs(*names: str) -> Iterable[Column[Any]]:
    return [Column(name, LargeBinary, nullable=False) for name in names]


def moments(*names: str) -> Iterable[Column[Any]]:
    return [Column(name, MOMENT, nullable=False) for name in names]


def optional(columns: Iterable[Column[Any]]) -> Iterable[Column[Any]]:
    """The same columns, which may be empty."""
    for column in columns:
        column.nullable = True
    return columns
