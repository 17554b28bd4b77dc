"""The board in a unit: brought up to date from the feed, counted by workflow, state and department."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, bindparam, case, delete, func, literal, not_, or_, select, tuple_

from adapters.sql.columns import MOMENT
from adapters.sql.dialects import COUNTY, Dialect, among, same
from adapters.sql.gates import suspended
from adapters.sql.slices import open_items
from adapters.sql.tables import board, board_at, case_head, feed
from adapters.sql.transaction import Transaction
from adapters.sql.visibility import may_see_case_of
from domain.calendar import Light
from workflows.machine.case import UNDER_WAY, WorkItem
from workflows.policy import Viewer
from workflows.reads import Tally

_AT = "feed"
"""The one row of `board_at`: up to which entry the feed was followed."""


class SqlBoard:
    """`workflows.ports.board.Board` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def follow(self, limit: int) -> int:
        """Looks first without the lock: most of the time there is nothing new."""
        if not self._tx.rows(_new, limit=1):
            return 0
        self._tx.insert_new(board_at, [(_AT, 0)])
        if not self._tx.rows(_lock):
            return 0
        entries = self._tx.rows(_new, limit=limit)
        self._look_at(sorted({row.case for row in entries}))
        if entries:
            self._tx.put(board_at, [(_AT, entries[-1].no)])
        return len(entries)

    def begin_anew(self) -> None:
        self._tx.insert_new(board_at, [(_AT, 0)])
        self._tx.run(_forget_all)
        self._tx.put(board_at, [(_AT, 0)])

    def _look_at(self, cases: list[str]) -> None:
        heads = self._tx.rows_of(_heads, [(one,) for one in cases])
        items = open_items(self._tx, cases)
        under_way = [row for row in heads if row.state in UNDER_WAY]
        self._tx.put(board, [_values(row, items[row.id]) for row in under_way])
        known = {row.id for row in under_way}
        self._tx.run_of(_forget, [(one,) for one in cases if one not in known])


def tallies(tx: Transaction, viewer: Viewer) -> tuple[Tally, ...]:
    """The figures of the cases that the viewer may see."""
    now = literal(tx.now, MOMENT)
    light = case(
        (not_(board.c.asks), ""),
        (or_(board.c.is_paused, tuple_(board.c.county, board.c.case).in_(suspended())), Light.GREY.value),
        (board.c.due_at < now, Light.RED.value),
        (board.c.yellow_at <= now, Light.YELLOW.value),
        else_=Light.GREEN.value,
    )
    by = (board.c.workflow, board.c.state, board.c.department)
    lights = (Light.YELLOW, Light.RED, Light.GREEN, Light.GREY)
    query = (
        select(*by, func.count(), *(_how_many(light == one.value) for one in lights))
        .where(may_see_case_of(viewer, board))
        .group_by(*by)
        .order_by(*by)
    )
    return tuple(Tally(*row) for row in tx.connection.execute(query))


def _how_many(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _values(head: Any, items: Any) -> tuple[Any, ...]:
    urgent: WorkItem | None = min(items, key=_urgency, default=None)
    if urgent is None:
        return head.id, head.workflow, head.state, head.department, None, None, False, False
    dates = (urgent.yellow_at, urgent.due_at)
    return head.id, head.workflow, head.state, head.department, *dates, urgent.paused_at is not None, True


def _urgency(item: WorkItem) -> tuple[bool, Any, str]:
    return item.due_at is None, item.due_at or item.opened_at, item.id


def _new(dialect: Dialect) -> Executable:
    at = select(board_at.c.no).where(board_at.c.county == COUNTY, board_at.c.name == literal(_AT)).scalar_subquery()
    return (
        select(feed)
        .where(feed.c.county == COUNTY, feed.c.no > func.coalesce(at, 0))
        .order_by(feed.c.no)
        .limit(bindparam("limit"))
    )


def _lock(dialect: Dialect) -> Executable:
    mine = select(board_at).where(board_at.c.county == COUNTY, board_at.c.name == literal(_AT))
    return mine.with_for_update(skip_locked=True)


def _heads(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    columns = (case_head.c.id, case_head.c.workflow, case_head.c.state, case_head.c.department)
    return select(*columns).join(given, same(case_head, given, "id"))


def _forget(dialect: Dialect) -> Executable:
    given = dialect.given(board.c.case)
    return delete(board).where(among(board, given, "case"))


def _forget_all(dialect: Dialect) -> Executable:
    return delete(board).where(board.c.county == COUNTY)
