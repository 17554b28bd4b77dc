"""加签 and 减签 in every corner: groups in turn, signers who hand on, return or take back, and what a seat weighs."""

from __future__ import annotations

from typing import Any

import pytest

from domain.approval import Mode
from tests.unit.machine.desk import Desk, flow
from workflows.language.words import (
    Form,
    FormField,
    always,
    approve,
    carry_out,
    end,
    parallel,
    role,
    sequence,
    to_applicant,
)
from workflows.machine.case import ItemState, WorkItem
from workflows.machine.decision import Refused
from workflows.testkit import staff

NO = end("refused", "rejected")
PEOPLE = staff(
    a="panel", b="panel", clerk="clerk", mate="clerk", guest="guest", helper="helper", other="other", head="office_head"
)


def alone(**more: Any) -> Desk:
    return Desk(
        sequence(approve("decide", by=role("clerk"), on_reject=NO, **more), end("done", "approved")), roster=PEOPLE
    )


def together(mode: Mode = Mode.ALL, **more: Any) -> Desk:
    step = approve("decide", by=role("panel"), mode=mode, on_reject=NO, **more)
    return Desk(sequence(step, end("done", "approved")), roster=PEOPLE)


def do(desk: Desk, who: str, verb: str, **fields: Any) -> Any:
    return desk.act(who, verb, "steps/decide", opinion="样例", fields=fields)


def add(desk: Desk, who: str, where: str, *users: str, **fields: Any) -> None:
    outcome = do(desk, who, "add-signers", users=list(users), where=where, **fields)
    assert not isinstance(outcome, Refused), outcome


def held_by(desk: Desk, who: str) -> WorkItem:
    mine = desk.principals(who)
    return next(one for one in desk.live.items.values() if any(h.who in mine for h in desk.live.holders[one.id]))


def asked(desk: Desk) -> list[str]:
    """Whose turn it is."""
    now = (one for one in desk.live.items.values() if one.state is ItemState.OPEN)
    return sorted(held.who.split(":")[1] for one in now for held in desk.live.holders[one.id])


def take_back(desk: Desk, who: str) -> Any:
    mine = [one for one in desk.ledger.closed.values() if one.closed_by == who and one.superseded is None]
    return desk.take(desk.wanted(who, "take-back", max(mine, key=lambda one: one.seat).id))


def refusal(outcome: Any) -> tuple[int, str]:
    assert isinstance(outcome, Refused), outcome
    return outcome.status, outcome.code


# -- a group, one after the other --------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["before", "after"])
def test_signers_may_be_asked_one_after_the_other(where: str) -> None:
    desk = alone()
    add(desk, "clerk", where, "helper", "guest", mode="sequence")
    if where == "after":
        do(desk, "clerk", "agree")

    first = asked(desk)
    do(desk, "helper", "agree")
    second = asked(desk)
    do(desk, "guest", "agree")

    assert (first, second) == (["helper"], ["guest"])
    assert desk.state == (("running", None) if where == "before" else ("approved", "done"))


def test_when_the_one_whose_turn_it_is_is_removed_the_next_of_the_group_is_asked() -> None:
    desk = alone()
    add(desk, "clerk", "before", "helper", "guest", mode="sequence")

    do(desk, "clerk", "remove-signer", signer=held_by(desk, "helper").id)

    assert asked(desk) == ["guest"]


def test_before_and_after_on_one_item_the_first_come_first() -> None:
    desk = alone()
    add(desk, "clerk", "after", "guest")
    add(desk, "clerk", "before", "helper")
    turns = [asked(desk)]
    for who in ("helper", "clerk", "guest"):
        do(desk, who, "agree")
        turns.append(asked(desk))

    assert turns == [["helper"], ["clerk"], ["guest"], []]
    assert desk.state == ("approved", "done")


def test_signers_of_signers_go_so_deep_and_no_deeper() -> None:
    desk = alone()
    for who, other in (("clerk", "helper"), ("helper", "guest"), ("guest", "other")):
        add(desk, who, "before", other)

    assert refusal(do(desk, "other", "add-signers", users=["a"], where="before")) == (409, "too_deep")


