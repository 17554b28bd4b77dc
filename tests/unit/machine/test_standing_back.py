"""回避 on one's own request: the seat is filled as if the person were not there, in every round of the step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.approval import Mode
from domain.organisation import Proxy
from domain.roster import Roster
from tests.unit.machine.desk import Desk
from workflows.language.words import Who, approve, carry_out, end, nobody, returns, role, seats, sequence, vote
from workflows.machine.decision import Refused
from workflows.machine.stimuli import Sign, Signal, SignalStimulus
from workflows.testkit import staff

NO = end("refused", "rejected")
PEOPLE = staff(
    a="panel", b="panel", c="panel", clerk="clerk", mate="clerk", guest="guest", helper="helper", head="office_head"
)


def asking(who: Who, mode: Mode = Mode.ONE, roster: Roster = PEOPLE, **more: Any) -> Desk:
    step = approve("decide", by=who, mode=mode, on_reject=NO, **more)
    after = approve("after", by=role("helper"), on_reject=NO, returns=returns())
    return Desk(sequence(step, after, end("done", "approved")), roster=roster)


def stand_back(desk: Desk, who: str, path: str = "steps/decide") -> Any:
    return desk.act(who, "recuse", path, opinion="样例：亲属")


def asked(desk: Desk, path: str = "steps/decide") -> list[str]:
    return sorted(who for who, _ in desk.holders(path))


def test_the_others_of_a_pool_are_asked_and_whoever_stood_back_may_not_act() -> None:
    desk = asking(role("clerk"))

    stand_back(desk, "clerk")
    late = desk.act("clerk", "agree", "steps/decide")
    before = asked(desk)
    desk.act("mate", "agree", "steps/decide")

    assert before == ["user:mate"]
    assert isinstance(late, Refused)
    assert asked(desk, "steps/after") == ["role:helper:"]


def test_when_the_last_of_a_pool_stands_back_the_office_is_asked_and_told() -> None:
    desk = asking(role("clerk"))

    for who in ("clerk", "mate"):
        stand_back(desk, who)

    assert asked(desk) == ["role:office_head:"]
    assert desk.told()[-1] == ("nobody_found", ("role:office_head:",))


def test_where_nobody_is_left_the_rule_of_the_step_says_who_is_asked() -> None:
    desk = asking(role("guest"), nobody=nobody("ask", ask=role("helper")))

    stand_back(desk, "guest")

    assert asked(desk) == ["role:helper:"]


def test_a_seat_of_a_pool_stays_while_somebody_else_of_it_may_take_it() -> None:
    desk = asking(seats(2, of=role("clerk")), Mode.ALL)

    stand_back(desk, "clerk")
    answers = [desk.act("mate", "agree", "steps/decide") for _ in range(2)]

    assert not any(isinstance(one, Refused) for one in answers)
    assert asked(desk, "steps/after") == ["role:helper:"]


@pytest.mark.parametrize("mode", [Mode.ALL, Mode.SEQUENCE, Mode.RATIO])
def test_whoever_stands_back_among_others_lowers_the_base(mode: Mode) -> None:
    desk = asking(role("panel"), mode, passes="1" if mode is Mode.RATIO else None)

    stand_back(desk, "a")
    for who in ("b", "c"):
        desk.act(who, "agree", "steps/decide")

    assert asked(desk, "steps/after") == ["role:helper:"]


def test_a_lone_seat_that_weighs_more_than_one_is_not_lost() -> None:
    desk = asking(role("guest"), Mode.WEIGHT, passes="1/2", weights={"guest": 3})

    stand_back(desk, "guest")
    desk.act("head", "agree", "steps/decide")

    assert asked(desk, "steps/after") == ["role:helper:"]


def test_in_a_vote_standing_back_lowers_the_quorum() -> None:
    step = vote("ballot", by=role("panel"), quorum="1", passes="1/2", fails=NO, within=5)
    desk = Desk(sequence(step, end("done", "approved")), roster=PEOPLE)
    desk.act("a", "agree", "steps/ballot")

    desk.act("b", "recuse", "steps/ballot", opinion="样例")
    desk.act("c", "agree", "steps/ballot")

    assert desk.state == ("approved", "done")


def test_whoever_stands_in_for_who_stood_back_is_not_asked_for_them() -> None:
    away = Proxy(user="guest", proxy="mate", since=date(2026, 3, 1), until=date(2026, 3, 31))
    desk = asking(role("guest"), roster=replace(PEOPLE, proxies=(away,)))
    before = asked(desk)

    stand_back(desk, "guest")

    assert (before, asked(desk)) == (["role:guest:", "user:mate"], ["role:office_head:"])


def test_a_proxy_who_stands_back_leaves_it_to_who_is_absent() -> None:
    away = Proxy(user="guest", proxy="mate", since=date(2026, 3, 1), until=date(2026, 3, 31))
    desk = asking(role("guest"), roster=replace(PEOPLE, proxies=(away,)))

    stand_back(desk, "mate")

    assert asked(desk) == ["role:guest:"]


def test_after_a_return_who_stood_back_is_not_asked_again() -> None:
    desk = asking(role("clerk"))
    stand_back(desk, "clerk")
    desk.act("mate", "agree", "steps/decide")

    desk.act("helper", "return", "steps/after", opinion="样例")

    assert asked(desk) == ["user:mate"]


def test_a_new_roster_gives_nothing_back_to_who_stood_back() -> None:
    desk = asking(role("clerk"))
    stand_back(desk, "clerk")
    desk.facts = replace(desk.facts, roster=replace(PEOPLE, version="r2"))

    desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))

    assert asked(desk) == ["user:mate"]


@pytest.mark.parametrize("verb", ["transfer", "delegate"])
def test_nothing_is_handed_to_who_stood_back(verb: str) -> None:
    desk = asking(role("clerk"))
    stand_back(desk, "clerk")

    outcome = desk.act("mate", verb, "steps/decide", fields={"to": "clerk"})

    assert (outcome.status, outcome.code) == (409, "recused")


def test_whoever_was_given_an_item_may_stand_back_and_it_is_its_seats_again() -> None:
    desk = asking(role("clerk"))
    desk.act("clerk", "transfer", "steps/decide", fields={"to": "guest"})

    stand_back(desk, "guest")

    assert asked(desk) == ["role:clerk:"]


@pytest.mark.parametrize(("where", "path"), [("before", "steps/decide"), ("parallel", "steps/decide")])
def test_an_added_signer_who_stands_back_is_as_if_removed(where: str, path: str) -> None:
    desk = asking(role("panel"), Mode.ALL)
    desk.act("a", "add-signers", path, fields={"users": ["guest"], "where": where})

    stand_back(desk, "guest")
    for who in ("a", "b", "c"):
        desk.act(who, "agree", path)

    assert asked(desk, "steps/after") == ["role:helper:"]


def test_whoever_has_added_signers_removes_them_first() -> None:
    desk = asking(role("panel"), Mode.ALL)
    desk.act("a", "add-signers", "steps/decide", fields={"users": ["guest"], "where": "after"})

    assert stand_back(desk, "a").code == "has_signers"


def test_the_ground_stands_in_the_history() -> None:
    desk = Desk(sequence(carry_out("task", by=role("clerk"))), roster=PEOPLE, person=None)

    desk.act("clerk", "recuse", "steps/task", opinion="样例：亲属")

    assert (desk.last.entry.what, desk.last.entry.delta["opinion"]) == ("act:recuse", "样例：亲属")
    assert desk.closed()["steps/task", 1, 0] == ("cancelled", "recused:clerk")
