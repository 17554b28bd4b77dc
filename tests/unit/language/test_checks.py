"""What `check` says of definitions that are whole, together, too large, or lack people. The mistakes have their own files."""

import re
from collections.abc import Mapping
from datetime import date
from time import process_time

from domain.events import EVENT_TYPES
from tests.workflows_for_tests import EVENTS, people
from workflows.language.checks import check, check_all
from workflows.language.expressions import given
from workflows.language.rules.naming import DEEPEST, MOST_STEPS
from workflows.language.words import (
    Approve,
    Step,
    Workflow,
    approve,
    do,
    emit,
    end,
    follow_up,
    nothing,
    parallel,
    remind,
    role,
    sequence,
    wait,
    when,
    workflow,
)
from workflows.library import CATALOGUE
from workflows.testkit import staff

DONE = end("done")


def trial(*steps: Step, name: str = "trial", starts_on: str = "trial.requested.v1") -> Workflow:
    return workflow(name, starts_on=starts_on, about="trial", person=True, steps=sequence(*steps))


def asked(by: str = "section_officer") -> Approve:
    return approve("asked", by=role(by), within=3, overdue=(remind(0),), on_reject=end("refused", "rejected"))


def listening(name: str, *, waits_for: str, emits: str, patiently: bool = True) -> Workflow:
    values = {"trial.closed.v1": {"result": "", "receipt": "", "by": ""}}.get(emits, {})
    silence = None if patiently else nothing()
    return trial(
        wait("heard", event=waits_for, within=5, overdue=(remind(-1),), silence=silence),
        do("answer", emit(emits, **values)),
        DONE,
        name=name,
    )


CLOSED_AT_ONCE = do("go", emit("trial.closed.v1", result="", receipt="", by=""))
REVIEWED_AT_ONCE = do("go", emit("trial.review_due.v1"))
REVIEWED_LATER = follow_up("go", event="trial.review_due.v1", months=6)


def test_workflows_that_start_each_other_at_once_are_named() -> None:
    one = trial(CLOSED_AT_ONCE, DONE, name="one", starts_on="trial.review_due.v1")
    two = trial(REVIEWED_AT_ONCE, DONE, name="two", starts_on="trial.closed.v1")

    found = check_all([one, two], EVENTS)

    assert [(found.code, found.values["cycle"]) for found in found["one"]] == [("start_cycle", "one → two → one")]


def test_workflows_that_start_each_other_with_months_between_are_clean() -> None:
    one = trial(CLOSED_AT_ONCE, DONE, name="one", starts_on="trial.review_due.v1")
    two = trial(REVIEWED_LATER, DONE, name="two", starts_on="trial.closed.v1")

    assert check_all([one, two], EVENTS) == {"one": (), "two": ()}


def test_workflows_that_only_wait_for_each_other_are_named() -> None:
    one = listening("one", waits_for="trial.closed.v1", emits="trial.review_due.v1")
    two = listening("two", waits_for="trial.review_due.v1", emits="trial.closed.v1")

    found = check_all([one, two], EVENTS)

    assert {name: [finding.code for finding in findings] for name, findings in found.items()} == {
        "one": ["never_comes"],
        "two": ["never_comes"],
    }


def test_one_answer_to_silence_is_enough_to_break_the_ring() -> None:
    one = listening("one", waits_for="trial.closed.v1", emits="trial.review_due.v1", patiently=False)
    two = listening("two", waits_for="trial.review_due.v1", emits="trial.closed.v1")

    assert check_all([one, two], EVENTS) == {"one": (), "two": ()}


def test_a_finding_can_be_said_in_words() -> None:
    (found,) = check(trial(asked("minister"), DONE), EVENTS, people())

    assert found.message % found.values == "目前没有人担任minister"
    assert found.remedy % found.values


def test_without_a_roster_nobody_is_missed() -> None:
    assert check(trial(asked("minister"), DONE), EVENTS) == ()


def test_a_post_that_is_not_held_yet_counts_for_nothing() -> None:
    later = staff(officer="section_officer", since=date(2026, 4, 1))

    before = check(trial(asked(), DONE), EVENTS, later, date(2026, 3, 31))
    after = check(trial(asked(), DONE), EVENTS, later, date(2026, 4, 1))

    assert [one.code for one in before] == ["nobody"]
    assert after == ()


def test_the_catalogue_has_no_finding() -> None:
    found = check_all(CATALOGUE, EVENT_TYPES)

    assert found == {definition.name: () for definition in CATALOGUE}


# -- size --------------------------------------------------------------------------------------------------


def nested(depth: int) -> Step:
    inner: Step = nothing()
    for _ in range(depth):
        inner = sequence(inner)
    return inner


def test_a_hundred_thousand_steps_are_refused_in_bounded_time_with_the_place() -> None:
    huge = trial(*(nothing() for _ in range(100_000)), DONE)

    began = process_time()
    (found,) = check(huge, EVENTS)

    assert (found.code, found.values) == ("too_big", {"most": MOST_STEPS})
    assert re.fullmatch(r"steps/\d+", found.path)
    assert process_time() - began < 10


def test_a_tower_of_steps_is_refused_with_the_place() -> None:
    (found,) = check(trial(nested(50_000), DONE), EVENTS)

    assert (found.code, found.path.count("/")) == ("too_deep", DEEPEST)


def test_one_outsized_definition_does_not_keep_the_others_from_being_checked() -> None:
    tower, other = trial(nested(100), DONE, name="tower"), trial(asked(), name="other")

    found = check_all([tower, other], EVENTS)

    assert codes(found) == {"tower": ["too_deep"], "other": ["dead_end"]}


def test_the_largest_definition_that_is_read_is_checked_in_bounded_time() -> None:
    branches = (when(given("invoice"), sequence(asked(), asked())) for _ in range(MOST_STEPS // 8))
    wide = trial(parallel("wide", *branches), DONE)

    began = process_time()
    found = check(wide, EVENTS, people())

    assert {one.code for one in found} == {"twin_name"}
    assert process_time() - began < 30


def codes(found: Mapping[str, tuple[object, ...]]) -> dict[str, list[str]]:
    return {name: [getattr(one, "code", "") for one in findings] for name, findings in found.items()}