# -- signers who hand on, return, take back ----------------------------------------------------------------


@pytest.mark.parametrize("where", ["before", "after"])
def test_whoever_gets_the_item_of_a_signer_answers_as_the_signer(where: str) -> None:
    desk = alone()
    add(desk, "clerk", where, "helper")
    if where == "after":
        do(desk, "clerk", "agree")

    do(desk, "helper", "transfer", to="guest")
    do(desk, "guest", "agree")

    assert desk.state == (("running", None) if where == "before" else ("approved", "done"))
    assert asked(desk) == (["clerk"] if where == "before" else [])


def test_the_item_of_a_signer_is_handed_on_only_so_often() -> None:
    desk = alone()
    add(desk, "clerk", "before", "helper")
    for who, to in (("helper", "guest"), ("guest", "helper")) * 2:
        do(desk, who, "transfer", to=to)
    do(desk, "helper", "transfer", to="guest")

    assert refusal(do(desk, "guest", "transfer", to="helper")) == (409, "too_many_hops")


def test_a_signer_who_returns_to_the_applicant_does_not_agree() -> None:
    desk = alone(on_return=to_applicant(within=3, silence=NO))
    add(desk, "clerk", "before", "helper")

    do(desk, "helper", "return")

    assert [path for path, _ in desk.open()] == ["steps/decide/supplement"]


def test_an_agreement_is_taken_back_while_those_after_it_have_not_answered() -> None:
    desk = together()
    add(desk, "a", "after", "helper", "guest")
    do(desk, "a", "agree")
    do(desk, "b", "agree")

    take_back(desk, "a")
    again = asked(desk)
    for who in ("a", "helper", "guest"):
        do(desk, who, "agree")

    assert again == ["a"]
    assert desk.state == ("approved", "done")


def test_an_agreement_that_somebody_after_it_has_seen_stays() -> None:
    opened, answered, delegated = together(), together(), together()
    for desk in (opened, answered, delegated):
        add(desk, "a", "after", "helper", "guest")
        do(desk, "a", "agree")
    do(opened, "helper", "open")
    do(answered, "helper", "agree")
    do(delegated, "helper", "delegate", to="other")

    assert refusal(take_back(opened, "a")) == (409, "opened")
    assert (refusal(take_back(answered, "a")), take_back(answered, "a").by) == ((409, "built_upon"), "helper")
    assert refusal(take_back(delegated, "a")) == (409, "built_upon")


def test_a_signer_takes_an_answer_back_until_the_holder_has_answered() -> None:
    desk = alone()
    add(desk, "clerk", "before", "helper")
    do(desk, "helper", "agree")

    take_back(desk, "helper")
    again = asked(desk)
    do(desk, "helper", "agree")
    do(desk, "clerk", "delegate", to="guest")
    take_back(desk, "helper")
    waits = asked(desk)
    do(desk, "helper", "agree")
    do(desk, "clerk", "agree")

    assert (again, waits) == (["helper"], ["helper"])
    assert desk.state == ("approved", "done")
    assert refusal(take_back(desk, "helper"))[1] in {"case_ended", "built_upon"}


def test_a_signer_whose_holder_has_answered_takes_nothing_back() -> None:
    desk = together()
    add(desk, "a", "before", "helper")
    do(desk, "helper", "agree")
    do(desk, "a", "agree")

    late = take_back(desk, "helper")

    assert (refusal(late), late.by) == ((409, "built_upon"), "a")


def test_one_of_those_after_may_take_back_while_another_is_asked() -> None:
    desk = together()
    add(desk, "a", "after", "helper", "guest")
    for who in ("a", "helper"):
        do(desk, who, "agree")

    take_back(desk, "helper")
    do(desk, "guest", "agree")
    between = asked(desk)
    for who in ("helper", "b"):
        do(desk, who, "agree")

    assert between == ["b", "helper"]
    assert desk.state == ("approved", "done")


# -- content that changes ----------------------------------------------------------------------------------


