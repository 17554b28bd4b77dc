"""退回, 取回 and 跳转 by the decision table (docs/decisions): each cell an outcome or a refusal with its reason."""

from __future__ import annotations

from typing import Any

import pytest

from domain.approval import Mode
from tests.unit.machine.desk import Desk, flow
from workflows.language.expressions import equals
from workflows.language.words import (
    Form,
    FormField,
    JumpPair,
    Step,
    always,
    approve,
    beside,
    carry_out,
    choice,
    do,
    either,
    emit,
    end,
    exclusive,
    for_each,
    interrupts,
    loop,
    nothing,
    parallel,
    returns,
    role,
    sequence,
    to_applicant,
    vote,
    when,
)
from workflows.machine.decision import Decision, Refused

NO = end("refused", "rejected")
BACK = returns()
STRAIGHT = returns(way="jump")


def asked(name: str, who: str = "officer", **more: Any) -> Step:
    return approve(name, by=role(who), on_reject=NO, **more)


def in_a_row(policy: Any = BACK, **heading: Any) -> Desk:
    """Three steps, each with somebody of its own; the last may return."""
    steps = sequence(
        asked("first", "clerk"), asked("second", "secretary"), asked("third", returns=policy), end("done", "approved")
    )
    desk = Desk(flow(steps, **heading))
    desk.act("clerk", "agree", "steps/first")
    desk.act("secretary", "agree", "steps/second")
    return desk


def returned(desk: Desk, to: str | None, path: str = "steps/third", who: str = "officer", **fields: Any) -> Any:
    given = {**({} if to is None else {"to": to}), **fields}
    return desk.act(who, "return", path, opinion="样例", fields=given)


def refusal(outcome: Any) -> tuple[int, str]:
    assert isinstance(outcome, Refused), outcome
    return outcome.status, outcome.code


def superseded(desk: Desk) -> list[str]:
    return sorted(one.path for one in desk.ledger.closed.values() if one.superseded is not None)


# -- target and way in a line ------------------------------------------------------------------------------


def test_a_return_opens_the_target_in_the_next_round() -> None:
    desk = in_a_row()

    returned(desk, "steps/first")

    assert desk.open() == [("steps/first", 2)]
    assert desk.live.head.round == 2


def test_by_steps_everything_behind_the_target_is_asked_again() -> None:
    desk = in_a_row()
    returned(desk, "steps/first")

    desk.act("clerk", "agree", "steps/first")
    then = desk.open()
    desk.act("secretary", "agree", "steps/second")

    assert (then, desk.open()) == ([("steps/second", 2)], [("steps/third", 2)])
    desk.act("officer", "agree", "steps/third")
    assert desk.state == ("approved", "done")


def test_straight_back_the_steps_between_stand() -> None:
    desk = in_a_row(STRAIGHT)
    returned(desk, "steps/first")

    desk.act("clerk", "agree", "steps/first")

    assert desk.open() == [("steps/third", 2)]
    assert superseded(desk) == ["steps/first"]


def test_what_was_agreed_behind_the_target_is_superseded_and_stays_on_record() -> None:
    desk = in_a_row()

    returned(desk, "steps/first")

    assert superseded(desk) == ["steps/first", "steps/second"]
    states = {path: state for (path, round_, _), (state, _by) in desk.closed().items() if round_ == 1}
    assert states == {"steps/first": "approved", "steps/second": "approved", "steps/third": "returned"}


def test_whoever_returns_may_choose_the_way_only_where_the_definition_says_so() -> None:
    fixed, chosen = in_a_row(), in_a_row(returns(way="chosen"))

    assert refusal(returned(fixed, "steps/first", way="jump")) == (422, "way_not_offered")
    returned(chosen, "steps/first", way="jump")
    chosen.act("clerk", "agree", "steps/first")
    assert chosen.open() == [("steps/third", 2)]


def test_previous_is_the_step_that_was_answered_last() -> None:
    desk = in_a_row(returns("previous"))

    assert refusal(returned(desk, "steps/first")) == (409, "target_not_offered")
    returned(desk, None)

    assert desk.open() == [("steps/second", 2)]


