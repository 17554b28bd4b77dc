"""Fan-outs in a unit: their rows, the cases that they concern, and what they have posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    desc,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from adapters.sql.columns import MOMENT, dumps, loads
from adapters.sql.dialects import COUNTY, Dialect, among, same
from adapters.sql.rows import signal_document, signal_of_document
from adapters.sql.tables import case_head, fanned, fanout, inbox, timer, work_item
from adapters.sql.transaction import Transaction
from domain.clocks import PROVISIONAL
from workflows.machine.case import UNDER_WAY as CASES_UNDER_WAY
from workflows.ports.fanouts import UNDER_WAY, Fanout, FanoutState, Posted, Selection, Withdrawn


class SqlFanouts:
    """`workflows.ports.fanouts.Fanouts` says what each method promises."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, new: Fanout) -> bool:
        if self._tx.rows(_named, id=new.id):
            return False
        self._tx.insert(fanout, [_values(new)])
        return True

    def claim(self) -> Fanout | None:
        return _one(self._tx.rows(_under_way, now=self._tx.now))

    def lock(self, id_: str) -> Fanout | None:
        return _one(self._tx.rows(_locked, id=id_))

    def save(self, changed: Fanout) -> None:
        self._tx.put(fanout, [_values(changed)])

    def count(self, selection: Selection) -> int:
        query = select(func.count()).select_from(case_head).where(*_conditions(self._tx.county, selection))
        return int(self._tx.connection.execute(query).scalar_one())

    def select(self, selection: Selection, after: str, limit: int) -> list[str]:
        query = (
            select(case_head.c.id)
            .where(*_conditions(self._tx.county, selection), case_head.c.id > after)
            .order_by(case_head.c.id)
            .limit(limit)
        )
        return list(self._tx.connection.execute(query).scalars())

    def note(self, id_: str, posted: Sequence[Posted]) -> None:
        self._tx.insert(fanned, [(id_, case, no) for case, no in posted])

    def noted(self, id_: str, limit: int) -> list[Posted]:
        return [(row.case, row.no) for row in self._tx.rows(_noted, id=id_, limit=limit)]

    def withdraw(self, posted: Sequence[Posted]) -> Withdrawn:
        """First what can be locked, then what is gone: a row that was taken in between is gone, and none is both."""
        numbers = [(no,) for _, no in posted]
        free = {row.no for row in self._tx.rows_of(_free, numbers)}
        there = {row.no for row in self._tx.rows_of(_there, numbers)}
        self._tx.run_of(_remove, [(no,) for no in sorted(free)])
        return Withdrawn(
            back=tuple(one for one in posted if one[1] in free),
            taken=tuple(one for one in posted if one[1] not in there),
        )

    def forget(self, id_: str, posted: Sequence[Posted]) -> None:
        self._tx.run_of(_forget, [(id_, case) for case, _ in posted])


def newest(tx: Transaction, limit: int) -> tuple[Fanout, ...]:
    """The fan-outs of the county, the last one first."""
    return tuple(fanout_of(row) for row in tx.rows(_newest, limit=limit))


def named(tx: Transaction, id_: str) -> Fanout | None:
    """One fan-out."""
    return _one(tx.rows(_named, id=id_))


def _one(rows: Sequence[Row[Any]]) -> Fanout | None:
    return fanout_of(rows[0]) if rows else None


# -- rows --------------------------------------------------------------------------------------------------


def _values(one: Fanout) -> tuple[Any, ...]:
    return (
        one.id,
        signal_document(one.signal),
        _selection_document(one.selection),
        str(one.state),
        one.by,
        one.reason,
        one.started_at,
        one.ended_at,
        one.cursor,
        one.total,
        one.posted,
        one.undone_by,
        one.undone_reason,
        one.taken_back,
        one.countered,
        one.kept,
    )


def fanout_of(row: Row[Any]) -> Fanout:
    """The fan-out of a row."""
    _, id_, signal, selection, state, *rest = tuple(row)
    return Fanout(id_, signal_of_document(signal), _selection_of(selection), FanoutState(state), *rest)


