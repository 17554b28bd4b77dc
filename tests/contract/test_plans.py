"""Plans: what comes later, again and again, until something ends it or moves it, over every store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.recurrence import Recurrence
from tests.contract.conftest import COUNTY, START
from tests.contract.samples import a_case, a_plan
from workflows.language.words import (
    Step,
    Workflow,
    beside,
    carry_out,
    do,
    end,
    end_plan,
    follow_up,
    months,
    move_plan,
    on_day,
    quarters,
    remind,
    role,
    sequence,
    wait,
    workflow,
    working_days,
    years,
)
from workflows.machine.case import Plan
from workflows.policy import department_viewer, operator_viewer
from workflows.ports import Changes, Units, Vault
from workflows.reads import PlanFilter, Reads
from workflows.testkit import Office, Store, staff

MakeStore = Callable[[str, Callable[[], datetime], Vault], Store]

REVIEW = workflow(
    "review",
    starts_on="trial.review.v1",
    about="trial",
    steps=sequence(carry_out("look", by=role("clerk"), within=5, overdue=(remind(0),)), end("done")),
)


def trial(*steps: Step, on: Any = ()) -> Workflow:
    return workflow("trial", starts_on="trial.began.v1", about="trial", steps=sequence(*steps), on=on)


@pytest.fixture
def house(make_store: MakeStore) -> Callable[..., Office]:
    """An office that runs a trial of these steps beside the review that it plans."""

    def made(*steps: Step, on: Any = ()) -> Office:
        people = staff(clerk="clerk", head="office_head")
        return Office([trial(*steps, on=on), REVIEW], people, store=make_store)

    return made


def begin(here: Office, **given: Any) -> None:
    here.send(here.event("trial.began.v1", key="k1", **given))


def plans(here: Office) -> tuple[Plan, ...]:
    return here.store.reads.plans(operator_viewer(here.county)).plans


def due(here: Office) -> list[date]:
    """The day of every plan on the calendar's wall."""
    return [here.library.calendar().index.local(one.due_at).date() for one in plans(here)]


def reviews(here: Office) -> list[int]:
    """The occurrences for which a review was started."""
    return sorted(row.case.fields["occurrence"] for row in here.cases() if row.case.workflow == "review")


# -- the store ---------------------------------------------------------------------------------------------


def test_a_plan_is_read_back_whole(units: Units) -> None:
    wanted = a_plan(
        name="annual",
        type=None,
        starts="review",
        recurrence=Recurrence(3, "months", 1, 15),
        occurrence=4,
        base=2,
        times=7,
        until=START + timedelta(days=900),
        ends_on="trial.stopped.v1",
        moves_on="trial.moved.v1",
        moves_to="day",
        sample=True,
    )
    units.run(lambda unit: unit.write(Changes(plans=[wanted])))

    assert units.read(lambda unit: unit.due_plans(9)) == [wanted]


def test_plans_of_a_case_are_ended_and_moved_by_their_name(units: Units) -> None:
    later = START + timedelta(days=30)
    made = [a_plan("p1", name="a"), a_plan("p2", name="b"), a_plan("p3", name="a", case="c2")]
    units.run(lambda unit: unit.write(Changes(plans=made)))

    units.run(lambda unit: unit.write(Changes(plans_ended=[("c1", "a")], plans_moved=[("c1", "b", later)])))

    assert units.read(lambda unit: unit.due_plans(9)) == [made[2]]
    moved = made[1].moved_to(later)
    assert units.read(lambda unit: unit.plans_hearing([])) == []
    assert (moved.due_at, moved.anchor, moved.base) == (later, later, 1)


def test_plans_that_listen_are_found_by_event_and_key(units: Units) -> None:
    ends = a_plan("p1", ends_on="trial.stopped.v1")
    moves = a_plan("p2", moves_on="trial.stopped.v1")
    other = a_plan("p3", ends_on="trial.stopped.v1", key="M-2")
    units.run(lambda unit: unit.write(Changes(plans=[ends, moves, other, a_plan("p4")])))

    found = units.read(lambda unit: unit.plans_hearing([("trial.stopped.v1", "M-1"), ("trial.other.v1", "M-2")]))

    assert found == [ends, moves]


def test_plans_are_listed_by_when_they_are_due_for_whoever_may_see_their_case(units: Units, reads: Reads) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1"), a_case("c2", workflow="other")]))
    later = a_plan("p1", due_at=START + timedelta(days=9))
    sooner = a_plan("p2", case="c2", key="M-2")
    units.run(lambda unit: unit.write(Changes(plans=[later, sooner])))
    operator, stranger = operator_viewer(COUNTY), department_viewer(COUNTY, "b", frozenset(), frozenset({"read"}))

    everything = reads.plans(operator)
    first = reads.plans(operator, limit=1)

    assert everything.plans == (sooner, later)
    assert (first.plans, reads.plans(operator, limit=1, cursor=first.cursor).plans) == ((sooner,), (later,))
    assert reads.plans(operator, PlanFilter(case="c1")).plans == (later,)
    assert reads.plans(operator, PlanFilter(subject="M-2")).plans == (sooner,)
    assert reads.plans(operator, PlanFilter(due_before=START + timedelta(days=1))).plans == (sooner,)
    assert reads.plans(stranger).plans == ()


