"""The sweep: with no hint at all everything moves; what fails is counted, left alone, and quarantined at last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.moves.offices import WAITING, began, more, office, rows, take
from workflows.machine.case import Lane
from workflows.machine.decide import decide
from workflows.moves import deciding
from workflows.moves.advance import advance
from workflows.moves.sweeping import MOST_ATTEMPTS, sweep, sweep_inbox
from workflows.testkit import Clock, Office


def wait_for(here: Office, seconds: float) -> None:
    """Turn the clock without letting the office work."""
    clock: Clock = here.clock
    clock.turn_to(clock() + timedelta(seconds=seconds))


def fail_for(monkeypatch: pytest.MonkeyPatch, *keys: str) -> list[list[str]]:
    """Let `decide` fail for these cases; returns the keys that each batch took, filled as they run."""
    real_run = deciding.run_cases
    batches: list[list[str]] = []

    def failing(definition: Any, before: Any, *given: Any) -> Any:
        if before.head.key in keys:
            raise KeyError
        return decide(definition, before, *given)

    def run_cases(*given: Any) -> Any:
        runs = real_run(*given)
        batches.append(sorted(run.before.head.key for run in runs.values()))
        return runs

    monkeypatch.setattr(deciding, "decide", failing)
    monkeypatch.setattr("workflows.moves.advance.run_cases", run_cases)
    return batches


def test_sweeping_alone_drains_everything() -> None:
    here = office(WAITING)
    take(here.engine, began(here))
    take(here.engine, more(here))
    wait_for(here, 3)

    moved = 0
    while step := sweep(here.engine):
        moved += step
        wait_for(here, 3)

    assert moved > 0
    assert [one.item.path for one in here.inbox("clerk")] == ["steps/task"]
    assert rows(here, "inbox") == []


def test_a_fresh_row_is_left_to_the_hinted_run_for_a_moment() -> None:
    here = office()
    take(here.engine, began(here))

    assert sweep_inbox(here.engine, Lane.INTERACTIVE) == 0
    wait_for(here, 3)
    assert sweep_inbox(here.engine, Lane.INTERACTIVE) == 1


def test_a_hinted_run_leaves_what_the_sweep_has_tried() -> None:
    here = office()
    take(here.engine, began(here))
    wait_for(here, 3)
    here.store.units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 10))

    assert advance(here.engine, Lane.INTERACTIVE) == 0


def test_an_attempt_is_counted_before_the_work_so_that_a_case_that_kills_its_worker_is_counted_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = office()
    take(here.engine, began(here))
    wait_for(here, 3)
    monkeypatch.setattr("workflows.moves.advance.run_cases", _killed)

    with pytest.raises(SystemExit):
        sweep_inbox(here.engine, Lane.INTERACTIVE)

    assert [row.attempts for row in rows(here, "inbox")] == [1]


def _killed(*given: Any) -> Any:
    raise SystemExit(9)


def test_what_was_tried_before_runs_alone_and_the_first_tries_together(monkeypatch: pytest.MonkeyPatch) -> None:
    here = office()
    take(here.engine, *(began(here, key) for key in ("a", "b", "c")))
    batches = fail_for(monkeypatch, "a", "b")
    wait_for(here, 3)

    sweep_inbox(here.engine, Lane.INTERACTIVE)
    wait_for(here, 600)
    take(here.engine, began(here, "d"), began(here, "e"))
    wait_for(here, 3)
    sweep_inbox(here.engine, Lane.INTERACTIVE)

    assert batches[:2] == [["a", "b", "c"], ["d", "e"]]
    assert sorted(batches[2:]) == [["a"], ["b"]]


def test_a_case_that_keeps_failing_is_quarantined_in_sight_and_tried_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    here = office()
    take(here.engine, began(here, "bad"), began(here, "good"))
    batches = fail_for(monkeypatch, "bad")

    for _ in range(MOST_ATTEMPTS + 2):
        wait_for(here, 600)
        sweep(here.engine)

    assert len([one for one in batches if "bad" in one]) == MOST_ATTEMPTS - 1
    quarantined = {case.key: case.quarantine for case in rows(here, "case")}
    assert quarantined["good"] is None
    assert str(quarantined["bad"]).startswith("inbox row 1: 5 attempts failed")
    assert [row.attempts for row in rows(here, "inbox")] == [MOST_ATTEMPTS]


def test_tries_come_further_and_further_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    here = office()
    take(here.engine, began(here))
    fail_for(monkeypatch, "k1")
    rests = []

    for _ in range(3):
        wait_for(here, 600)
        sweep_inbox(here.engine, Lane.INTERACTIVE)
        rests.append(rows(here, "inbox")[0].ready_at - here.clock())

    assert rests == sorted(set(rests))
