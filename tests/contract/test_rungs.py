"""What a ladder does by itself, on every store: once, whoever else is at the case at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import cast

import pytest

from adapters.sql.units import SqlUnit, SqlUnits
from tests.contract.racing import standing, wait_until_blocked
from workflows.language.words import (
    Rung,
    Workflow,
    approve,
    carry_out,
    deem,
    end,
    hand_over,
    jump,
    remind,
    role,
    sequence,
    workflow,
)
from workflows.machine.case import Lane, WorkItem
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act
from workflows.moves.advance import advance
from workflows.moves.batching import save_runs
from workflows.moves.deciding import run_cases
from workflows.moves.running import drain
from workflows.moves.track import fire_timers
from workflows.ports import Vault
from workflows.testkit import Office, Store, staff

MakeStore = Callable[[str, Callable[[], datetime], Vault], Store]
LANE = Lane.INTERACTIVE
WORKERS = 4
ROUNDS = 6
NO = end("refused", "rejected")
AT = "steps/decide"

RUNGS: dict[str, tuple[Rung, ...]] = {
    "remind": (remind(0),),
    "deem": (deem(0, "agree"),),
    "hand_over": (hand_over(0, role("office_head")),),
    "jump": (jump(0, "later"),),
}


def late(name: str, ladder: tuple[Rung, ...]) -> Workflow:
    """A step with such a ladder, and one behind it."""
    step = approve("decide", by=role("officer"), within=3, overdue=ladder, on_reject=NO)
    later = carry_out("later", by=role("clerk"), within=3, overdue=(remind(0),))
    return workflow(
        name, starts_on=f"trial.{name}.v1", about="trial", steps=sequence(step, later, end("done", "approved"))
    )


def opened(make_store: MakeStore) -> Office:
    people = staff(officer="officer", clerk="clerk", head="office_head")
    return Office([late(name, ladder) for name, ladder in RUNGS.items()], people, store=make_store)


def begun(office: Office, name: str, key: str = "k1") -> str:
    """A case that stands at the step, and the clock a moment after it was due, with nothing done about it yet."""
    office.send(office.event(f"trial.{name}.v1", key=key))
    [found] = [row.case.id for row in office.cases() if (row.case.workflow, row.case.key) == (name, key)]
    [item] = [one for one in office.case(found).items if one.closed_at is None]
    assert item.due_at is not None
    office.clock.turn_to(max(item.due_at, office.clock()))
    return found


def climbed(office: Office, case: str) -> list[str]:
    """The rungs that the history of a case tells, each with the authority it was taken by."""
    return [one.body["authority"] for one in office.history(case) if one.body["what"] == "timer:ladder"]


def states(office: Office, case: str) -> list[tuple[str, str]]:
    return sorted((one.path, one.state.value) for one in office.case(case).items)


@pytest.mark.parametrize(
    ("name", "found", "rule"),
    [
        ("remind", [(AT, "open")], "rule:remind"),
        ("deem", [(AT, "deemed_agreed"), ("steps/later", "open")], f"rule:ladder:{AT}:0"),
        ("hand_over", [(AT, "open"), (AT, "transferred")], f"rule:ladder:{AT}:0"),
        ("jump", [(AT, "cancelled"), ("steps/later", "open")], f"rule:ladder:{AT}:0"),
    ],
)
def test_a_rung_is_taken_when_it_is_due(
    make_store: MakeStore, name: str, found: list[tuple[str, str]], rule: str
) -> None:
    office = opened(make_store)
    case = begun(office, name)

    office.drain()

    assert (states(office, case), climbed(office, case)) == (found, [rule])


def pressed(office: Office, item: WorkItem) -> Answer:
    """The officer agrees, at once."""
    viewer = office.viewer("officer")
    wanted = Act(
        key=f"click {item.id}",
        case=item.case,
        item=item.id,
        verb="agree",
        actor="officer",
        principals=viewer.principals,
        seen=item.version,
    )
    return act(office.engine, wanted)


# -- two at once -------------------------------------------------------------------------------------------


@pytest.mark.postgres
class TestAtTheSameMoment:
    """On PostgreSQL, where several workers write at once."""

    @pytest.fixture
    def store(self) -> str:
        return "postgres"

    @pytest.mark.parametrize("name", list(RUNGS))
    def test_workers_that_come_together_take_a_rung_once(self, make_store: MakeStore, name: str) -> None:
        office = opened(make_store)
        for number in range(ROUNDS):
            case = begun(office, name, key=f"k{number}")
            together = threading.Barrier(WORKERS)

            def work(line: threading.Barrier = together) -> int:
                line.wait()
                return drain(office.engine)

            with ThreadPoolExecutor(WORKERS) as threads:
                for done in [threads.submit(work) for _ in range(WORKERS)]:
                    done.result()
            office.drain()

            assert len(climbed(office, case)) == 1

    def test_a_timer_that_one_worker_fires_another_passes_over(self, make_store: MakeStore) -> None:
        office = opened(make_store)
        case = begun(office, "deem")
        units = cast("SqlUnits", office.store.units)

        with standing(units, lambda unit: unit.fire_timers(9)) as first:
            second = fire_timers(office.engine, LANE)
            won = first.commit()
        office.drain()

        assert (won, second) == (1, 0)
        assert len(climbed(office, case)) == 1

    def test_a_rung_that_one_worker_is_about_to_commit_another_passes_over_and_a_click_comes_too_late(
        self, make_store: MakeStore
    ) -> None:
        office = opened(make_store)
        case = begun(office, "deem")
        fire_timers(office.engine, LANE)
        units, [mine] = cast("SqlUnits", office.store.units), office.inbox("officer")

        def decided(unit: SqlUnit) -> int:
            runs = run_cases(office.engine, unit, unit.claim_fresh(LANE, 9))
            return save_runs(office.engine, unit, runs).handled

        with standing(units, decided) as first, ThreadPoolExecutor(1) as thread:
            second = advance(office.engine, LANE)
            click = thread.submit(pressed, office, mine.item)
            wait_until_blocked(units)
            won = first.commit()
            answer = click.result(10)
        office.drain()

        assert (won, second, answer.status) == (1, 0, 409)
        assert answer.body["by"] == f"rule:ladder:{AT}:0"
        assert states(office, case) == [(AT, "deemed_agreed"), ("steps/later", "open")]

    def test_of_a_click_and_the_rung_one_decides(self, make_store: MakeStore) -> None:
        office = opened(make_store)
        for number in range(ROUNDS):
            case = begun(office, "deem", key=f"k{number}")
            [mine] = [one for one in office.inbox("officer") if one.case.id == case]
            line = threading.Barrier(2)

            def click(item: WorkItem = mine.item, line: threading.Barrier = line) -> Answer:
                line.wait()
                return pressed(office, item)

            def work(line: threading.Barrier = line) -> int:
                line.wait()
                return drain(office.engine)

            with ThreadPoolExecutor(2) as threads:
                answer, _ = threads.submit(click), threads.submit(work)
            office.drain()

            [closed] = [one for one in office.case(case).items if one.path == AT]
            assert (answer.result().status, closed.state.value) in {(200, "approved"), (409, "deemed_agreed")}
            assert len(climbed(office, case)) == (closed.state.value == "deemed_agreed")
