"""加急 on each store: a department raises so many of its cases in a month, whoever comes at once, and no more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from adapters.sql.units import SqlUnit, SqlUnits
from domain.numbers import Numbers
from tests.contract.racing import standing, wait_until_blocked
from tests.contract.test_board import MakeStore
from workflows.language.words import approve, end, role, sequence, workflow
from workflows.machine.case import Urgency
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act
from workflows.policy import operator_viewer
from workflows.reads import RaisedTally
from workflows.testkit import Office, staff

BUREAU = "department:bureau"
TRIAL = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    steps=sequence(
        approve("look", by=role("clerk"), within=4, on_reject=end("refused", "rejected")), end("done", "approved")
    ),
)


@pytest.fixture
def office(make_store: MakeStore) -> Office:
    numbers = Numbers("two", {"urgency.quota_per_month": 2})
    return Office([TRIAL], staff(chen="clerk", head="office_head"), numbers=numbers, store=make_store)


def begun(office: Office, *keys: str, **plain: Any) -> list[str]:
    events = (office.event("trial.began.v1", key=key, department="bureau", **plain) for key in keys)
    return [case for event in events for case in office.send(event).cases]


def raised(office: Office, case: str, who: str = BUREAU, urgency: str = "urgent", **more: Any) -> Answer:
    return office.act(who, case, "set-urgency", opinion="样例", fields={"urgency": urgency, **more})


def code_of(answer: Answer) -> str | None:
    return None if answer.status == 200 else str(answer.body["code"])


def urgencies(office: Office, cases: list[str]) -> list[Urgency]:
    return [office.case(case).head.urgency for case in cases]


def test_beyond_the_quota_a_department_raises_no_other_case(office: Office) -> None:
    cases = begun(office, "k1", "k2", "k3")

    answers = [code_of(raised(office, case)) for case in cases]

    assert answers == [None, None, "quota_used_up"]
    assert urgencies(office, cases) == [Urgency.URGENT, Urgency.URGENT, Urgency.NORMAL]


def test_a_case_that_was_raised_is_raised_further_and_again_without_using_anything_up(office: Office) -> None:
    one, two = begun(office, "k1", "k2")
    raised(office, one)
    raised(office, one, urgency="normal")

    again = [raised(office, one), raised(office, one, urgency="most_urgent"), raised(office, two)]

    assert [code_of(answer) for answer in again] == [None, None, None]


def test_the_office_is_not_bound_and_uses_nothing_up(office: Office) -> None:
    cases = begun(office, "k1", "k2", "k3", "k4")
    raised(office, cases[0], "head")

    answers = [code_of(raised(office, case)) for case in cases[1:]]

    assert answers == [None, None, "quota_used_up"]
    assert code_of(raised(office, cases[3], "head")) is None


def test_what_an_event_starts_beyond_the_quota_is_dealt_with_as_normal_and_says_why(office: Office) -> None:
    cases = begun(office, "k1", "k2", "k3", urgency="most_urgent")

    assert urgencies(office, cases) == [Urgency.MOST_URGENT, Urgency.MOST_URGENT, Urgency.NORMAL]
    assert office.history(cases[2])[0].body["delta"]["urgency_refused"] == ["most_urgent", 2]
    assert [row.case.id for row in office.cases() if row.item is not None and row.case.id == cases[2]] == [cases[2]]
    assert "urgency_refused" in {notice.body["template"] for notice in office.notices(BUREAU)}


def test_the_next_month_on_the_wall_of_the_calendar_begins_anew(office: Office) -> None:
    office.turn_to(datetime(2026, 3, 31, 15, 50, tzinfo=UTC))
    cases = begun(office, "k1", "k2", "k3")
    before = [code_of(raised(office, case)) for case in cases]

    office.turn_to(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))

    assert before == [None, None, "quota_used_up"]
    assert code_of(raised(office, cases[2])) is None


def test_where_the_quota_is_none_only_the_office_raises(make_store: MakeStore) -> None:
    numbers = Numbers("none", {"urgency.quota_per_month": 0})
    office = Office([TRIAL], staff(chen="clerk", head="office_head"), numbers=numbers, store=make_store)
    (case,) = begun(office, "k1")

    answers = [code_of(raised(office, case)), code_of(raised(office, case, "head"))]

    assert answers == ["quota_used_up", None]


def test_whoever_is_asked_is_told_beside_the_inbox(office: Office) -> None:
    (case,) = begun(office, "k1")
    before = [notice.body["template"] for notice in office.notices("chen")]

    raised(office, case, urgency="most_urgent")

    assert (before, [notice.body["template"] for notice in office.notices("chen")]) == ([], ["most_urgent"])


def test_the_figures_say_who_raised_how_many_on_which_ground_and_what_came_of_it(office: Office) -> None:
    one, two, three = begun(office, "k1", "k2", "k3")
    raised(office, one, ground="safety")
    raised(office, two, ground="safety")
    raised(office, three, "head", ground="instructed")
    raised(office, one, urgency="normal")
    office.turn(days=20)

    found = office.store.reads.raised(operator_viewer(office.county), "2026-03")

    assert found == (
        RaisedTally("bureau", "instructed", by_office=True, cases=1, lowered=0, late=1),
        RaisedTally("bureau", "safety", by_office=False, cases=2, lowered=1, late=2),
    )
    assert office.store.reads.raised(office.viewer("chen"), "2026-03") == ()


# -- at once -----------------------------------------------------------------------------------------------


def wanted(office: Office, case: str, key: str) -> Act:
    principals = office.viewer(BUREAU).principals
    return Act(key, case, None, "set-urgency", BUREAU, principals, None, "样例", fields={"urgency": "urgent"})


def test_of_many_at_once_no_more_are_raised_than_the_quota_lets(office: Office) -> None:
    cases, together = begun(office, *(f"k{number}" for number in range(8))), Barrier(8)

    def press(case: str) -> Answer:
        together.wait(20)
        return act(office.engine, wanted(office, case, f"press {case}"))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, cases))

    assert sorted(urgencies(office, cases)).count(Urgency.URGENT) == 2
    assert [answer.status for answer in answers].count(200) == 2


@pytest.mark.postgres
@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_whoever_comes_second_waits_and_counts_the_first(office: Office) -> None:
    one, two, three = begun(office, "k1", "k2", "k3")
    raised(office, one)
    units = office.store.units
    assert isinstance(units, SqlUnits)

    def hold(unit: SqlUnit) -> None:
        unit.lock_correlations([("urgency", "2026-03 bureau")])

    with standing(units, hold) as first, ThreadPoolExecutor(2) as pool:
        late = [pool.submit(act, office.engine, wanted(office, case, f"press {case}")) for case in (two, three)]
        wait_until_blocked(units)
        first.commit()
        answers = sorted(code_of(one.result(20)) or "" for one in late)

    assert answers == ["", "quota_used_up"]
    assert sorted(urgencies(office, [one, two, three])).count(Urgency.URGENT) == 2