def test_only_the_steps_named_may_be_returned_to() -> None:
    desk = in_a_row(returns("first"))

    assert refusal(returned(desk, "steps/second")) == (409, "target_not_offered")
    assert isinstance(returned(desk, None), Decision)


def test_a_step_that_was_not_passed_in_this_round_is_no_target() -> None:
    desk = in_a_row()
    returned(desk, "steps/second")

    desk.act("secretary", "agree", "steps/second")

    assert refusal(returned(desk, "steps/third")) == (409, "not_passed")
    assert refusal(returned(desk, "steps/nowhere")) == (422, "unknown_step")
    assert refusal(returned(desk, "steps")) == (409, "not_passed")


def test_with_several_targets_one_must_be_chosen() -> None:
    assert refusal(returned(in_a_row(), None)) == (422, "target_required")


def test_a_second_return_before_the_first_is_answered_comes_back_through_both() -> None:
    steps = sequence(
        asked("first", "clerk"),
        asked("second", "secretary", returns=STRAIGHT),
        asked("third", returns=STRAIGHT),
        end("done"),
    )
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/first")
    desk.act("secretary", "agree", "steps/second")
    returned(desk, "steps/second")
    returned(desk, "steps/first", "steps/second", "secretary")

    desk.act("clerk", "agree", "steps/first")
    first_way = desk.open()
    desk.act("secretary", "agree", "steps/second")

    assert first_way == [("steps/second", 3)]
    assert desk.open() == [("steps/third", 3)]
    desk.act("officer", "agree", "steps/third")
    assert desk.state == ("completed", "done")


# -- fields that ask for approval again --------------------------------------------------------------------


AMOUNT = Form(name="sum.v1", fields=(FormField(name="amount", type="integer", reapprove=True),))


def with_amount(**more: Any) -> Desk:
    steps = sequence(
        asked("first", "clerk", form="sum.v1"),
        asked("second", "secretary"),
        asked("third", returns=STRAIGHT),
        end("done"),
    )
    desk = Desk(flow(steps, forms=(AMOUNT,), **more))
    desk.act("clerk", "agree", "steps/first", form={"amount": 5})
    desk.act("secretary", "agree", "steps/second")
    return desk


def test_straight_back_becomes_the_whole_way_when_such_a_field_was_changed() -> None:
    desk = with_amount()
    returned(desk, "steps/first")

    desk.act("clerk", "agree", "steps/first", form={"amount": 6})

    assert desk.open() == [("steps/second", 2)]


# -- forks -------------------------------------------------------------------------------------------------


def forked(policy: Any = BACK) -> Desk:
    left = sequence(asked("l1", "clerk"), asked("l2", "secretary", returns=policy), name="left")
    right = sequence(asked("r1"), asked("r2", returns=policy), name="right")
    steps = sequence(
        asked("before", "clerk"),
        parallel("fork", always(left), always(right)),
        asked("after", "office_head", returns=policy),
        end("done"),
    )
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/before")
    return desk


L, R = "steps/fork/0", "steps/fork/1"


def test_inside_a_branch_a_return_touches_the_other_branch_not_at_all() -> None:
    desk = forked()
    desk.act("clerk", "agree", f"{L}/l1")

    returned(desk, f"{L}/l1", f"{L}/l2", "secretary")

    assert desk.open() == [(f"{L}/l1", 2), (f"{R}/r1", 1)]


def test_from_a_branch_to_before_the_fork_all_branches_end() -> None:
    desk = forked()
    desk.act("clerk", "agree", f"{L}/l1")

    returned(desk, "steps/before", f"{L}/l2", "secretary")

    assert desk.open() == [("steps/before", 2)]
    desk.act("clerk", "agree", "steps/before")
    assert desk.open() == [(f"{L}/l1", 2), (f"{R}/r1", 2)]


def test_a_step_of_another_branch_is_no_target() -> None:
    desk = forked()
    desk.act("clerk", "agree", f"{L}/l1")
    desk.act("officer", "agree", f"{R}/r1")

    assert refusal(returned(desk, f"{R}/r1", f"{L}/l2", "secretary")) == (409, "other_branch")


