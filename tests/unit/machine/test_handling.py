"""转办, 委派, 加签, 减签, 签收, 回避, 催办, 抄送 and 评论: what people do with an item beside answering it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.approval import Mode
from domain.organisation import Proxy
from domain.roster import Roster
from tests.unit.machine.desk import Desk
from workflows.language.words import approve, end, escalate, role, sequence
from workflows.machine.case import WorkItem
from workflows.machine.decision import Decision, Ignored, Refused
from workflows.machine.stimuli import Sign, Signal, SignalStimulus
from workflows.testkit import staff

NO = end("refused", "rejected")
PEOPLE = staff(
    a="panel", b="panel", c="panel", clerk="clerk", mate="clerk", guest="guest", helper="helper", head="office_head"
)


def alone(**more: Any) -> Desk:
    step = approve("decide", by=role("clerk"), on_reject=NO, within=5, **more)
    return Desk(sequence(step, end("done", "approved")), roster=PEOPLE)


def together(mode: Mode = Mode.ALL, **more: Any) -> Desk:
    step = approve("decide", by=role("panel"), mode=mode, on_reject=NO, within=5, **more)
    return Desk(sequence(step, end("done", "approved")), roster=PEOPLE)


def do(desk: Desk, who: str, verb: str, opinion: str = "样例", **fields: Any) -> Any:
    return desk.act(who, verb, "steps/decide", opinion=opinion, fields=fields)


def refusal(outcome: Any) -> tuple[int, str]:
    assert isinstance(outcome, Refused), outcome
    return outcome.status, outcome.code


def held_by(desk: Desk, who: str) -> WorkItem | None:
    mine = desk.principals(who)
    items = (one for one in desk.live.items.values() if any(h.who in mine for h in desk.live.holders[one.id]))
    return next(items, None)


# -- 转办 --------------------------------------------------------------------------------------------------


def test_a_transfer_gives_the_item_to_somebody_else_for_the_same_term() -> None:
    desk = alone()
    before = desk.item_of("clerk", "steps/decide").due_at

    do(desk, "clerk", "transfer", to="helper")

    now = held_by(desk, "helper")
    assert now is not None
    assert (now.due_at, held_by(desk, "clerk")) == (before, None)
    do(desk, "helper", "agree")
    assert desk.state == ("approved", "done")


@pytest.mark.parametrize(("to", "code"), [("nobody", (422, "not_in_office")), ("b", (409, "asked_already"))])
def test_a_transfer_to_nobody_or_to_a_peer_is_refused(to: str, code: tuple[int, str]) -> None:
    assert refusal(do(together(), "a", "transfer", to=to)) == code


def test_an_item_is_handed_on_only_so_often() -> None:
    desk = alone()
    for who, to in (("clerk", "helper"), ("helper", "guest"), ("guest", "helper"), ("helper", "guest")):
        do(desk, who, "transfer", to=to)
    do(desk, "guest", "transfer", to="helper")

    assert refusal(do(desk, "helper", "transfer", to="guest")) == (409, "too_many_hops")


def test_a_step_may_forbid_it() -> None:
    desk = alone(allows=("delegate",))

    assert refusal(do(desk, "clerk", "transfer", to="helper")) == (409, "verb_not_offered")


# -- 委派 --------------------------------------------------------------------------------------------------


def test_advice_decides_nothing_and_brings_the_item_back() -> None:
    desk = alone()
    do(desk, "clerk", "delegate", to="helper")

    meanwhile = do(desk, "clerk", "agree")
    wrong = do(desk, "helper", "agree")
    do(desk, "helper", "answer")
    advised = desk.state
    do(desk, "clerk", "agree")

    assert refusal(meanwhile) == (409, "not_your_turn")
    assert refusal(wrong)[0] == 422
    assert (advised, desk.state) == (("running", None), ("approved", "done"))


def test_the_owner_can_recall_what_was_delegated() -> None:
    desk = alone()
    item = desk.item_of("clerk", "steps/decide").id
    do(desk, "clerk", "delegate", to="helper")

    desk.take(desk.wanted("clerk", "take-back", item))

    assert held_by(desk, "helper") is None
    do(desk, "clerk", "agree")
    assert desk.state == ("approved", "done")


# -- 加签, 减签 --------------------------------------------------------------------------------------------


def test_added_before_the_item_waits_until_all_of_them_have_agreed() -> None:
    desk = alone()
    do(desk, "clerk", "add-signers", users=["helper", "guest"], where="before")

    do(desk, "helper", "agree")
    waiting = do(desk, "clerk", "agree")
    do(desk, "guest", "agree")

    assert refusal(waiting) == (409, "not_your_turn")
    do(desk, "clerk", "agree")
    assert desk.state == ("approved", "done")


def test_one_of_those_added_before_is_enough_where_it_is_said_so() -> None:
    desk = alone()
    do(desk, "clerk", "add-signers", users=["helper", "guest"], where="before", mode="any")

    do(desk, "helper", "agree")
    do(desk, "clerk", "agree")

    assert desk.state == ("approved", "done")


def test_added_after_the_agreement_counts_once_they_have_agreed() -> None:
    desk = alone()
    do(desk, "clerk", "add-signers", users=["helper"], where="after")
    early = do(desk, "helper", "agree")

    do(desk, "clerk", "agree")
    between = desk.state
    do(desk, "helper", "agree")

    assert refusal(early) == (409, "not_your_turn")
    assert (between, desk.state) == (("running", None), ("approved", "done"))


@pytest.mark.parametrize("where", ["before", "after"])
def test_an_added_signer_who_refuses_refuses_for_the_item(where: str) -> None:
    desk = alone()
    do(desk, "clerk", "add-signers", users=["helper"], where=where)
    if_after = [who for who in ("clerk",) if where == "after"]
    for who in if_after:
        do(desk, who, "agree")

    do(desk, "helper", "reject")

    assert desk.state == ("rejected", "refused")


def test_added_beside_they_are_more_seats() -> None:
    desk = together()
    do(desk, "a", "add-signers", users=["helper"], where="parallel")

    for who in ("a", "b", "c"):
        do(desk, who, "agree")
    between = desk.state
    do(desk, "helper", "agree")

    assert (between, desk.state) == (("running", None), ("approved", "done"))


def test_where_one_decides_nobody_is_added_beside() -> None:
    assert refusal(do(alone(), "clerk", "add-signers", users=["helper"], where="parallel")) == (409, "verb_not_offered")


def test_removing_the_last_open_signer_settles_the_step() -> None:
    desk = together()
    do(desk, "a", "add-signers", users=["helper"], where="parallel")
    added = held_by(desk, "helper")
    assert added is not None
    for who in ("b", "c"):
        do(desk, who, "agree")

    do(desk, "a", "remove-signer", signer=added.id)
    do(desk, "a", "agree")

    assert desk.state == ("approved", "done")


def test_removing_whoever_was_added_before_opens_the_item_again() -> None:
    desk = alone()
    do(desk, "clerk", "add-signers", users=["helper"], where="before")
    added = held_by(desk, "helper")
    assert added is not None

    do(desk, "clerk", "remove-signer", signer=added.id)
    do(desk, "clerk", "agree")

    assert desk.state == ("approved", "done")


def test_nobody_removes_a_seat_of_the_step_or_what_others_added() -> None:
    desk = together()
    do(desk, "a", "add-signers", users=["helper"], where="parallel")
    added, seat = held_by(desk, "helper"), held_by(desk, "c")
    assert added is not None
    assert seat is not None

    assert refusal(do(desk, "b", "remove-signer", signer=added.id)) == (403, "not_yours")
    assert refusal(do(desk, "a", "remove-signer", signer=seat.id)) == (409, "not_added")


def test_who_comes_too_late_to_remove_a_signer_is_told_who_decided_and_when() -> None:
    desk = together()
    do(desk, "a", "add-signers", users=["helper"], where="parallel")
    added, mine = held_by(desk, "helper"), held_by(desk, "a")
    assert added is not None
    assert mine is not None

    do(desk, "helper", "agree")
    answered = do(desk, "a", "remove-signer", signer=added.id)
    do(desk, "a", "agree")
    closed = desk.take(desk.wanted("a", "remove-signer", mine.id, fields={"signer": added.id}))

    assert (refusal(answered), answered.by, answered.at) == ((409, "not_added"), "helper", desk.now)
    assert refusal(closed) == (409, "item_closed")


# -- 签收, opened ------------------------------------------------------------------------------------


def test_what_a_colleague_has_claimed_is_his_until_he_gives_it_back() -> None:
    desk = alone()
    do(desk, "clerk", "claim")

    claimed = do(desk, "mate", "agree")
    do(desk, "clerk", "unclaim")
    do(desk, "mate", "agree")

    assert refusal(claimed) == (409, "claimed")
    assert claimed.by == "clerk"
    assert desk.state == ("approved", "done")


def test_an_opened_item_keeps_the_answer_before_it() -> None:
    steps = sequence(
        approve("decide", by=role("clerk"), on_reject=NO), approve("next", by=role("helper"), on_reject=NO), end("done")
    )
    desk = Desk(steps, roster=PEOPLE)
    do(desk, "clerk", "agree")
    [mine] = desk.ledger.closed.values()

    desk.act("helper", "open", "steps/next")
    back = desk.take(desk.wanted("clerk", "take-back", mine.id))

    assert (refusal(back), back.by, back.at) == ((409, "opened"), "helper", desk.now)


# -- 催办, 评论 --------------------------------------------------------------------------------------------


def test_the_applicant_urges_whoever_is_asked_once_a_day() -> None:
    desk = alone()

    desk.act("person:p1", "urge")
    again = desk.act("person:p1", "urge")
    desk.at(desk.now + timedelta(days=1))
    desk.act("person:p1", "urge")

    assert [template for template, _ in desk.told()] == ["urged", "urged"]
    assert refusal(again) == (409, "urged_today")
    assert refusal(desk.act("person:p2", "urge")) == (403, "not_yours")


def test_who_is_asked_since_the_last_urging_is_urged_the_same_day() -> None:
    desk = alone()
    desk.act("person:p1", "urge")
    do(desk, "clerk", "transfer", to="helper")

    desk.act("person:p1", "urge")

    assert desk.told()[-1] == ("urged", ("user:helper",))


def test_a_comment_stands_in_the_history_also_after_the_end() -> None:
    desk = alone()
    do(desk, "clerk", "agree")

    desk.act("clerk", "comment", opinion="样例：已归档")

    assert desk.last.entry.what == "act:comment"
    assert desk.last.entry.personal == {"opinion": "样例：已归档"}


# -- 批量 --------------------------------------------------------------------------------------------------


def test_a_step_that_is_answered_singly_is_answered_in_no_list() -> None:
    desk = Desk(sequence(approve("grant", by=role("clerk"), on_reject=end("refused", "rejected"), singly=True)))

    listed = desk.act("clerk", "agree", "steps/grant", batch="b1")
    alone = desk.act("clerk", "agree", "steps/grant")

    assert isinstance(listed, Refused)
    assert (listed.status, listed.code) == (409, "singly")
    assert isinstance(alone, Decision)


def test_the_history_names_the_list_that_an_answer_was_given_in() -> None:
    desk = Desk(sequence(approve("grant", by=role("clerk"), on_reject=end("refused", "rejected"))))

    desk.act("clerk", "agree", "steps/grant", batch="b1")

    assert desk.last.entry.delta["batch"] == "b1"


# -- what the ladder, the roster and the office do about it ------------------------------------------------


def climbing(**more: Any) -> Desk:
    return alone(overdue=(escalate(1, to=role("office_head")),), **more)


def test_a_claim_does_not_keep_a_superior_out() -> None:
    desk = climbing()
    do(desk, "clerk", "claim")

    desk.fire_next()
    do(desk, "head", "agree")

    assert desk.state == ("approved", "done")


def test_advice_that_has_not_come_by_the_escalation_is_not_waited_for() -> None:
    desk = climbing()
    do(desk, "clerk", "delegate", to="helper")
    asked = held_by(desk, "helper")
    assert asked is not None

    desk.fire_next()
    late = desk.take(desk.wanted("helper", "answer", asked.id, opinion="样例"))
    do(desk, "head", "agree")

    assert refusal(late) == (409, "item_closed")
    assert desk.ledger.closed[asked.id].closed_by == "unanswered"
    assert desk.state == ("approved", "done")


def test_a_superior_may_decide_what_waits_for_added_signers_once_they_have_answered() -> None:
    desk = climbing()
    do(desk, "clerk", "add-signers", users=["helper"], where="before")

    desk.fire_next()
    do(desk, "helper", "agree")
    do(desk, "head", "agree")

    assert desk.state == ("approved", "done")


@pytest.mark.parametrize(
    "roster",
    [
        staff(mate="clerk", guest="guest", head="office_head"),
        replace(PEOPLE, proxies=(Proxy("clerk", "guest", date(2026, 3, 1), date(2026, 3, 31)),), version="away"),
    ],
    ids=["left", "away"],
)
def test_a_claim_ends_when_whoever_claimed_leaves_or_is_away(roster: Roster) -> None:
    desk = alone()
    do(desk, "clerk", "claim")
    desk.facts = replace(desk.facts, roster=roster)

    desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))
    do(desk, "mate", "agree")

    assert desk.state == ("approved", "done")


def test_a_claim_of_somebody_who_is_there_stays() -> None:
    desk = alone()
    do(desk, "clerk", "claim")
    desk.facts = replace(desk.facts, roster=replace(PEOPLE, version="next"))

    outcome = desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))

    assert isinstance(outcome, Ignored)
    assert refusal(do(desk, "mate", "agree")) == (409, "claimed")


def test_when_an_adviser_leaves_the_item_is_its_holders_again_unanswered() -> None:
    desk = alone()
    do(desk, "clerk", "delegate", to="helper")
    desk.facts = replace(desk.facts, roster=staff(clerk="clerk", mate="clerk", head="office_head"))

    desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))
    told = desk.last.entry.delta["reseated"]
    do(desk, "clerk", "agree")

    assert told == [["steps/decide", 1, 1, ["user:helper"], [], "advice.unanswered"]]
    assert desk.state == ("approved", "done")


def test_the_office_gives_back_what_somebody_has_claimed_and_hands_an_item_to_somebody_else() -> None:
    desk = alone()
    do(desk, "clerk", "claim")

    do(desk, "head", "unclaim")
    given_back = desk.last.entry.authority
    do(desk, "head", "transfer", to="guest")
    lost = do(desk, "clerk", "agree")
    do(desk, "guest", "agree")

    assert given_back == "admin"
    assert refusal(lost) == (403, "not_holder")
    assert desk.state == ("approved", "done")


@pytest.mark.parametrize("verb", ["transfer", "unclaim"])
def test_nobody_but_the_office_hands_on_what_is_not_theirs(verb: str) -> None:
    assert refusal(do(alone(), "guest", verb, to="helper")) == (403, "not_holder")


def test_the_office_answers_for_nobody() -> None:
    assert refusal(do(alone(), "head", "agree")) == (403, "not_holder")


@pytest.mark.parametrize("verb", ["transfer", "add-signers"])
def test_whoever_has_answered_has_no_second_say(verb: str) -> None:
    desk = together()
    do(desk, "a", "agree")
    fields: dict[str, Any] = {"to": "a"} if verb == "transfer" else {"users": ["a"], "where": "parallel"}

    assert refusal(do(desk, "b", verb, **fields)) == (409, "asked_already")


def test_it_may_go_back_to_whom_it_came_from() -> None:
    desk = alone()
    do(desk, "clerk", "transfer", to="helper")

    do(desk, "helper", "transfer", to="clerk")
    do(desk, "clerk", "agree")

    assert desk.state == ("approved", "done")
