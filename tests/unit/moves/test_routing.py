"""Routing: neither order of arrival loses the event, also where both arrive at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.moves.offices import MORE, SAYING, WAITING, began, faulty, more, office, rows, take, task, trial
from workflows.language.words import beside, carry_out, end, interrupts, nothing, role, wait
from workflows.machine.case import Lane
from workflows.moves.advance import advance
from workflows.moves.routing import route, source_of
from workflows.ports import StoredEvent, Unit
from workflows.testkit import Office


def place(here: Office) -> str:
    [case] = [row.case for row in here.cases() if row.case.workflow == "trial"]
    found: str = here.case(case.id).head.fields.get("place", "")
    return found


def test_an_event_that_comes_after_its_wait_wakes_the_case() -> None:
    here = office(WAITING)
    here.send(began(here))

    here.send(more(here, place="T1"))

    assert place(here) == "T1"


def test_an_event_that_comes_before_its_wait_is_found_by_it() -> None:
    here = office(WAITING)
    here.send(more(here, place="T1"))
    assert [(one.type, one.key) for one in rows(here, "unmatched")] == [(MORE, "k1")]

    here.send(began(here))

    assert place(here) == "T1"
    assert rows(here, "unmatched") == []


def test_of_several_parked_events_the_oldest_answers_and_the_others_stay() -> None:
    here = office(WAITING)
    for number in (1, 2):
        here.send(more(here, place=f"T{number}"))

    here.send(began(here))

    assert place(here) == "T1"
    assert len(rows(here, "unmatched")) == 1


@pytest.mark.parametrize("moment", ["lock_correlations", "take_unmatched", "write", "clear_inbox"])
def test_the_event_is_accepted_while_the_wait_is_being_opened(moment: str) -> None:
    here = office(WAITING)
    take(here.engine, began(here))
    engine, faults = faulty(here)
    faults.before[moment] = lambda: _taken(here)

    advance(engine, Lane.INTERACTIVE)
    here.drain()

    assert place(here) == "T1"
    assert rows(here, "unmatched") == []


@pytest.mark.parametrize("moment", ["lock_correlations", "subscriptions_to", "park_unmatched", "add_events"])
def test_the_wait_is_opened_while_the_event_is_being_accepted(moment: str) -> None:
    here = office(WAITING)
    take(here.engine, began(here))
    engine, faults = faulty(here)
    faults.after[moment] = lambda: _advanced(here)

    take(engine, more(here, place="T1"))
    here.drain()

    assert place(here) == "T1"
    assert rows(here, "unmatched") == []


def _taken(here: Office) -> None:
    take(here.engine, more(here, place="T1"))


def _advanced(here: Office) -> None:
    advance(here.engine, Lane.INTERACTIVE)


def _withdraw_the_task(here: Office) -> Callable[[], None]:
    def done() -> None:
        here.act("department:office", here.cases()[0].case.id, "withdraw")

    return done


def test_an_event_whose_case_ended_meanwhile_is_kept_in_sight() -> None:
    here = office(WAITING)
    here.send(began(here))
    take(here.engine, more(here))
    [case] = [row.case.id for row in here.cases()]
    engine, faults = faulty(here)
    faults.after["claim_fresh"] = _withdraw_the_task(here)

    advance(engine, Lane.INTERACTIVE)
    here.drain()

    assert here.case(case).head.state == "withdrawn"
    assert [(one.type, one.key) for one in rows(here, "unmatched")] == [(MORE, "k1")]


def test_an_event_of_others_that_nobody_knows_is_kept_in_sight() -> None:
    here = office(WAITING)

    [answer] = take(here.engine, here.event("trial.unknown.v1", key="k1"))

    assert (answer.status, answer.cases) == ("accepted", ())
    assert len(rows(here, "unmatched")) == 1


def test_what_the_engine_says_itself_is_parked_only_where_somebody_may_wait_for_it() -> None:
    awaiting = trial(wait("said", event="trial.said.v1"), name="awaiting", starts_on="trial.asked.v1")
    deaf, listening = office(SAYING), office(SAYING, awaiting)

    deaf.send(began(deaf))
    listening.send(began(listening))

    assert rows(deaf, "unmatched") == []
    assert [one.type for one in rows(listening, "unmatched")] == ["trial.said.v1"]


def test_an_event_that_one_case_says_wakes_another() -> None:
    awaiting = trial(
        wait("said", event="trial.said.v1"),
        carry_out("next", by=role("clerk")),
        name="awaiting",
        starts_on="trial.asked.v1",
    )
    here = office(SAYING, awaiting)
    here.send(here.event("trial.asked.v1", key="k1"))

    here.send(began(here))

    assert {one.item.path for one in here.inbox("clerk")} == {"steps/task", "steps/next"}


def test_what_a_case_says_comes_in_the_order_in_which_it_says_it_from_the_engines_own_source() -> None:
    from_engine = source_of("330226")
    here = office(SAYING)
    here.send(began(here))

    units = here.store.units
    event = units.read(lambda unit: unit.events([2]))[2].event

    assert (event.source, event.type) == (from_engine, "trial.said.v1")


def test_one_event_may_start_one_case_and_wake_another() -> None:
    other = trial(task("other"), name="other", starts_on=MORE)
    here = office(WAITING, other)
    here.send(began(here))

    answer = here.send(more(here, place="T1"))

    assert len(answer.cases) == 2
    assert {one.item.path for one in here.inbox("clerk")} == {"steps/task", "steps/other"}


def test_an_event_that_starts_a_case_reaches_also_the_case_that_was_accepted_with_it() -> None:
    stopping = trial(task("stop"), name="stopping", starts_on="trial.stopped.v1")
    here = office(trial(task(), on=(interrupts("trial.stopped.v1", end("stopped")),)), stopping)

    started, _ = take(here.engine, began(here), here.event("trial.stopped.v1", key="k1"))
    here.drain()

    assert here.case(started.cases[0]).head.outcome == "stopped"
    assert [one.item.path for one in here.inbox("clerk")] == ["steps/stop"]


def test_events_are_posted_as_they_arrived_also_where_the_store_numbers_them_by_their_keys() -> None:
    here = office(trial(task(), on=(beside(MORE, nothing(), takes=("place",)),)))
    [case] = here.send(began(here)).cases
    events = [more(here, place=f"T{number}") for number in range(4)]

    def store(unit: Unit) -> None:
        keyed = reversed(unit.key_events(events[::-1]))
        stored = [StoredEvent(one.no, event, unit.now) for one, event in zip(keyed, events, strict=True)]
        unit.add_events(stored)
        route(here.engine, unit, stored)

    here.store.units.run(store)
    here.drain()

    assert here.case(case).head.fields["place"] == "T3"
