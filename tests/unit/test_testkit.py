"""The office of the test kit, used as its documentation says."""

from datetime import timedelta

import pytest

from domain.events.members import MemberApplied
from workflows.language.words import (
    approve,
    do,
    emit,
    end,
    escalate,
    remind,
    role,
    sequence,
    to_applicant,
    wait,
    workflow,
)
from workflows.testkit import MONDAY, Office, staff

BASE = workflow(
    "base",
    starts_on="trial.applied.v1",
    about="base",
    steps=sequence(
        approve(
            "precheck",
            by=role("town_clerk", of="town"),
            within=3,
            overdue=(remind(-1), escalate(+1, to=role("office_head"))),
            on_return=to_applicant(within=5, silence=end("silent"), answered_by="trial.supplemented.v1"),
            on_reject=end("refused", "rejected"),
        ),
        wait("paid", event="trial.paid.v1", key="invoice"),
        do("tell", emit("trial.created.v1")),
        end("created", "approved"),
    ),
)


@pytest.fixture
def office() -> Office:
    return Office([BASE], staff(chen="town_clerk:T1", wu="town_clerk:T2", he=("office_head", "auditor")))


def apply(office: Office) -> str:
    event = office.event("trial.applied.v1", key="b1", town="T1", invoice="i1")
    (case,) = office.send(event).cases
    return case


def test_whoever_has_the_role_finds_the_item_and_decides(office: Office) -> None:
    case = apply(office)
    (view,) = office.inbox("chen")

    answer = office.act("chen", view, "agree", opinion="同意")
    office.send(office.event("trial.paid.v1", key="i1"))

    assert answer.status == 200
    assert office.inbox("wu") == ()
    assert (office.case(case).head.state, office.case(case).head.outcome) == ("approved", "created")
    assert [one.body["what"] for one in office.history(case)] == [
        "event:trial.applied.v1",
        "act:agree",
        "event:trial.paid.v1",
    ]


def test_an_event_that_comes_before_its_wait_is_not_lost(office: Office) -> None:
    case = apply(office)

    early = office.send(office.event("trial.paid.v1", key="i1"))
    office.act("chen", office.inbox("chen")[0], "agree")

    assert early.cases == ()
    assert office.case(case).head.outcome == "created"


def test_timers_happen_at_their_own_moment_when_the_clock_is_turned_past_them(office: Office) -> None:
    case = apply(office)

    office.turn(days=7)

    moments = [(one.body["what"], one.at) for one in office.history(case)][1:]
    assert [what for what, _ in moments] == ["timer:ladder", "timer:ladder"]
    assert [at - MONDAY for _, at in moments] == [timedelta(days=2, hours=8), timedelta(days=4, hours=8)]
    assert len(office.inbox("he")) == 1
    assert [notice.body["template"] for notice in office.notices("he")] == ["escalate"]
    assert [effect.body["template"] for effect in office.effects()] == ["remind", "escalate"]


def test_an_act_is_refused_to_whoever_does_not_hold_the_item(office: Office) -> None:
    case = apply(office)

    answer = office.act("wu", office.inbox("chen")[0], "agree")

    assert (answer.status, answer.body["code"]) == (403, "not_holder")
    assert len(office.history(case)) == 1


def test_the_same_idempotency_key_gets_the_same_answer(office: Office) -> None:
    case = apply(office)
    item = office.inbox("chen")[0]

    first = office.act("chen", item, "agree", key="k")
    again = office.act("chen", item, "agree", key="k")

    assert first == again
    assert len(office.history(case)) == 2


def test_the_clock_is_never_turned_back(office: Office) -> None:
    with pytest.raises(ValueError, match="cannot be turned back"):
        office.send(office.event("trial.applied.v1", key="b1"), at=MONDAY - timedelta(days=1))


def test_the_catalogue_runs_on_an_office_of_its_own() -> None:
    office = Office(roster=staff(wang="centre_clerk", li="category_verifier:2", sun="section_officer"))
    (case,) = office.send(MemberApplied(**MemberApplied.EXAMPLE)).cases

    for user in ("wang", "li", "sun"):
        office.act(user, office.inbox(user)[0], "agree")

    assert office.case(case).head.outcome == "registered"
    assert office.store.reads.verify().where is None
