"""Advance: one bad case keeps to itself, the loser of the guard goes again, what cannot be saved is halved."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.moves.offices import CHECKED, WAITING, Faults, began, faulty, more, office, rows, take, task, trial
from workflows.language.words import always, do, message, parallel, role, sequence, set_field, wait
from workflows.machine import entering
from workflows.machine.case import Lane, State
from workflows.machine.decide import decide
from workflows.machine.stimuli import Act
from workflows.moves import deciding
from workflows.moves.acting import act
from workflows.moves.advance import advance, advance_cases
from workflows.ports import Conflict, Engine, StoreUnavailable
from workflows.testkit import Office


def states(here: Office) -> dict[str, int]:
    """How far each case is, by key."""
    return {case.key: case.seq for case in rows(here, "case")}


def raise_for(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    """Let `decide` fail for the cases of these keys."""

    def failing(definition: Any, before: Any, *given: Any) -> Any:
        if before.head.key in keys:
            message_ = "a value of somebody: 样例"
            raise KeyError(message_)
        return decide(definition, before, *given)

    monkeypatch.setattr(deciding, "decide", failing)


def refuse_to_write(*keys: str) -> Callable[[str, tuple[Any, ...]], None]:
    """A store that cannot write the history of the cases of these keys, whoever they are written with."""

    def refuse(name: str, given: tuple[Any, ...]) -> None:
        if name == "write" and any(one.body["delta"].get("fields", {}).get("key") in keys for one in given[0].history):
            message_ = "value too long for type"
            raise ValueError(message_)

    return refuse


def three(here: Office) -> None:
    take(here.engine, *(began(here, key) for key in ("a", "b", "c")))


# -- one bad case ------------------------------------------------------------------------------------------


def test_a_case_that_fails_to_be_decided_stays_behind_and_the_others_are_saved(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here = office()
    three(here)
    raise_for(monkeypatch, "b")

    with caplog.at_level(logging.ERROR):
        moved = advance(here.engine, Lane.INTERACTIVE)

    assert (moved, states(here)) == (2, {"a": 1, "b": 0, "c": 1})
    assert len(rows(here, "inbox")) == 1
    assert "KeyError at " in caplog.text
    assert "样例" not in caplog.text


def test_a_case_whose_entry_cannot_be_chained_stays_behind_alone() -> None:
    here = office()
    take(here.engine, began(here, "a"), replace(began(here, "b"), plain={"share": 0.5}))

    advance(here.engine, Lane.INTERACTIVE)

    assert states(here) == {"a": 1, "b": 0}


def test_a_case_whose_definition_is_not_known_here_stays_behind_alone() -> None:
    here = office(CHECKED, trial(task(), name="gone", starts_on="trial.gone.v1"))
    take(here.engine, began(here, "a"), here.event("trial.gone.v1", key="b"))
    library: Any = here.library
    gone = next(case for case in rows(here, "case") if case.key == "b").workflow_hash
    library._by_hash.pop(gone)

    advance(here.engine, Lane.INTERACTIVE)

    assert states(here) == {"a": 1, "b": 0}


def test_a_failing_row_keeps_back_what_the_case_decided_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    here = office(WAITING)
    take(here.engine, began(here))
    calls: list[Any] = []

    def second_fails(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise KeyError
        return decide(*given)

    take(here.engine, more(here))
    here.store.units.run(lambda unit: unit.post([replace(rows(here, "inbox")[0], event=2, starts=False)]))
    monkeypatch.setattr(deciding, "decide", second_fails)

    advance(here.engine, Lane.INTERACTIVE)

    assert states(here) == {"k1": 0}
    assert len(rows(here, "inbox")) == 2


def test_a_case_that_does_not_come_to_rest_is_quarantined_and_the_others_are_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endless = trial(*(do(f"n{number}", set_field("x", value=number)) for number in range(9)), name="endless")
    here = office(CHECKED, replace_start(endless, "trial.endless.v1"))
    take(here.engine, began(here, "a"), here.event("trial.endless.v1", key="b"))
    monkeypatch.setattr(entering, "INNER_STEPS", 5)

    advance(here.engine, Lane.INTERACTIVE)

    assert states(here) == {"a": 1, "b": 0}
    [marked] = [case for case in rows(here, "case") if case.quarantine is not None]
    assert (marked.key, "without coming to rest" in marked.quarantine) == ("b", True)
    assert len(rows(here, "inbox")) == 1


def replace_start(definition: Any, starts_on: str) -> Any:
    return definition.model_copy(update={"starts_on": starts_on})


# -- what cannot be saved ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [("b",), ("a", "d"), ("a", "b", "c", "d", "e")])
def test_a_batch_that_cannot_be_saved_is_halved_until_the_bad_cases_are_left(bad: tuple[str, ...]) -> None:
    here = office()
    keys = ("a", "b", "c", "d", "e")
    events = [replace(began(here, key), plain={"key": key}) for key in keys]
    take(here.engine, *events)
    engine, faults = faulty(here)
    faults.refuse = refuse_to_write(*bad)

    moved = advance(engine, Lane.INTERACTIVE)

    assert moved == len(keys) - len(bad)
    assert states(here) == {key: int(key not in bad) for key in keys}


def test_a_store_that_does_not_answer_is_no_case_gone_wrong() -> None:
    here = office()
    three(here)
    engine, faults = faulty(here)
    faults.before["write"] = _unavailable

    with pytest.raises(StoreUnavailable):
        advance(engine, Lane.INTERACTIVE)

    assert len(rows(here, "inbox")) == 3


def _unavailable() -> None:
    raise StoreUnavailable("the database does not answer")


def test_a_store_that_fails_before_a_case_was_had_says_so() -> None:
    here = office()
    engine, faults = faulty(here)
    faults.before["claim_fresh"] = _broken

    with pytest.raises(ValueError, match="broken"):
        advance(engine, Lane.INTERACTIVE)


def _broken() -> None:
    message_ = "broken"
    raise ValueError(message_)


# -- the guard ---------------------------------------------------------------------------------------------


def raced(here: Office, meanwhile: Callable[[], None], moment: str = "load") -> tuple[Engine, Faults]:
    engine, faults = faulty(here)
    faults.after[moment] = meanwhile
    return engine, faults


def test_the_loser_of_the_guard_writes_nothing_and_goes_again() -> None:
    steps = parallel(
        "both",
        always(task("work")),
        always(sequence(wait("more", event="trial.more.v1"), message("heard", to=role("clerk")))),
    )
    here = office(trial(steps))
    here.send(began(here))
    take(here.engine, more(here))
    before = len(rows(here, "effect"))
    engine, faults = raced(here, lambda: click(here))

    moved = advance(engine, Lane.INTERACTIVE)

    assert moved == 0
    assert len(rows(here, "effect")) == before
    assert faults.woken == [Lane.INTERACTIVE]
    assert advance(here.engine, Lane.INTERACTIVE) == 1
    assert rows(here, "case")[0].state is State.COMPLETED


def click(here: Office) -> None:
    """Only the act, without the draining of the office's own `act`."""
    [view] = here.inbox("clerk")
    principals = here.viewer("clerk").principals
    wanted = Act("click", view.item.case, view.item.id, "complete", "clerk", principals, None)
    assert act(here.engine, wanted).status == 200


