"""Track: due timers, plans and their next occurrence, seals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.unit.moves.offices import BEGAN, began, faulty, office, rows, take, task, trial
from workflows.language.words import follow_up
from workflows.machine.case import Lane
from workflows.moves.advance import advance
from workflows.moves.plans import follow_plans
from workflows.moves.sealing import seal
from workflows.moves.track import fire_timers, track
from workflows.testkit import Office

LANE = Lane.INTERACTIVE
REVIEW = "trial.review.v1"


def planned(*, repeats: bool) -> Office:
    """An office in which one case has planned a review each month and ended."""
    review = trial(task("review"), name="review", starts_on=REVIEW)
    here = office(trial(follow_up("again", event=REVIEW, months=1, repeats=repeats)), review)
    here.send(began(here))
    return here


def reviews(here: Office) -> int:
    return sum(row.case.workflow == "review" for row in here.cases())


def test_a_plan_that_is_due_becomes_an_event_and_is_gone() -> None:
    here = planned(repeats=False)

    here.turn(days=32)

    assert (reviews(here), rows(here, "plan")) == (1, [])


def test_a_plan_repeats_from_its_target_and_not_from_when_the_sweep_came_by() -> None:
    here = planned(repeats=True)
    here.clock.turn_to(datetime(2026, 4, 17, 8, 0, tzinfo=UTC))

    assert follow_plans(here.engine, LANE) == 1

    [plan] = rows(here, "plan")
    assert (plan.due_at, plan.occurrence) == (datetime(2026, 5, 2, 1, 0, tzinfo=UTC), 2)


def test_a_plan_that_was_missed_for_long_catches_up_one_by_one_with_ids_of_their_own() -> None:
    here = planned(repeats=True)
    here.clock.turn_to(datetime(2026, 6, 10, 8, 0, tzinfo=UTC))

    here.drain()

    assert reviews(here) == 3
    assert len({row.case.id for row in here.cases() if row.case.workflow == "review"}) == 3


def test_nothing_is_due_before_its_time() -> None:
    here = planned(repeats=True)

    assert (follow_plans(here.engine, LANE), fire_timers(here.engine, LANE)) == (0, 0)


def test_an_event_of_a_plan_wakes_the_lane_of_the_case_that_it_starts() -> None:
    here = planned(repeats=False)
    here.clock.turn_to(here.clock() + timedelta(days=32))
    engine, faults = faulty(here)

    follow_plans(engine, LANE)

    assert faults.woken == [LANE]


def test_a_timer_that_falls_due_is_a_stimulus_in_its_cases_inbox_once() -> None:
    here = office(trial(task()))
    here.send(began(here))
    here.clock.turn_to(here.clock() + timedelta(days=10))
    engine, faults = faulty(here)

    assert [fire_timers(engine, LANE) for _ in range(2)] == [1, 0]

    [row] = rows(here, "inbox")
    assert (row.timer.kind, row.timer.rung, row.timer.path) == ("ladder", 0, "steps/task")
    assert faults.woken == [Lane.INTERACTIVE, Lane.BULK]
    assert advance(here.engine, LANE) == 1
    assert [notice.body["template"] for notice in _told(here)] == ["remind"]


def _told(here: Office) -> list:  # type: ignore[type-arg]  # notices of the office
    here.drain()
    return list(here.notices("clerk"))


def test_history_is_sealed_without_a_gap() -> None:
    here = office(trial(task()))
    take(here.engine, *(began(here, f"k{number}") for number in range(5)))
    advance(here.engine, LANE)

    assert [seal(here.engine) for _ in range(2)] == [5, 0]


def test_one_pass_of_track_does_all_three() -> None:
    here = planned(repeats=False)
    here.clock.turn_to(here.clock() + timedelta(days=32))
    take(here.engine, here.event(BEGAN, key="k9"))
    advance(here.engine, LANE)

    assert track(here.engine, LANE) == 2
