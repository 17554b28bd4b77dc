"""The synthetic workflow run through the office: every word does what the language says."""

from typing import Any

import pytest

from domain.event import DomainEvent
from tests.workflows_for_tests import (
    EVENTS,
    SYNTHETIC,
    TrialHurried,
    TrialNoted,
    TrialPaid,
    TrialRequested,
    TrialStopped,
    TrialSupplemented,
    people,
)
from workflows.reads import ItemView
from workflows.testkit import Office

PANEL = {"user:one", "user:two", "user:three"}
TEST_EVENTS = [event for name, event in EVENTS.items() if name.startswith("trial.")]


@pytest.fixture
def office() -> Office:
    return Office([SYNTHETIC], people())


def request(office: Office, **changed: Any) -> str:
    (case,) = office.send(TrialRequested.model_validate({**TrialRequested.EXAMPLE, **changed})).cases
    return case


def item_at(office: Office, user: str, step: str) -> ItemView:
    (item,) = [one for one in office.inbox(user) if one.item.path.endswith(step)]
    return item


SIGNED = {"signature": "officer"}


def act(office: Office, user: str, step: str, verb: str, **given: Any) -> int:
    return office.act(user, item_at(office, user, step), verb, **given).status


def paths(office: Office, user: str) -> set[str]:
    return {one.item.path.rpartition("/")[2] for one in office.inbox(user)}


def up_to_opinions(office: Office, **changed: Any) -> str:
    case = request(office, **changed)
    act(office, "town", "precheck", "agree")
    return case


def owners(office: Office, case: str) -> dict[str, str]:
    """The items that have one owner, with the owner."""
    held = office.case(case).holders
    return {item: one.who for item, holders in held.items() for one in holders if one.who in PANEL}


def visit(office: Office, case: str, grade: str) -> None:
    for item, owner in owners(office, case).items():
        office.act(owner.removeprefix("user:"), item, "complete", form={"grade": grade, "rooms": 3})


def up_to_decision(office: Office, grade: str = "good") -> str:
    case = up_to_opinions(office)
    act(office, "liaison", "opinions/0", "agree")
    visit(office, case, grade)
    office.send(TrialPaid(invoice="i1", receipt="r1"))
    act(office, "town", "known/otherwise", "complete", form={"advice": "样例说明"})
    return case


@pytest.mark.parametrize("event", TEST_EVENTS)
def test_every_example_of_a_test_event_is_accepted(event: type[DomainEvent]) -> None:
    assert event.model_validate(dict(event.EXAMPLE)).key() in {"t1", "i1", "p1", "m1"}


def test_the_whole_way_ends_with_the_emitted_event_and_the_erased_person(office: Office) -> None:
    case = up_to_decision(office)

    act(office, "officer", "decision", "agree", fields=SIGNED)

    head = office.case(case).head
    assert (head.state, head.outcome, head.fields["result"]) == ("approved", "done", "good")
    assert [one.body["type"] for one in office.effects() if one.gateway == "publish"] == ["trial.closed.v1"]
    assert office.store.units.read(lambda unit: unit.load([case]))[case].head.personal == {}


def test_branches_run_side_by_side_and_only_where_their_condition_holds(office: Office) -> None:
    up_to_opinions(office, topics=["money"])

    assert paths(office, "liaison") == {"0"}
    assert [office.inbox(user) for user in ("one", "two", "three")] == [(), (), ()]


def test_the_seats_of_a_visit_go_to_different_people_with_the_least_to_do(office: Office) -> None:
    case = up_to_opinions(office)

    assert len(set(owners(office, case).values())) == 2


def test_the_wait_for_money_listens_to_the_invoice_and_not_to_the_case(office: Office) -> None:
    case = up_to_opinions(office)

    office.send(TrialPaid(invoice="t1", receipt="wrong"))
    office.send(TrialPaid(invoice="i1", receipt="right"))

    assert office.case(case).head.fields["receipt"] == "right"


def test_money_that_does_not_come_ends_the_case(office: Office) -> None:
    case = up_to_opinions(office)

    office.turn(days=40)

    assert office.case(case).head.outcome == "unpaid"


def test_a_block_handler_cancels_its_block_and_leaves_the_other_branches(office: Office) -> None:
    up_to_opinions(office)

    office.send(TrialHurried(trial="t1"))

    assert [office.inbox(user) for user in ("one", "two", "three")] == [(), (), ()]
    assert paths(office, "liaison") == {"0"}
    assert [notice.body["template"] for notice in office.notices("head")] == ["visit_left_out"]


def test_a_handler_beside_the_case_answers_every_time_and_disturbs_nothing(office: Office) -> None:
    case = request(office)

    office.send(TrialNoted(trial="t1", note="first"))
    office.send(TrialNoted(trial="t1", note="second"))

    assert office.case(case).head.fields["note"] == "second"
    assert [notice.body["template"] for notice in office.notices("head")] == ["noted", "noted"]
    assert paths(office, "town") == {"precheck"}


def test_a_handler_of_the_workflow_ends_everything(office: Office) -> None:
    case = up_to_opinions(office)

    office.send(TrialStopped(trial="t1"))

    assert office.case(case).head.state == "withdrawn"
    assert office.inbox("liaison") == ()


def test_a_withdrawal_at_the_desk_is_the_event_that_the_workflow_hears(office: Office) -> None:
    case = up_to_opinions(office)

    answer = office.act("person:t1", case, "withdraw")

    assert (answer.status, office.case(case).head.outcome) == (200, "stopped")


def test_a_return_opens_the_next_round_with_what_was_supplemented(office: Office) -> None:
    case = request(office)

    act(office, "town", "precheck", "return", opinion="请补正姓名")
    office.send(TrialSupplemented(trial="t1", name="样例·补"))

    assert item_at(office, "town", "precheck").item.round == 2
    assert office.store.units.read(lambda unit: unit.load([case]))[case].head.personal["name"] == "样例·补"


def test_one_department_against_is_enough_where_all_must_agree(office: Office) -> None:
    case = up_to_opinions(office)

    act(office, "liaison", "opinions/0", "reject", opinion="样例意见")

    assert office.case(case).head.outcome == "objected"


def test_the_choice_follows_the_form(office: Office) -> None:
    case = up_to_decision(office, grade="poor")

    act(office, "officer", "decision", "agree", fields=SIGNED)

    assert office.case(case).head.fields["result"] == "poor"


def test_a_plan_outlives_its_case_and_repeats(office: Office) -> None:
    up_to_decision(office, grade="poor")
    act(office, "officer", "decision", "agree", fields=SIGNED)

    office.turn(days=400)

    due = office.store.units.read(lambda unit: unit.events(range(1, 50))).values()
    assert [one.event.type for one in due].count("trial.review_due.v1") == 2


def test_nothing_is_planned_any_more_about_an_erased_person(office: Office) -> None:
    up_to_decision(office)
    act(office, "officer", "decision", "agree")

    office.turn(days=400)

    due = office.store.units.read(lambda unit: unit.events(range(1, 50))).values()
    assert "trial.review_due.v1" not in [one.event.type for one in due]
