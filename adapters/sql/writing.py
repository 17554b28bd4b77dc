"""Everything that a batch writes for the cases that won, one statement for each table."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Executable, bindparam, delete, select, update

from adapters.sql import attachments, ballots, drafts, personal, plans, serials, urgencies
from adapters.sql.columns import MOMENT
from adapters.sql.dialects import Dialect, among, same
from adapters.sql.personal import Personal
from adapters.sql.rows import (
    activation_values,
    effect_values,
    history_values,
    holder_values,
    item_values,
    subscription_values,
    timer_values,
)
from adapters.sql.tables import (
    activation,
    case_access,
    case_head,
    effect,
    history,
    holder,
    subscription,
    timer,
    unsealed,
    work_item,
)
from adapters.sql.transaction import Transaction
from workflows.ports import Changes, HistoryRow


def write(tx: Transaction, changes: Changes) -> None:
    """Closes first and opens then: what a case left and entered again in one go is there in its last form."""
    with tx.together():
        _write(tx, changes)


def _write(tx: Transaction, changes: Changes) -> None:
    tx.put(activation, [activation_values(one) for one in changes.activations])
    tx.put(work_item, [item_values(one) for one in changes.items])
    tx.run_of(_close_holders, [(item,) for item in sorted(set(changes.items_closed))], now=tx.now)
    drafts.drop(tx, changes.items_closed)
    tx.put(holder, [holder_values(one) for one in changes.holders_opened])
    tx.run_of(_clear_timers, [(one,) for one in changes.timers_cleared])
    tx.put(timer, [timer_values(one) for one in changes.timers_set])
    tx.run_of(_close_subscriptions, [subscription_values(one) for one in changes.subscriptions_closed])
    tx.insert_new(subscription, [subscription_values(one) for one in changes.subscriptions_opened])
    tx.insert_new(effect, [effect_values(one, tx.now) for one in changes.effects])
    serials.ask(tx, changes.serials)
    ballots.cast(tx, changes.ballots)
    attachments.write(tx, changes)
    plans.write(tx, changes)
    tx.run_of(_end_access, [(one.case, one.who, one.why) for one in changes.access_ended])
    tx.insert_new(case_access, [(one.case, one.who, one.why) for one in changes.access])
    _write_history(tx, changes.history)
    urgencies.write(tx, changes)


def _end_access(dialect: Dialect) -> Executable:
    given = dialect.given(case_access.c.case, case_access.c.who, case_access.c.why)
    return delete(case_access).where(among(case_access, given, "case", "who", "why"))


def _close_holders(dialect: Dialect) -> Executable:
    given = dialect.given(holder.c.item)
    return (
        update(holder)
        .values(closed_at=bindparam("now", type_=MOMENT))
        .where(same(holder, given, "item"), holder.c.closed_at.is_(None))
    )


def _clear_timers(dialect: Dialect) -> Executable:
    given = dialect.given(timer.c.id)
    return delete(timer).where(among(timer, given, "id"))


def _close_subscriptions(dialect: Dialect) -> Executable:
    one = subscription.c
    given = dialect.given(one.type, one.key, one.case, one.path, one.round)
    return delete(subscription).where(among(subscription, given, "type", "key", "case", "path", "round"))


def _write_history(tx: Transaction, rows: Sequence[HistoryRow]) -> None:
    persons = _persons(tx, [row.case for row in rows if row.personal])
    parts = [
        Personal(history_ref(row), persons[row.case], {"salt": row.salt, "values": row.personal})
        for row in rows
        if row.personal
    ]
    stored = personal.write(tx, parts)
    tx.insert(history, [history_values(row, ref if (ref := history_ref(row)) in stored else None) for row in rows])
    tx.insert(unsealed, [(row.at, row.case, row.seq, row.hash) for row in rows])


def history_ref(row: HistoryRow) -> str:
    """Where the personal part of a history entry stands."""
    return f"history/{row.case}/{row.seq}"


def _persons(tx: Transaction, cases: Sequence[str]) -> dict[str, str]:
    """Under whose key the entries of a case stand: its person's, or the case's own where it is about nobody."""
    rows = tx.rows_of(_case_persons, [(case,) for case in sorted(set(cases))])
    return {row.id: row.person or f"case:{row.id}" for row in rows}


def _case_persons(dialect: Dialect) -> Executable:
    given = dialect.given(case_head.c.id)
    return select(case_head.c.id, case_head.c.person).join(given, same(case_head, given, "id"))
