"""From decisions to rows: the chain of a case, and several decisions of one case in one batch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.audit import GENESIS, canonical, commitment, verify_chain
from tests.unit.machine.desk import APPLICANT, Desk
from workflows.language.words import approve, carry_out, end, remind, role, sequence, to_applicant, wait
from workflows.machine.case import ItemState
from workflows.moves.recording import Recorded, gather, record
from workflows.testkit import KnownSecret

VAULT = KnownSecret()
ASKING = sequence(
    approve(
        "check",
        by=role("clerk"),
        within=3,
        overdue=(remind(0),),
        on_return=to_applicant(within=5, silence=end("late"), answered_by="trial.more.v1"),
        on_reject=end("refused"),
    ),
    wait("more", event="trial.more.v1"),
)


def recorded(desk: Desk, begin: int = 0) -> Recorded:
    """The decisions of a desk from the `begin`-th on, as one batch."""
    before = desk.ledger.decisions[begin - 1].after.head if begin else replace(desk.live.head, version=0, prev_hash="")
    return record(before, desk.ledger.decisions[begin:], VAULT)


def test_entries_of_a_batch_are_chained_one_onto_the_other() -> None:
    desk = Desk(ASKING)
    desk.act("clerk", "agree", "steps/check")

    whole = recorded(desk)

    rows = [(row.prev_hash, canonical(dict(row.body)), row.hash) for row in whole.history]
    assert verify_chain(rows) is None
    assert (rows[0][0], whole.head.prev_hash) == (GENESIS, rows[-1][2])


def test_a_batch_guards_the_version_it_was_loaded_with_and_leaves_the_newest() -> None:
    desk = Desk(ASKING)
    desk.act("clerk", "agree", "steps/check")

    assert (recorded(desk).expected, recorded(desk).head.version) == (0, 2)
    assert (recorded(desk, 1).expected, recorded(desk, 1).head.version) == (1, 2)


def test_personal_values_are_committed_to_and_not_written() -> None:
    desk = Desk(carry_out("task", by=role("clerk")), personal={"name": "样例甲"})

    [row] = recorded(desk).history

    assert "样例甲" not in canonical(dict(row.body)).decode()
    assert row.salt is not None
    assert row.body["commitment"] == row.commitment == commitment(row.salt.encode(), canonical({"name": "样例甲"}))


def test_an_entry_with_nothing_personal_has_no_salt() -> None:
    [row] = recorded(Desk(carry_out("task", by=role("clerk")))).history

    assert (row.salt, row.commitment, "commitment" in row.body) == (None, None, False)


def ids(rows: list[Any]) -> list[str]:
    return [row.id for row in rows]


def test_what_a_batch_opens_and_closes_again_is_written_in_its_last_form() -> None:
    desk = Desk(ASKING)
    desk.act("clerk", "return", "steps/check", opinion="样例")
    desk.act(APPLICANT, "complete", "steps/check/supplement")

    changes = gather([recorded(desk)])

    states = {(one.path, one.round): one.state for one in changes.items}
    assert states == {
        ("steps/check", 1): ItemState.RETURNED,
        ("steps/check/supplement", 1): ItemState.COMPLETED,
        ("steps/check", 2): ItemState.OPEN,
    }
    assert len(changes.items) == len(set(ids(changes.items)))
    assert {one.item for one in changes.holders_opened} == set(desk.live.items)
    assert {one.id for one in changes.timers_set} == set(desk.live.timers)
    assert set(changes.subscriptions_opened) == set(desk.live.subscriptions)


def test_after_a_batch_the_tables_hold_what_the_slice_holds_whatever_was_there_before() -> None:
    desk = Desk(ASKING)
    desk.act("clerk", "return", "steps/check", opinion="样例")
    before = desk.live
    desk.event("trial.more.v1")
    desk.act("clerk", "agree", "steps/check")

    changes = gather([recorded(desk, 2)])

    timers = (before.timers.keys() - set(changes.timers_cleared)) | set(ids(changes.timers_set))
    asked = (set(before.subscriptions) - set(changes.subscriptions_closed)) | set(changes.subscriptions_opened)
    held = {item for item in before.holders if item not in changes.items_closed}
    assert timers == desk.live.timers.keys()
    assert asked == set(desk.live.subscriptions)
    assert held | {one.item for one in changes.holders_opened} == set(desk.live.items)
    assert {(one.path, one.round) for one in changes.activations if one.state.value == "live"} >= {("steps/more", 2)}


def test_cases_of_a_batch_stand_side_by_side() -> None:
    first, second = recorded(Desk(ASKING)), recorded(Desk(ASKING))

    changes = gather([first, second])

    assert len(changes.history) == 2
    assert gather([]).history == []