# -- when --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (years(1, on="11-01"), [date(2026, 11, 1), date(2027, 11, 1)]),
        (quarters(on="01-15"), [date(2026, 4, 15), date(2026, 7, 15)]),
        (months(1, on="31"), [date(2026, 3, 31), date(2026, 4, 30)]),
        (months(2), [date(2026, 5, 2), date(2026, 7, 2)]),
        (working_days(20), [date(2026, 3, 30), date(2026, 4, 27)]),
    ],
)
def test_a_plan_comes_again_on_its_day(house: Callable[..., Office], every: Any, days: list[date]) -> None:
    here = house(follow_up("again", starts="review", every=every))

    begin(here)
    first = due(here)
    here.turn_to(plans(here)[0].due_at + timedelta(hours=1))

    assert (first, due(here)) == ([days[0]], [days[1]])
    assert reviews(here) == [1]


def test_the_first_one_is_on_the_day_in_a_field_and_none_after_the_last(house: Callable[..., Office]) -> None:
    plan = follow_up("again", starts="review", every=months(), first=on_day("from"), until=on_day("to"))
    here = house(plan)

    begin(here, **{"from": "2026-03-10", "to": "2026-05-10"})
    first = due(here)
    here.turn(days=200)

    assert first == [date(2026, 3, 10)]
    assert (reviews(here), plans(here)) == ([1, 2, 3], ())


def test_a_plan_that_could_only_come_too_late_is_not_made(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", starts="review", every=months(), until=on_day("to")))

    begin(here, to="2026-03-20")

    assert plans(here) == ()


def test_a_plan_comes_so_many_times(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", starts="review", every=months(), times=2))

    begin(here)
    here.turn(days=200)

    assert (reviews(here), plans(here)) == ([1, 2], ())


def test_a_late_sweep_shifts_no_later_occurrence(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", starts="review", every=months(1, on="31")))
    begin(here)

    here.clock.turn_to(datetime(2026, 6, 20, tzinfo=UTC))
    here.drain()

    assert (reviews(here), due(here)) == ([1, 2, 3], [date(2026, 6, 30)])


# -- what --------------------------------------------------------------------------------------------------


def test_an_event_of_a_plan_says_which_one_it_is_and_starts_what_it_starts(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", event="trial.review.v1", every=months(), times=2))

    begin(here, town="330226001")
    here.turn(days=100)

    started = [row.case for row in here.cases() if row.case.workflow == "review"]
    assert sorted((one.fields["occurrence"], one.fields["town"]) for one in started) == [
        (1, "330226001"),
        (2, "330226001"),
    ]


def test_a_started_case_is_a_case_of_its_own_with_somebody_to_act(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", starts="review", months=1))

    begin(here)
    here.turn(days=40)

    (item,) = here.inbox("clerk")
    assert (item.case.workflow, item.case.parent, item.case.key) == ("review", None, "k1")


# -- ended and moved ---------------------------------------------------------------------------------------


def test_a_case_ends_its_plan(house: Callable[..., Office]) -> None:
    stop = beside("trial.stopped.v1", do("stop", end_plan("again")))
    here = house(follow_up("again", starts="review", every=months()), wait("over", event="trial.over.v1"), on=(stop,))
    begin(here)
    before = len(plans(here))

    here.send(here.event("trial.stopped.v1", key="k1"))

    assert (before, plans(here)) == (1, ())


def test_a_case_moves_its_plan_to_a_day_and_the_later_ones_follow(house: Callable[..., Office]) -> None:
    move = beside("trial.put_off.v1", do("move", move_plan("again", to=on_day("day"))), takes=("day",))
    here = house(follow_up("again", starts="review", every=months()), wait("over", event="trial.over.v1"), on=(move,))
    begin(here)

    here.send(here.event("trial.put_off.v1", key="k1", day="2026-04-20"))
    moved = due(here)
    here.turn_to(datetime(2026, 4, 21, tzinfo=UTC))

    assert (moved, due(here), reviews(here)) == ([date(2026, 4, 20)], [date(2026, 5, 20)], [1])


def test_an_event_ends_the_plan_of_a_case_that_ended_long_ago(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", starts="review", every=months(), ends_on="trial.stopped.v1"))
    begin(here)
    here.send(here.event("trial.stopped.v1", key="other"))
    before = len(plans(here))

    here.send(here.event("trial.stopped.v1", key="k1"))

    assert (before, plans(here)) == (1, ())


def test_an_event_moves_the_plan_to_its_day(house: Callable[..., Office]) -> None:
    plan = follow_up("again", starts="review", every=months(), moves_on="trial.put_off.v1", moves_to="day")
    here = house(plan)
    begin(here)

    here.send(here.event("trial.put_off.v1", key="k1", day="2026-06-05"))

    assert due(here) == [date(2026, 6, 5)]


def test_a_new_holder_begins_a_new_interval(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", starts="review", every=quarters(), moves_on="trial.handed_over.v1"))
    begin(here)
    here.turn(days=60)

    here.send(here.event("trial.handed_over.v1", key="k1"))

    assert due(here) == [date(2026, 8, 1)]


def test_a_plan_made_and_ended_by_one_batch_leaves_nothing(house: Callable[..., Office]) -> None:
    here = house(follow_up("again", starts="review", every=months()), do("stop", end_plan("again")))

    begin(here)

    assert plans(here) == ()


def test_plans_keep_the_mark_of_a_sample(units: Units) -> None:
    units.run(lambda unit: unit.write(Changes(plans=[replace(a_plan(), sample=True)])))

    (found,) = units.read(lambda unit: unit.due_plans(9))

    assert found.sample