def test_a_return_into_one_branch_of_a_fork_that_has_joined_asks_that_branch_alone_and_goes_on() -> None:
    desk = forked()
    desk.act("clerk", "agree", f"{L}/l1")
    desk.act("secretary", "agree", f"{L}/l2")
    desk.act("officer", "agree", f"{R}/r1")
    desk.act("officer", "agree", f"{R}/r2")

    returned(desk, f"{L}/l2", "steps/after", "head")
    opened = desk.open()
    desk.act("secretary", "agree", f"{L}/l2")

    assert opened == [(f"{L}/l2", 2)]
    assert desk.open() == [("steps/after", 2)]
    assert superseded(desk) == [f"{L}/l2"]


def test_a_return_inside_a_branch_lets_the_fork_join_once() -> None:
    desk = forked()
    desk.act("officer", "agree", f"{R}/r1")
    desk.act("officer", "agree", f"{R}/r2")
    desk.act("clerk", "agree", f"{L}/l1")
    returned(desk, f"{L}/l1", f"{L}/l2", "secretary")

    desk.act("clerk", "agree", f"{L}/l1")
    desk.act("secretary", "agree", f"{L}/l2")

    assert desk.open() == [("steps/after", 2)]


# -- 会签, 或签 --------------------------------------------------------------------------------------------


def test_a_return_to_a_countersigning_step_asks_everybody_again() -> None:
    desk = Desk(
        sequence(
            approve("both", by=either(role("clerk"), role("secretary")), mode=Mode.ALL, on_reject=NO),
            asked("last", returns=BACK),
            end("done"),
        )
    )
    for who in ("clerk", "secretary"):
        desk.act(who, "agree", "steps/both")
    seats = len([one for one in desk.ledger.closed.values() if one.path == "steps/both"])
    for who in ("town",)[: seats - 2]:
        desk.act(who, "agree", "steps/both")

    returned(desk, "steps/both", "steps/last")

    assert set(desk.open()) == {("steps/both", 2)}
    assert len(desk.open()) == seats


def test_a_return_out_of_a_countersigning_step_cancels_those_who_have_not_answered() -> None:
    steps = sequence(
        asked("start", "office_head"),
        approve("both", by=either(role("secretary"), role("officer")), mode=Mode.ALL, on_reject=NO, returns=returns()),
        end("done"),
    )
    desk = Desk(steps)
    desk.act("head", "agree", "steps/start")

    returned(desk, "steps/start", "steps/both", "secretary")

    assert desk.open() == [("steps/start", 2)]
    states = sorted(state for (path, _, _), (state, _by) in desk.closed().items() if path == "steps/both")
    assert states.count("returned") == 1
    assert set(states) == {"returned", "cancelled"}
    assert desk.told()[-1][0] == "returned"


# -- choice, loop, for-each, exclusive ---------------------------------------------------------------------


def test_a_return_into_a_choice_takes_the_branch_that_was_taken() -> None:
    taken = sequence(asked("inside", "clerk"), name="taken")
    steps = sequence(
        choice("which", when(equals("town", "T1"), taken), otherwise=nothing()),
        asked("last", returns=BACK),
        end("done"),
    )
    desk = Desk(flow(steps), fields={"town": "T1"})
    desk.act("clerk", "agree", "steps/which/0/inside")

    returned(desk, "steps/which/0/inside", "steps/last")
    desk.act("clerk", "agree", "steps/which/0/inside")

    assert desk.open() == [("steps/last", 2)]


def turning() -> Desk:
    body = sequence(asked("look", "clerk"), asked("judge", returns=BACK), name="body")
    return Desk(sequence(loop("again", do=body, at_most=2), asked("last", "office_head", returns=BACK), end("done")))


def test_inside_a_turn_of_a_loop_a_return_stays_in_the_turn() -> None:
    desk = turning()
    desk.act("clerk", "agree", "steps/again/do#1/look")

    returned(desk, "steps/again/do#1/look", "steps/again/do#1/judge")

    assert desk.open() == [("steps/again/do#1/look", 2)]


def test_an_earlier_turn_of_a_loop_is_no_target() -> None:
    desk = turning()
    desk.act("clerk", "agree", "steps/again/do#1/look")
    desk.act("officer", "agree", "steps/again/do#1/judge")
    desk.act("clerk", "agree", "steps/again/do#2/look")

    assert refusal(returned(desk, "steps/again/do#1/look", "steps/again/do#2/judge")) == (409, "earlier_turn")