def _selection_document(one: Selection) -> str:
    due_from = None if one.due_from is None else one.due_from.isoformat()
    return dumps([one.workflow, one.field, one.provisional, due_from, one.roster, one.held])


def _selection_of(document: str) -> Selection:
    workflow, field, provisional, due_from, roster, *later = loads(document)
    return Selection(
        workflow=workflow,
        field=None if field is None else tuple(field),
        provisional=provisional,
        due_from=None if due_from is None else datetime.fromisoformat(due_from),
        roster=roster,
        held=any(later),
    )


# -- which cases -------------------------------------------------------------------------------------------


def _conditions(county: str, wanted: Selection) -> list[ColumnElement[bool]]:
    found = [case_head.c.county == county, case_head.c.state.in_(sorted(CASES_UNDER_WAY))]
    if wanted.workflow is not None:
        found.append(case_head.c.workflow == wanted.workflow)
    if wanted.field is not None:
        found.append(_has_field(*wanted.field))
    if wanted.provisional:
        found.append(_has_open_item(work_item.c.due_rule.contains(PROVISIONAL)))
    if wanted.due_from is not None:
        found.append(_is_due_from(wanted.due_from))
    if wanted.held:
        found.append(_has_open_item(true()))
    if wanted.roster is not None:
        found.append(_has_open_item(work_item.c.roster != wanted.roster))
    return found


def _has_field(name: str, value: str) -> ColumnElement[bool]:
    """By the one spelling that documents have (`columns.dumps`): a quote inside a value is escaped there."""
    pair = dumps({name: value})[1:-1]
    return case_head.c.fields.contains(pair, autoescape=True)


def _has_open_item(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = and_(work_item.c.county == case_head.c.county, work_item.c.case == case_head.c.id)
    return exists(select(literal(1)).where(mine, work_item.c.closed_at.is_(None), condition))


def _is_due_from(moment: datetime) -> ColumnElement[bool]:
    at = literal(moment, MOMENT)
    mine = and_(timer.c.county == case_head.c.county, timer.c.case == case_head.c.id)
    return or_(_has_open_item(work_item.c.due_at >= at), exists(select(literal(1)).where(mine, timer.c.due_at >= at)))


# -- statements --------------------------------------------------------------------------------------------


def _named(dialect: Dialect) -> Select[Any]:
    return select(fanout).where(fanout.c.county == COUNTY, fanout.c.id == bindparam("id", type_=Text))


def _locked(dialect: Dialect) -> Executable:
    return _named(dialect).with_for_update()


def _under_way(dialect: Dialect) -> Executable:
    going = fanout.c.state.in_([literal(str(state), literal_execute=True) for state in UNDER_WAY])
    return (
        select(fanout)
        .where(fanout.c.county == COUNTY, going, fanout.c.started_at <= bindparam("now", type_=MOMENT))
        .order_by(fanout.c.started_at, fanout.c.id)
        .limit(literal(1))
        .with_for_update(skip_locked=True)
    )


def _newest(dialect: Dialect) -> Executable:
    return (
        select(fanout)
        .where(fanout.c.county == COUNTY)
        .order_by(desc(fanout.c.started_at), desc(fanout.c.id))
        .limit(bindparam("limit"))
    )


def _noted(dialect: Dialect) -> Executable:
    return (
        select(fanned)
        .where(fanned.c.county == COUNTY, fanned.c.fanout == bindparam("id", type_=Text))
        .order_by(fanned.c.case)
        .limit(bindparam("limit"))
    )


def _free(dialect: Dialect) -> Executable:
    given = dialect.given(inbox.c.no)
    return select(inbox.c.no).join(given, same(inbox, given, "no")).with_for_update(skip_locked=True, of=inbox)


def _there(dialect: Dialect) -> Executable:
    given = dialect.given(inbox.c.no)
    return select(inbox.c.no).join(given, same(inbox, given, "no"))


def _remove(dialect: Dialect) -> Executable:
    given = dialect.given(inbox.c.no)
    return delete(inbox).where(among(inbox, given, "no"))


def _forget(dialect: Dialect) -> Executable:
    given = dialect.given(fanned.c.fanout, fanned.c.case)
    return delete(fanned).where(among(fanned, given, "fanout", "case"))