def test_only_fresh_rows_of_the_lane_are_taken() -> None:
    here = office()
    take(here.engine, replace(began(here, "bulk"), lane=Lane.BULK))
    take(here.engine, began(here, "click"))

    assert advance(here.engine, Lane.INTERACTIVE) == 1
    assert states(here) == {"bulk": 0, "click": 1}
    assert advance(here.engine, Lane.BULK) == 1


def test_a_batch_takes_no_more_cases_than_the_store_asks_for() -> None:
    here = office()
    three(here)
    engine, _ = faulty(here, batch=2)

    assert [advance(engine, Lane.INTERACTIVE) for _ in range(3)] == [2, 1, 0]


def test_named_cases_are_taken_whatever_their_lane() -> None:
    here = office()
    take(here.engine, replace(began(here, "bulk"), lane=Lane.BULK))

    assert advance_cases(here.engine, [rows(here, "case")[0].id], Lane.INTERACTIVE) == 1


def test_a_conflict_that_does_not_end_leaves_the_case_to_the_sweep() -> None:
    here = office()
    take(here.engine, began(here))
    engine, faults = faulty(here)

    def always_late(name: str, given: tuple[Any, ...]) -> None:
        if name == "write":
            raise Conflict("somebody was first")

    faults.refuse = always_late

    assert advance(engine, Lane.INTERACTIVE) == 0
    assert len(rows(here, "inbox")) == 1