def test_the_last_turn_of_a_loop_that_is_over_is_a_target() -> None:
    desk = turning()
    for turn in (1, 2):
        desk.act("clerk", "agree", f"steps/again/do#{turn}/look")
        desk.act("officer", "agree", f"steps/again/do#{turn}/judge")

    returned(desk, "steps/again/do#2/judge", "steps/last", "head")
    desk.act("officer", "agree", "steps/again/do#2/judge")

    assert desk.open() == [("steps/last", 2)]


def test_inside_a_turn_of_a_for_each_a_return_stays_in_the_turn() -> None:
    body = sequence(asked("look", "clerk"), asked("judge", returns=BACK), name="body")
    desk = Desk(sequence(for_each("all", over=2, each="part", do=body), end("done")))
    desk.act("clerk", "agree", "steps/all/do#1/look")

    returned(desk, "steps/all/do#1/look", "steps/all/do#1/judge")

    assert desk.open() == [("steps/all/do#1/look", 2), ("steps/all/do#2/look", 1)]


def test_a_turn_of_a_for_each_that_is_over_is_no_target() -> None:
    steps = sequence(
        for_each("all", over=1, each="part", do=asked("look", "clerk")), asked("last", returns=BACK), end("done")
    )
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/all/do#1")

    assert refusal(returned(desk, "steps/all/do#1", "steps/last")) == (409, "inside_closed_block")


# -- the applicant -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "then"), [("jump", "steps/second"), ("step", "steps/first")])
def test_from_the_applicant_the_case_comes_back_to_the_step_or_goes_the_whole_way(way: Any, then: str) -> None:
    terms = to_applicant(within=5, silence=end("incomplete"), once=False, way=way, takes=("town",))
    steps = sequence(asked("first", "clerk"), asked("second", on_return=terms, returns=BACK), end("done"))
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/first")
    returned(desk, "start", "steps/second")

    desk.act("person:p1", "complete", "steps/second/supplement", form={"town": "T2"})

    assert desk.open() == [(then, 2)]


def test_a_supplement_is_asked_for_once_in_all_rounds() -> None:
    terms = to_applicant(within=5, silence=end("incomplete"), takes=("town",))
    steps = sequence(asked("first", "clerk"), asked("second", on_return=terms, returns=BACK), end("done"))
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/first")
    returned(desk, "start", "steps/second")
    desk.act("person:p1", "complete", "steps/second/supplement", form={"town": "T2"})
    returned(desk, "steps/first", "steps/second")
    desk.act("clerk", "agree", "steps/first")

    again = returned(desk, "start", "steps/second")

    assert refusal(again) == (409, "asked_once")


def test_what_a_handler_asked_beside_is_no_target() -> None:
    body = sequence(
        asked("first", "clerk"),
        asked("second", returns=BACK),
        end("done"),
        on=(beside("trial.more.v1", asked("look", "secretary")),),
    )
    desk = Desk(body)
    desk.act("clerk", "agree", "steps/first")
    desk.event("trial.more.v1")
    [looked] = [path for path, _ in desk.open() if "/on/" in path]
    desk.act("secretary", "agree", looked)

    assert refusal(returned(desk, looked, "steps/second")) == (409, "beside")


def test_what_interrupted_a_block_that_is_over_is_no_target() -> None:
    block = sequence(asked("first", "clerk"), name="checked", on=(interrupts("trial.more.v1", asked("look", "clerk")),))
    desk = Desk(sequence(block, asked("second", returns=BACK), end("done")))
    desk.event("trial.more.v1")
    desk.act("clerk", "agree", "steps/checked/on/0#1")

    assert refusal(returned(desk, "steps/checked/on/0#1", "steps/second")) == (409, "inside_closed_block")


def test_straight_back_to_what_follows_a_refusal_becomes_the_whole_way() -> None:
    inner = asked("judge", returns=STRAIGHT)
    step = approve("second", by=role("secretary"), on_reject=inner)
    desk = Desk(sequence(asked("first", "clerk"), step, end("done")))
    desk.act("clerk", "agree", "steps/first")
    desk.act("secretary", "reject", "steps/second", opinion="样例")
    [(path, _)] = desk.open()
    returned(desk, "steps/first", path)

    desk.act("clerk", "agree", "steps/first")

    assert desk.open() == [("steps/second", 2)]


