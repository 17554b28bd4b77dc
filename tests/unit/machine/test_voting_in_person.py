"""票决 without proxies: whether somebody may vote for an absent member is said by the definition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.events import EVENT_TYPES
from domain.organisation import Handover, Proxy
from domain.roster import Roster
from tests.unit.machine.desk import Desk, flow
from workflows.language.checks import check
from workflows.language.words import Step, departments, end, escalate, remind, role, seats, sequence, vote
from workflows.machine.decision import Decision, Refused
from workflows.machine.stimuli import Sign, Signal, SignalStimulus
from workflows.testkit import staff

FIVE = ("an", "bo", "cai", "deng", "er")
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
STEP = "steps/ballot"
NO = end("refused", "rejected")


def ballot(**more: Any) -> Step:
    rule = {"by": role("voter"), "quorum": "4/5", "passes": "1/2", "fails": NO, "within": 3, **more}
    return vote("ballot", no_quorum=end("few", "rejected"), **rule)


def people(**more: Any) -> Roster:
    roles: dict[str, Any] = dict.fromkeys(FIVE, "voter")
    return replace(staff(mate="clerk", **roles), version="v2", **more)


AWAY = people(proxies=(Proxy("an", "mate", FIRST, LAST),))
LEFT = people(handovers=(Handover("an", "mate", FIRST),))


def voting(roster: Roster = AWAY, **more: Any) -> Desk:
    return Desk(flow(sequence(ballot(**more), end("done", "approved"))), roster=roster)


def cast(desk: Desk, who: str, seat: int = 0, verb: str = "agree") -> Any:
    item = next(one for one in desk.live.items.values() if one.seat == seat)
    fields = {"choice": "agree"} if verb == "cast" else {}
    return desk.take(desk.wanted(who, verb, item.id, fields=fields))


def told(outcome: Any) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


@pytest.mark.parametrize("verb", ["agree", "cast"])
def test_by_itself_a_vote_takes_the_proxy_of_whoever_is_absent(verb: str) -> None:
    desk = voting(secret=verb == "cast")

    assert isinstance(cast(desk, "mate", verb=verb), Decision)


@pytest.mark.parametrize("verb", ["agree", "cast"])
def test_in_person_the_seat_is_the_members_alone(verb: str) -> None:
    desk = voting(secret=verb == "cast", proxies=False)

    assert [who for who, _ in desk.holders(STEP)] == [f"user:{one}" for one in FIVE]
    assert told(cast(desk, "mate", verb=verb)) == "not_holder"
    assert isinstance(cast(desk, "an", verb=verb), Decision)


def test_whoever_is_absent_still_counts_in_base_and_quorum() -> None:
    desk = voting(proxies=False)
    for seat in (1, 2, 3):
        cast(desk, FIVE[seat], seat)

    desk.fire_next()

    assert desk.live.activations == {}
    assert desk.state == ("rejected", "few")


def test_a_successor_has_the_seat_itself() -> None:
    desk = voting(LEFT, proxies=False)

    assert desk.holders(STEP)[0] == ("user:mate", "owner")


def test_an_absence_that_begins_while_the_vote_is_open_changes_nothing() -> None:
    desk = voting(people(), proxies=False)
    before = desk.holders(STEP)
    desk.facts = replace(desk.facts, roster=AWAY)

    desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))

    assert desk.holders(STEP) == before


@pytest.mark.parametrize("verb", ["transfer", "delegate"])
def test_a_vote_is_never_handed_on(verb: str) -> None:
    desk = voting()

    assert told(desk.act("bo", verb, STEP, opinion="样例", fields={"to": "mate"})) == "verb_not_offered"


def test_a_pool_has_no_proxies_either() -> None:
    by = seats(3, role("voter"))

    with_them, without = voting(by=by), voting(by=by, proxies=False)

    assert ("user:mate", "proxy") in with_them.holders(STEP)
    assert ("user:mate", "proxy") not in without.holders(STEP)


def test_a_ladder_that_lets_somebody_else_vote_is_no_vote_in_person() -> None:
    ladder = (remind(-2), escalate(-1, to=role("office_head")))
    sound = flow(sequence(ballot(by=departments(), overdue=ladder), end("done", "approved")))
    wrong = flow(sequence(ballot(by=departments(), overdue=ladder, proxies=False), end("done", "approved")))

    assert "escalated_vote" not in {one.code for one in check(sound, EVENT_TYPES)}
    assert "escalated_vote" in {one.code for one in check(wrong, EVENT_TYPES)}
