"""取回 by somebody to whom the item had been handed (转办): the one who takes back is asked, in their own seat."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.approval import Mode
from tests.unit.machine.desk import Desk
from workflows.language.words import approve, end, role, sequence
from workflows.machine.case import Link
from workflows.machine.decision import Decision
from workflows.testkit import staff

NO = end("refused", "rejected")
PEOPLE = staff(
    a="panel", b="panel", c="panel", helper="helper", guest="guest", clerk="clerk", head="office_head", last="last"
)
STEP = "steps/decide"


def through(mode: Mode = Mode.ALL, by: str = "panel") -> Desk:
    """A step, and one behind it that still waits when the first is through."""
    steps = (approve("decide", by=role(by), mode=mode, on_reject=NO), approve("then", by=role("last"), on_reject=NO))
    return Desk(sequence(*steps, end("done", "approved")), roster=PEOPLE)


def hand(desk: Desk, who: str, to: str) -> None:
    assert isinstance(desk.act(who, "transfer", STEP, opinion="样例", fields={"to": to}), Decision)


def agree(desk: Desk, *users: str) -> None:
    for user in users:
        assert isinstance(desk.act(user, "agree", STEP), Decision)


def take_back(desk: Desk, who: str) -> Any:
    mine = [one for one in desk.ledger.closed.values() if one.path == STEP and one.closed_by == who]
    return desk.take(desk.wanted(who, "take-back", max(mine, key=lambda one: (one.round, one.seat)).id))


def test_whoever_got_an_item_by_transfer_and_takes_back_is_asked_again() -> None:
    desk = through(by="clerk", mode=Mode.ONE)
    hand(desk, "clerk", "helper")
    agree(desk, "helper")

    take_back(desk, "helper")

    assert desk.holders(STEP) == [("user:helper", "owner")]
    assert desk.item_of("helper", STEP).link is Link.TRANSFERRED
    agree(desk, "helper")
    take_back(desk, "helper")
    assert (desk.open(), desk.holders(STEP)) == ([(STEP, 3)], [("user:helper", "owner")])


def test_while_the_step_still_asks_too() -> None:
    desk = through()
    hand(desk, "a", "helper")
    agree(desk, "helper")

    take_back(desk, "helper")

    assert desk.open() == [(STEP, 1)] * 3
    assert [who for who, _ in desk.holders(STEP)] == ["user:b", "user:c", "user:helper"]


def test_what_was_handed_on_to_the_others_stays_agreed() -> None:
    desk = through()
    hand(desk, "a", "helper")
    hand(desk, "b", "guest")
    agree(desk, "helper", "guest", "c")

    take_back(desk, "guest")

    assert desk.holders(STEP) == [("user:guest", "owner")]
    agree(desk, "guest")
    assert desk.open() == [("steps/then", 2)]


def test_whoever_takes_back_and_has_left_by_now_leaves_the_seat_to_the_roster() -> None:
    desk = through(by="clerk", mode=Mode.ONE)
    hand(desk, "clerk", "helper")
    agree(desk, "helper")
    desk.facts = replace(desk.facts, roster=staff(clerk="clerk", head="office_head", last="last"))

    take_back(desk, "helper")

    assert "user:helper" not in dict(desk.holders(STEP))


def test_what_is_taken_back_after_a_transfer_is_no_further_hop() -> None:
    desk = through(by="clerk", mode=Mode.ONE)
    hand(desk, "clerk", "helper")
    for _ in range(6):
        agree(desk, "helper")
        take_back(desk, "helper")

    hand(desk, "helper", "guest")

    assert desk.holders(STEP) == [("user:guest", "owner")]


def test_the_agreement_of_the_others_stands_however_often_somebody_takes_back() -> None:
    desk = through()
    agree(desk, "a", "b", "c")
    take_back(desk, "a")
    first = {one.closed_by: one.superseded for one in desk.ledger.closed.values() if one.path == STEP}
    agree(desk, "a")

    take_back(desk, "a")

    assert first == {"a": 2, "b": None, "c": None}
    assert desk.holders(STEP) == [("user:a", "owner")]
    agree(desk, "a")
    assert desk.open() == [("steps/then", 3)]


def test_whose_agreement_stands_may_take_it_back_as_well() -> None:
    desk = through()
    agree(desk, "a", "b", "c")
    take_back(desk, "a")
    agree(desk, "a")

    take_back(desk, "b")

    assert desk.holders(STEP) == [("user:b", "owner")]
    agree(desk, "b")
    assert desk.open() == [("steps/then", 3)]