# -- what the system does again ----------------------------------------------------------------------------


def test_what_is_emitted_again_in_a_later_round_is_another_event() -> None:
    steps = sequence(
        asked("first", "clerk"), do("say", emit("trial.said.v1")), asked("second", returns=BACK), end("done")
    )
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/first")
    returned(desk, "steps/first", "steps/second")

    desk.act("clerk", "agree", "steps/first")

    said = [one.id for decision in desk.ledger.decisions for one in decision.emitted]
    assert len(said) == len(set(said)) == 2


# -- 取回 --------------------------------------------------------------------------------------------------


def take_back(desk: Desk, who: str, path: str) -> Any:
    mine = [one for one in desk.ledger.closed.values() if one.path == path and one.closed_by == who]
    return desk.take(desk.wanted(who, "take-back", mine[-1].id))


def test_an_answer_is_taken_back_while_nobody_has_opened_what_came_of_it() -> None:
    desk = in_a_row()

    take_back(desk, "secretary", "steps/second")

    assert desk.open() == [("steps/second", 2)]
    assert superseded(desk) == ["steps/second"]


def test_an_answer_that_others_have_built_upon_stays() -> None:
    desk = in_a_row()

    assert refusal(take_back(desk, "clerk", "steps/first")) == (409, "built_upon")


def test_somebody_elses_answer_is_not_taken_back() -> None:
    desk = in_a_row()
    [mine] = [one for one in desk.ledger.closed.values() if one.path == "steps/second"]

    assert refusal(desk.take(desk.wanted("clerk", "take-back", mine.id))) == (403, "not_yours")


def test_where_the_workflow_takes_nothing_back_an_answer_stays() -> None:
    desk = in_a_row(takes_back="never")

    assert refusal(take_back(desk, "secretary", "steps/second")) == (409, "verb_not_offered")


def test_while_the_others_are_still_asked_ones_own_seat_is_asked_again_in_the_same_round() -> None:
    step = approve("both", by=either(role("secretary"), role("officer")), mode=Mode.ALL, on_reject=NO)
    desk = Desk(sequence(step, end("done")))
    asked_first = len(desk.open())
    desk.act("other", "agree", "steps/both")

    take_back(desk, "other", "steps/both")

    assert desk.open() == [("steps/both", 1)] * asked_first
    assert desk.live.activations["steps/both", 1].agree == 0


def test_what_followed_and_cannot_come_back_keeps_the_answer() -> None:
    desk = Desk(sequence(asked("first", "clerk"), do("say", emit("trial.said.v1")), asked("second"), end("done")))
    desk.act("clerk", "agree", "steps/first")

    assert refusal(take_back(desk, "clerk", "steps/first")) == (409, "irrevocable")


# -- 跳转 --------------------------------------------------------------------------------------------------


def jump(desk: Desk, who: str, to: str) -> Any:
    return desk.act(who, "jump", opinion="样例", fields={"to": to})


def test_the_head_of_the_office_lets_a_case_go_on_elsewhere() -> None:
    desk = Desk(sequence(asked("first", "clerk"), asked("second", "secretary"), asked("third"), end("done")))

    jump(desk, "head", "steps/third")

    assert desk.open() == [("steps/third", 2)]
    assert desk.closed()["steps/first", 1, 0][0] == "cancelled"


def test_nobody_else_jumps_unless_the_definition_names_the_pair() -> None:
    steps = sequence(asked("first", "clerk"), asked("second", "secretary"), end("done"))
    plain, named = Desk(steps), Desk(flow(steps, jumps=(JumpPair(at="first", to="second"),)))

    assert refusal(jump(plain, "clerk", "steps/second")) == (403, "not_office_head")
    jump(named, "clerk", "steps/second")
    assert named.open() == [("steps/second", 2)]


def compulsory() -> Desk:
    steps = sequence(
        asked("first", "clerk"),
        asked("law", "secretary", compulsory=True),
        carry_out("last", by=role("officer")),
        end("done"),
    )
    return Desk(steps)


