"""The board: kept from the feed, the same when written anew, and each figure as long as the list that it counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from tests.contract.dying import DyingUnits, Killed
from workflows.language.words import approve, carry_out, end, remind, role, sequence, wait, workflow
from workflows.machine.case import Lane
from workflows.moves.counting import follow_feed, rebuild
from workflows.moves.sealing import seal
from workflows.policy import Viewer, department_viewer, operator_viewer
from workflows.ports import Units, Vault
from workflows.reads import CaseFilter, Tally
from workflows.testkit import Office, Store, staff

MakeStore = Callable[[str, Callable[[], datetime], Vault], Store]

QUICK = workflow(
    "quick",
    starts_on="trial.quick.v1",
    about="trial",
    steps=sequence(
        approve("check", by=role("officer"), within=2, overdue=(remind(0),), on_reject=end("refused", "rejected")),
        end("granted", "approved"),
    ),
)
SLOW = workflow(
    "slow",
    starts_on="trial.slow.v1",
    about="trial",
    steps=sequence(carry_out("visit", by=role("officer"), within=20, overdue=(remind(0),)), end("done")),
)

WAITS = workflow(
    "waits",
    starts_on="trial.waits.v1",
    about="trial",
    steps=sequence(wait("papers", event="trial.more.v1", within=5, silence=end("silent")), end("done")),
)


@pytest.fixture
def office(make_store: MakeStore) -> Office:
    """Three quick cases of two departments, one of them decided, and a slow one."""
    here = Office([QUICK, SLOW, WAITS], staff(officer="officer", head="office_head"), store=make_store)
    here.send(here.event("trial.quick.v1", key="k1", department="a"))
    here.act("officer", here.inbox("officer")[0], "agree")
    for number, department in enumerate("aab"):
        here.send(here.event("trial.quick.v1", key=f"q{number}", department=department))
    here.send(here.event("trial.slow.v1", key="s1", department="a"))
    here.drain()
    return here


def board(here: Office, viewer: Viewer | None = None) -> tuple[Tally, ...]:
    return here.store.reads.board(viewer or operator_viewer(here.county))


def counted(here: Office, one: Tally, light: str | None) -> int:
    """How many cases the list of a figure shows."""
    wanted = CaseFilter(workflow=one.workflow, state=one.state, department=one.department, light=light)
    return len(here.store.reads.cases(operator_viewer(here.county), wanted, 99).rows)


def test_cases_under_way_are_counted_by_workflow_state_and_department(office: Office) -> None:
    assert board(office) == (
        Tally("quick", "running", "a", 2, 0, 0, on_time=2),
        Tally("quick", "running", "b", 1, 0, 0, on_time=1),
        Tally("slow", "running", "a", 1, 0, 0, on_time=1),
    )


def test_lights_change_with_the_clock_and_without_an_event(office: Office) -> None:
    office.turn(days=2, hours=5)
    near = [(one.near_due, one.overdue) for one in board(office)]
    office.turn(days=3)

    assert near == [(2, 0), (1, 0), (0, 0)]
    assert [(one.near_due, one.overdue) for one in board(office)] == [(0, 2), (0, 1), (0, 0)]


@pytest.mark.parametrize("days", [0, 1.5, 4, 40])
def test_each_figure_is_as_long_as_its_list(office: Office, days: float) -> None:
    office.turn(days=days)

    for one in board(office):
        lists = [counted(office, one, light) for light in (None, "yellow", "red", "green", "grey")]
        assert [one.open, one.near_due, one.overdue, one.on_time, one.paused] == lists


def test_a_case_whose_tree_stands_still_is_grey_and_one_that_asks_nobody_has_no_light(office: Office) -> None:
    (row,) = [one for one in office.cases() if one.case.workflow == "slow"]
    office.suspend("head", row.case.id, "样例：等待上级答复")
    office.send(office.event("trial.waits.v1", key="w1", department="c"))
    office.drain()

    lit = {one.workflow: (one.on_time, one.paused, one.open) for one in board(office) if one.workflow != "quick"}

    assert lit == {"slow": (0, 1, 1), "waits": (0, 0, 1)}
    for one in board(office):
        assert (one.on_time, one.paused) == (counted(office, one, "green"), counted(office, one, "grey"))


def test_the_board_written_anew_is_the_board_that_was_kept(office: Office) -> None:
    office.act("officer", office.inbox("officer")[0], "reject", opinion="样例：不同意")
    office.turn(days=4)
    kept = board(office)

    looked = rebuild(office.engine)

    assert looked > 0
    assert board(office) == kept


def test_following_the_same_entries_again_changes_nothing(office: Office) -> None:
    kept = board(office)

    office.store.units.run(lambda unit: unit.board.begin_anew())
    first = follow_feed(office.engine)
    again = follow_feed(office.engine)

    assert (first > 0, again) == (True, 0)
    assert board(office) == kept


def test_a_kill_before_the_commit_loses_no_entry(office: Office) -> None:
    kept = board(office)
    office.store.units.run(lambda unit: unit.board.begin_anew())

    with pytest.raises(Killed):
        follow_feed(replace(office.engine, units=DyingUnits(office.store.units)))
    follow_feed(office.engine)

    assert board(office) == kept


def test_what_was_not_sealed_yet_is_not_on_the_board(office: Office) -> None:
    before = board(office)
    units: Units = office.store.units

    units.run(lambda unit: unit.board.follow(99), Lane.BULK)
    seal(office.engine)

    assert board(office) == before


def test_others_see_the_figures_of_what_they_may_see(office: Office) -> None:
    viewer = department_viewer(office.county, "b", frozenset(), frozenset({"read"}))

    assert board(office, viewer) == (Tally("quick", "running", "b", 1, 0, 0, on_time=1),)
