"""The second synthetic workflow run through the office: elements, turns, races, votes, notices and sub-cases."""

from typing import Any

import pytest

from tests.workflows_for_tests import (
    GATHERING,
    INQUIRY,
    TrialAgreed,
    TrialGathered,
    TrialObjected,
    TrialStopped,
    TrialTopicAdded,
    people,
)
from workflows.testkit import Office

PANEL = ("one", "two", "three")


@pytest.fixture
def office() -> Office:
    return Office([GATHERING, INQUIRY], people())


def gathered(office: Office, trial: str = "t1", topics: tuple[str, ...] = ("site", "money")) -> str:
    (case,) = office.send(TrialGathered(trial=trial, topics=topics, room="r1")).cases
    return case


def act(office: Office, user: str, step: str, verb: str = "complete", **form: Any) -> int:
    found = [one for one in office.inbox(user) if one.item.path.endswith(step)]
    return office.act(user, found[0], verb, form=form).status


def advise(office: Office) -> None:
    act(office, "officer", "do#1/advise", advice="yes")
    act(office, "officer", "do#2/advise", advice="no")


def up_to_vote(office: Office) -> str:
    case = gathered(office)
    advise(office)
    act(office, "officer", "draft/do#1", ready=True)
    office.send(TrialAgreed(trial="t1"))
    act(office, "officer", "in_the_room/do")
    return case


def up_to_notice(office: Office) -> str:
    case = up_to_vote(office)
    for voter in PANEL[:2]:
        assert act(office, voter, "ballot", "agree") == 200
    return case


def where(office: Office, case: str) -> set[str]:
    return {one.path for one in office.case(case).activations if one.state == "live"}


def templates(office: Office, user: str) -> list[str]:
    return [notice.body["template"] for notice in office.notices(user)]


def test_the_whole_way_ends_approved(office: Office) -> None:
    case = up_to_notice(office)

    office.turn(days=10)

    head = office.case(case).head
    assert (head.state, head.outcome) == ("approved", "done")


def test_an_element_that_comes_later_gets_its_own_turn_and_two_answers_are_enough(office: Office) -> None:
    case = gathered(office)
    office.send(TrialTopicAdded(trial="t1", added="road"))

    act(office, "officer", "do#3/advise", advice="yes")
    act(office, "officer", "do#1/advise", advice="yes")

    assert {one.item.path for one in office.inbox("officer")} == {"steps/draft/do#1"}
    assert "steps/each_topic" not in where(office, case)


def test_what_is_written_for_one_element_is_not_seen_by_another(office: Office) -> None:
    case = gathered(office)

    act(office, "officer", "do#2/advise", advice="no")
    act(office, "officer", "do#1/advise", advice="yes")

    assert templates(office, "head") == ["advised_no"]
    assert "advice" not in office.case(case).head.fields


def test_a_draft_is_written_three_times_at_most(office: Office) -> None:
    gathered(office)
    advise(office)

    for turn in (1, 2, 3):
        act(office, "officer", f"draft/do#{turn}", ready=False)

    assert office.inbox("officer") == ()


def test_where_nobody_agrees_in_time_the_other_way_of_the_race_is_taken(office: Office) -> None:
    gathered(office)
    advise(office)
    act(office, "officer", "draft/do#1", ready=True)

    office.turn(days=8)

    assert "nobody_agreed" in templates(office, "head")
    assert {one.item.path for one in office.inbox("officer")} == {"steps/in_the_room/do"}


def test_two_cases_never_meet_in_the_same_room_at_once(office: Office) -> None:
    up_to = [up_to_room(office, trial) for trial in ("t1", "t2")]

    assert [one.case.id for one in office.inbox("officer")] == [up_to[0]]

    act(office, "officer", "in_the_room/do")

    assert [one.case.id for one in office.inbox("officer")] == [up_to[1]]


def up_to_room(office: Office, trial: str) -> str:
    case = gathered(office, trial)
    advise_of(office, case)
    office.send(TrialAgreed(trial=trial))
    return case


def advise_of(office: Office, case: str) -> None:
    for step, form in (
        ("do#1/advise", {"advice": "yes"}),
        ("do#2/advise", {"advice": "yes"}),
        ("do#1", {"ready": True}),
    ):
        (item,) = [one for one in office.inbox("officer") if one.case.id == case and one.item.path.endswith(step)]
        assert office.act("officer", item, "complete", form=form).status == 200


def test_a_tie_goes_to_the_casting_vote(office: Office) -> None:
    case = up_to_vote(office)
    votes = dict(zip(PANEL, ("agree", "reject", "abstain"), strict=True))

    for voter, verb in votes.items():
        act(office, voter, "ballot", verb)
    act(office, "head", "ballot/tie", "agree")

    assert "steps/notice" in where(office, case)


def test_a_vote_without_quorum_fails_when_its_time_is_over(office: Office) -> None:
    case = up_to_vote(office)
    act(office, "one", "ballot", "agree")

    office.turn(days=10)

    assert office.case(case).head.outcome == "no_quorum"


def test_an_objection_stops_the_clock_of_the_notice_until_its_inquiry_is_over(office: Office) -> None:
    case = up_to_notice(office)
    office.send(TrialObjected(trial="t1", ground="样例理由"))

    office.turn(days=60)
    still = office.case(case).head.state
    act(office, "officer", "inquire", founded=False)
    office.turn(days=10)

    head = office.case(case).head
    assert still == "running"
    assert (head.outcome, head.fields["finding"]) == ("done", "unfounded")


def test_a_founded_objection_ends_the_case_after_the_notice(office: Office) -> None:
    case = up_to_notice(office)
    office.send(TrialObjected(trial="t1", ground="样例理由"))

    act(office, "officer", "inquire", founded=True)
    office.turn(days=10)

    assert office.case(case).head.outcome == "upheld"


def test_a_sub_case_is_withdrawn_with_its_parent(office: Office) -> None:
    up_to_notice(office)
    office.send(TrialObjected(trial="t1", ground="样例理由"))

    office.send(TrialStopped(trial="t1"))

    assert {(row.case.workflow, row.case.state) for row in office.cases()} == {
        ("gathering", "withdrawn"),
        ("inquiry", "withdrawn"),
    }
    assert office.inbox("officer") == ()


def test_the_case_can_be_taken_back_until_the_draft_is_written(office: Office) -> None:
    first, second = gathered(office), up_to_room(office, "t2")

    assert office.act("person:t1", first, "withdraw").status == 200
    assert office.act("person:t2", second, "withdraw").status == 409
