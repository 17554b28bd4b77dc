"""Looks into the store from outside, as another reader would see it: only what is committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, exists, func, select
from sqlalchemy.engine import make_url

from adapters.sql.tables import event, inbox, work_item
from bench.places import Place


class Watch:
    """One connection that sees each commit at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def items(self) -> int:
        """How many work items there are."""
        return self._connection.execute(select(func.count()).select_from(work_item)).scalar_one()

    def events(self) -> int:
        """How many events are stored."""
        return self._connection.execute(select(func.count()).select_from(event)).scalar_one()

    def waiting(self) -> bool:
        """Whether cases have something to do."""
        return self._connection.execute(select(exists(select(inbox.c.no)))).scalar_one()

    def item_of(self, case: str) -> str | None:
        """The open item of a case."""
        query = select(work_item.c.id).where(work_item.c.case == case, work_item.c.closed_at.is_(None)).limit(1)
        return self._connection.execute(query).scalar_one_or_none()


@contextmanager
def watch(place: Place) -> Iterator[Watch]:
    """Watch the store of a place that is open."""
    engine = create_engine(_read_only(place.database_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield Watch(connection)
    engine.dispose()


def _read_only(url: str) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return url
    return f"sqlite:///file:{Path(parsed.database or '')}?mode=ro&uri=true"