def with_a_writer_beside(mode: Mode = Mode.ALL, **more: Any) -> Desk:
    """An approval by a and b, and a clerk beside it who writes what they agree to."""
    form = Form(name="f", fields=(FormField(name="sum", type="integer", reapprove=True),))
    branches = parallel(
        "both",
        always(sequence(approve("decide", by=role("panel"), mode=mode, on_reject=NO, **more))),
        always(sequence(carry_out("write", by=role("clerk"), form="f"))),
    )
    steps = flow(sequence(branches, end("done", "approved")), forms=(form,))
    return Desk(steps, roster=PEOPLE, fields={"sum": 1})


def at(desk: Desk, who: str, verb: str, **fields: Any) -> Any:
    return desk.act(who, verb, "steps/both/0/decide", opinion="样例", fields=fields)


def write(desk: Desk, number: int) -> None:
    desk.act("clerk", "complete", "steps/both/1/write", form={"sum": number})


def test_who_was_added_before_and_had_agreed_is_asked_again_before_the_holder() -> None:
    desk = with_a_writer_beside()
    at(desk, "a", "add-signers", users=["helper"], where="before")
    at(desk, "helper", "agree")
    at(desk, "a", "agree")

    write(desk, 2)
    turns = [asked(desk)]
    for who in ("helper", "a", "b"):
        at(desk, who, "agree")
        turns.append(asked(desk))

    assert turns == [["b", "helper"], ["a", "b"], ["b"], []]
    assert desk.state == ("approved", "done")


def test_whom_a_holder_waits_for_is_asked_once_the_holder_has_agreed_again() -> None:
    desk = with_a_writer_beside()
    at(desk, "a", "add-signers", users=["helper", "guest"], where="after", mode="sequence")
    for who in ("a", "helper"):
        at(desk, who, "agree")

    write(desk, 2)
    turns = [asked(desk)]
    for who in ("a", "guest", "helper", "b"):
        at(desk, who, "agree")
        turns.append(asked(desk))

    assert turns == [["a", "b"], ["b", "guest"], ["b", "helper"], ["b"], []]
    assert desk.state == ("approved", "done")


def test_a_refusal_of_somebody_after_is_taken_out_of_the_count_with_the_agreement_before_it() -> None:
    desk = with_a_writer_beside(collects=True)
    at(desk, "a", "add-signers", users=["helper"], where="after")
    at(desk, "a", "agree")
    at(desk, "helper", "reject")

    write(desk, 2)
    for who in ("a", "b"):
        at(desk, who, "agree")

    assert desk.state == ("approved", "done")


# -- what a seat weighs, and the last one ------------------------------------------------------------------


def test_an_added_seat_weighs_what_the_step_gives_the_person() -> None:
    desk = together(Mode.WEIGHT, passes="2/3", weights={"a": 3, "helper": 2})
    add(desk, "a", "parallel", "helper", "guest")
    n = desk.live.activations["steps/decide", 1].n

    do(desk, "guest", "agree")
    do(desk, "a", "agree")
    between = desk.state
    do(desk, "helper", "agree")

    assert (n, between, desk.state) == (7, ("running", None), ("approved", "done"))


def test_removing_an_added_seat_takes_its_weight_out() -> None:
    desk = together(Mode.WEIGHT, passes="2/3", weights={"a": 3, "helper": 2})
    add(desk, "a", "parallel", "helper")

    do(desk, "a", "remove-signer", signer=held_by(desk, "helper").id)

    assert desk.live.activations["steps/decide", 1].n == 4


def test_the_last_seat_is_not_removed() -> None:
    desk = together()
    add(desk, "a", "parallel", "helper")
    for who in ("a", "b"):
        do(desk, who, "recuse")
    last = held_by(desk, "helper").id

    outcome = desk.take(desk.wanted("head", "remove-signer", last, fields={"signer": last}))

    assert refusal(outcome) == (409, "last_signer")


def test_whoever_is_removed_takes_along_the_seats_they_had_added() -> None:
    desk = together()
    add(desk, "a", "parallel", "helper")
    add(desk, "helper", "parallel", "guest")

    do(desk, "a", "remove-signer", signer=held_by(desk, "helper").id)
    for who in ("a", "b"):
        do(desk, who, "agree")

    assert desk.state == ("approved", "done")