def test_over_a_compulsory_step_a_jump_waits_for_a_second_person() -> None:
    desk = compulsory()

    jump(desk, "head", "steps/last")

    [proposal] = [one for one in desk.live.items.values() if one.kind == "confirm"]
    assert ("steps/first", 1) in desk.open()
    assert refusal(desk.take(desk.wanted("head", "agree", proposal.id))) == (403, "same_person")


def test_a_second_person_carries_the_jump_out_or_refuses_it() -> None:
    done, left = compulsory(), compulsory()
    for desk, verb in ((done, "agree"), (left, "reject")):
        jump(desk, "head", "steps/last")
        [proposal] = [one for one in desk.live.items.values() if one.kind == "confirm"]
        desk.act("role:convenor:", verb, proposal.path)

    assert done.open() == [("steps/last", 2)]
    assert left.open() == [("steps/first", 1)]


def test_a_jump_into_another_branch_or_a_closed_block_is_refused() -> None:
    desk = Desk(
        sequence(
            asked("first", "clerk"),
            exclusive("room", resource="room", do=sequence(asked("inside"), asked("more"), name="both")),
            end("done"),
        )
    )

    assert refusal(jump(desk, "head", "steps/room/do/more")) == (409, "inside_closed_block")
    assert refusal(jump(desk, "head", "steps/nowhere")) == (422, "unknown_step")


@pytest.mark.parametrize("mode", [Mode.ANY, Mode.SEQUENCE])
def test_a_return_asks_a_line_a_vote_and_whoever_is_first_anew(mode: Mode) -> None:
    together = either(role("clerk"), role("secretary"))
    ballot = vote("ballot", by=together, quorum="1/2", passes="1/2", fails=NO, within=5)
    steps = sequence(asked_of(together, "first", mode), ballot, asked("last", returns=BACK), end("done", "approved"))
    desk = Desk(steps)
    while desk.open()[0][0] != "steps/last":
        who, _ = next(one for one in desk.holders(desk.open()[0][0]))
        desk.act(who.removeprefix("user:"), "agree", desk.open()[0][0])

    returned(desk, "steps/ballot", "steps/last")
    voters = desk.holders("steps/ballot")
    for who in ("clerk", "secretary"):
        desk.act(who, "agree", "steps/ballot")
    returned(desk, "steps/first", "steps/last")

    assert voters == [("user:clerk", "owner"), ("user:secretary", "owner")]
    assert {round_ for _, round_ in desk.open()} == {3}
    given = [one for one in desk.ledger.closed.values() if one.state.value == "approved"]
    assert all(one.superseded is not None for one in given)


def asked_of(who: Any, name: str, mode: Mode) -> Step:
    return approve(name, by=who, mode=mode, on_reject=NO)


def test_where_the_step_asks_no_applicant_a_return_to_the_start_is_refused() -> None:
    assert refusal(returned(in_a_row(), "start")) == (409, "verb_not_offered")


def test_a_step_that_has_only_returned_is_no_target() -> None:
    steps = sequence(asked("first", "clerk", returns=returns(way="jump")), asked("second", returns=BACK), end("done"))
    desk = Desk(steps)
    desk.act("clerk", "agree", "steps/first")
    returned(desk, "steps/first", "steps/second")

    assert refusal(returned(desk, "steps/second", "steps/first", "clerk")) == (409, "not_passed")


def test_what_was_answered_in_this_round_is_asked_in_the_next_when_straight_back_becomes_the_whole_way() -> None:
    form = Form(name="f", fields=(FormField(name="amount", type="integer", required=False, reapprove=True),))
    steps = sequence(
        asked("first", "clerk", returns=STRAIGHT, form="f"),
        asked("second", "secretary"),
        asked("third", returns=STRAIGHT),
        end("done", "approved"),
    )
    desk = Desk(flow(steps, forms=(form,)), fields={"amount": 5})
    for who, path in (("clerk", "first"), ("secretary", "second")):
        desk.act(who, "agree", f"steps/{path}")
    returned(desk, "steps/first")
    returned(desk, "steps/second", "steps/first", "clerk")
    desk.act("secretary", "agree", "steps/second")

    desk.act("clerk", "agree", "steps/first", form={"amount": 6})

    assert desk.open() == [("steps/second", 4)]
