"""Accept: keys, duplicates, conflicts, whole and partial submissions, order, commits of unknown outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.moves.offices import CHECKED, WAITING, Faults, began, faulty, more, office, rows, take, task, trial
from workflows.language.words import beside, nothing
from workflows.machine.case import Lane
from workflows.moves.accepting import Submission, accept
from workflows.ports import CommitUnknown


def test_a_new_event_is_accepted_and_names_the_case_it_starts() -> None:
    here = office()

    [accepted] = take(here.engine, began(here))

    assert accepted.status == "accepted"
    assert accepted.cases == tuple(case.id for case in rows(here, "case"))


def test_the_same_event_again_is_a_duplicate_of_the_first() -> None:
    here = office()
    event = began(here)

    [first], [again] = take(here.engine, event), take(here.engine, event)

    assert (again.status, again.no) == ("duplicate", first.no)
    assert len(rows(here, "case")) == 1


def test_the_same_key_with_another_body_is_a_conflict() -> None:
    here = office()
    event = began(here)
    take(here.engine, event)

    [answer] = take(here.engine, replace(event, body_hash="another"))

    assert answer.status == "conflict"


def test_an_event_that_stands_twice_in_one_submission_is_stored_once() -> None:
    here = office()
    event = began(here)

    answers = take(here.engine, event, event)

    assert [one.status for one in answers] == ["accepted", "duplicate"]
    assert len(rows(here, "inbox")) == 1


def test_of_two_callers_with_the_same_event_the_first_has_it_accepted() -> None:
    here = office()
    event = began(here)

    answers = accept(here.engine, [Submission((event,), whole=True), Submission((event,), whole=True)])

    assert [one.status for [one] in answers] == ["accepted", "duplicate"]


def test_a_whole_submission_with_a_conflict_stores_nothing_and_its_neighbours_are_kept() -> None:
    here = office()
    known = began(here, "known")
    take(here.engine, known)
    spoiled = Submission((began(here, "x"), replace(known, body_hash="another")), whole=True)
    left, right = Submission((began(here, "left"),), whole=True), Submission((began(here, "right"),), whole=False)

    answers = accept(here.engine, [left, spoiled, right])

    assert [[one.status for one in answer] for answer in answers] == [
        ["accepted"],
        ["accepted", "conflict"],
        ["accepted"],
    ]
    assert {case.key for case in rows(here, "case")} == {"known", "left", "right"}


def test_a_partial_submission_keeps_what_is_sound() -> None:
    here = office()
    known = began(here, "known")
    take(here.engine, known)

    answers = take(here.engine, began(here, "x"), replace(known, body_hash="another"), whole=False)

    assert [one.status for one in answers] == ["accepted", "conflict"]
    assert {case.key for case in rows(here, "case")} == {"known", "x"}


def test_a_submission_spoiled_only_by_another_spoiled_one_is_stored_after_all() -> None:
    here = office()
    known, shared = began(here, "known"), began(here, "shared")
    take(here.engine, known)
    first = Submission((shared, replace(known, body_hash="another")), whole=True)
    second = Submission((replace(shared, body_hash="mine"),), whole=True)

    answers = accept(here.engine, [first, second])

    assert [one.status for one in answers[1]] == ["accepted"]
    assert {case.key for case in rows(here, "case")} == {"known", "shared"}


def test_events_reach_their_case_in_the_order_of_arrival_whatever_their_ids() -> None:
    here = office(trial(task(), on=(beside("trial.more.v1", nothing(), takes=("place",)),)))
    [case] = here.send(began(here)).cases

    take(here.engine, *(more(here, id=f"z{9 - number}", place=f"T{number}") for number in range(5)))
    here.drain()

    assert here.case(case).head.fields["place"] == "T4"


def test_a_submission_of_bulk_events_goes_the_bulk_way_and_one_click_among_them_does_not() -> None:
    here = office()
    engine, faults = faulty(here)
    bulk = replace(began(here, "bulk"), lane=Lane.BULK)

    take(engine, bulk)
    take(engine, replace(began(here, "more"), lane=Lane.BULK), began(here, "click"))

    assert faults.lanes == [Lane.BULK, Lane.INTERACTIVE]
    assert faults.woken == [Lane.BULK, Lane.BULK, Lane.INTERACTIVE]


def test_nothing_to_accept_is_accepted() -> None:
    here = office()

    assert accept(here.engine, []) == []
    assert take(here.engine) == ()


# -- the answer of the commit is lost ----------------------------------------------------------------------


@pytest.mark.parametrize("end", ["kept", "lost"])
def test_after_a_commit_of_unknown_outcome_the_event_is_there_once_and_the_answer_is_as_ever(end: str) -> None:
    here = office()
    engine, faults = faulty(here)
    faults.commits = [end]

    [answer] = take(engine, began(here))

    assert answer.status == "accepted"
    assert answer.cases == tuple(case.id for case in rows(here, "case"))
    assert len(rows(here, "inbox")) == 1
    assert faults.woken == [Lane.INTERACTIVE]


def test_what_was_a_duplicate_before_the_lost_commit_is_one_after_it() -> None:
    here = office()
    known = began(here, "known")
    take(here.engine, known)
    engine, faults = faulty(here)
    faults.commits = ["kept"]

    answers = take(engine, known, began(here, "x"))

    assert [one.status for one in answers] == ["duplicate", "accepted"]


def test_a_commit_that_stays_unknown_is_said_to_the_caller() -> None:
    here = office()
    engine, faults = faulty(here)
    faults.commits = ["lost", "lost"]

    with pytest.raises(CommitUnknown):
        take(engine, began(here))

    assert rows(here, "case") == []


def test_a_woken_case_is_named_too() -> None:
    here = office(WAITING, CHECKED.model_copy(update={"name": "other"}))
    cases = here.send(began(here)).cases

    [answer] = take(here.engine, more(here))

    assert len(cases) == 2
    assert answer.cases == (next(row.case.id for row in here.cases() if row.case.workflow == "trial"),)


def test_faults_are_off_unless_a_test_plans_them() -> None:
    here = office()
    engine, faults = faulty(here)

    take(engine, began(here))

    assert (faults.before, faults.after, faults.commits) == (Faults().before, Faults().after, [])
