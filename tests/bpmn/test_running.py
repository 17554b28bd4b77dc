"""What BPMN can say, SpiffWorkflow runs as we do: the same steps wait and are done after every input."""

import pytest

from tests.bpmn.both import CLERK, Both, exported, small
from workflows.language.expressions import Condition, all_of, any_of, at_least, contains, equals, given, is_true, negate
from workflows.language.words import (
    Step,
    always,
    approve,
    beside,
    call,
    carry_out,
    choice,
    do,
    emit,
    end,
    exclusive,
    follow_up,
    for_each,
    interrupts,
    lookup,
    loop,
    message,
    nothing,
    on_day,
    parallel,
    public_notice,
    race,
    sequence,
    set_field,
    to_applicant,
    wait,
    way,
    when,
)

REFUSED = end("refused", "rejected")


def work(name: str) -> Step:
    return carry_out(name, by=CLERK)


def ask(name: str, rejected: Step = REFUSED) -> Step:
    return approve(name, by=CLERK, on_reject=rejected)


LAST = work("last")


# -- sequence, choice, parallel ----------------------------------------------------------------------------


def test_a_sequence() -> None:
    Both(sequence(work("a"), work("b"), end("done"))).start().answer("steps/a").answer("steps/b")


def chosen(condition: Condition) -> Step:
    return sequence(choice("c", when(condition, work("yes")), otherwise=work("no")), LAST)


CONDITIONS: dict[str, Condition] = {
    "at least": at_least("amount", 5),
    "equal": equals("amount", 7),
    "contained": contains("topics", "site"),
    "all": all_of(at_least("amount", 5), is_true("urgent")),
    "any": any_of(at_least("amount", 50), is_true("urgent")),
    "not": negate(at_least("amount", 50)),
    "given": given("place"),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_choice_whose_condition_holds(name: str) -> None:
    both = Both(chosen(CONDITIONS[name]))

    both.start(amount=7, topics=["site"], urgent=True, place="p1")

    both.answer("steps/c/0").answer("steps/last")


@pytest.mark.parametrize("name", set(CONDITIONS) - {"not"})
def test_a_choice_whose_condition_does_not_hold(name: str) -> None:
    both = Both(chosen(CONDITIONS[name]))

    both.start(amount=1, topics=[], urgent=False, place=None)

    both.answer("steps/c/otherwise").answer("steps/last")


def test_a_parallel_waits_for_all() -> None:
    steps = sequence(parallel("p", always(work("a")), always(work("b"))), LAST)

    Both(steps).start().answer("steps/p/1").answer("steps/p/0").answer("steps/last")


@pytest.mark.parametrize(("amount", "answered"), [(7, ["steps/p/1", "steps/p/0"]), (1, ["steps/p/0"])])
def test_a_parallel_with_conditions_waits_for_those_that_hold(amount: int, answered: list[str]) -> None:
    both = Both(sequence(parallel("p", always(work("a")), when(at_least("amount", 5), work("b"))), LAST))
    both.start(amount=amount)

    for path in answered:
        both.answer(path)

    both.answer("steps/last")


def test_a_parallel_of_which_no_condition_holds_is_through_at_once() -> None:
    steps = sequence(parallel("p", when(at_least("amount", 5), work("a"))), LAST)

    Both(steps).start(amount=1).answer("steps/last")


# -- time, events ------------------------------------------------------------------------------------------

WAITED = sequence(wait("w", event="trial.paid.v1", within=5, silence=work("chase")), LAST)


def test_a_wait_that_is_answered() -> None:
    Both(WAITED).start().send("trial.paid.v1").answer("steps/last")


def test_a_wait_that_nobody_answers() -> None:
    Both(WAITED).start().days(10).answer("steps/w/silence").answer("steps/last")


def test_a_wait_until_the_day_that_a_field_holds() -> None:
    steps = sequence(wait("w", event="trial.paid.v1", within=on_day("due_on"), silence=work("chase")), LAST)

    Both(steps).start(due_on="2099-03-06").days(5).send("trial.paid.v1").answer("steps/last")


def test_a_wait_without_a_term() -> None:
    Both(sequence(wait("w", event="trial.paid.v1"), LAST)).start().days(30).send("trial.paid.v1").answer("steps/last")


def test_a_public_notice_stands_for_its_time() -> None:
    Both(sequence(public_notice("n", lasts=5), LAST)).start().days(3).days(7).answer("steps/last")


# -- people ------------------------------------------------------------------------------------------------


def test_an_approval_that_is_agreed_to() -> None:
    Both(sequence(ask("a"), LAST)).start().answer("steps/a", "agree").answer("steps/last")


def test_an_approval_that_is_rejected_ends_the_case() -> None:
    Both(sequence(ask("a"), LAST)).start().answer("steps/a", "reject")


def test_a_rejection_that_goes_on() -> None:
    both = Both(sequence(ask("a", work("tell")), LAST)).start()

    both.answer("steps/a", "reject").answer("steps/a/rejected").answer("steps/last")


RETURNED = sequence(
    approve("a", by=CLERK, on_return=to_applicant(within=5, silence=work("late"), through=CLERK), on_reject=REFUSED),
    LAST,
)


def test_a_return_asks_again_after_the_supplement() -> None:
    both = Both(RETURNED).start().answer("steps/a", "return")

    both.answer("steps/a/supplement").answer("steps/a", "agree").answer("steps/last")


def test_a_supplement_that_never_comes() -> None:
    both = Both(RETURNED).start().answer("steps/a", "return")

    both.days(10).answer("steps/a/supplement/silence").answer("steps/last")


# -- loops and many at once --------------------------------------------------------------------------------


def test_a_loop_ends_after_its_most_turns() -> None:
    both = Both(sequence(loop("l", do=work("t"), until=is_true("ready"), at_most=3), LAST)).start(ready=False)

    both.answer("steps/l/do").answer("steps/l/do").answer("steps/l/do").answer("steps/last")


def test_a_loop_ends_when_its_condition_holds() -> None:
    turn = sequence(wait("w", event="trial.noted.v1", takes=("ready",)), work("t"))
    both = Both(sequence(loop("l", do=turn, until=is_true("ready"), at_most=9), LAST)).start(ready=False)

    both.send("trial.noted.v1", ready=False).answer("steps/l/do/t")
    both.send("trial.noted.v1", ready=True).answer("steps/l/do/t").answer("steps/last")


def test_a_loop_that_is_tested_before_may_have_no_turn() -> None:
    steps = sequence(loop("l", do=work("t"), until=is_true("ready"), test="before"), LAST)

    Both(steps).start(ready=True).answer("steps/last")


def test_a_for_each_over_a_list() -> None:
    steps = sequence(for_each("e", over="topics", each="topic", do=work("t")), LAST)

    Both(steps).start(topics=["x", "y"]).answer("steps/e/do").answer("steps/e/do").answer("steps/last")
    Both(steps).start(topics=[]).answer("steps/last")


def test_a_for_each_over_a_number() -> None:
    steps = sequence(for_each("e", over=2, each="number", do=work("t")), LAST)

    Both(steps).start().answer("steps/e/do").answer("steps/e/do").answer("steps/last")


def test_a_condition_inside_a_for_each_looks_at_its_element() -> None:
    turn = choice("c", when(equals("topic", "x"), work("t")), otherwise=nothing())
    steps = sequence(for_each("e", over="topics", each="topic", do=turn), LAST)

    Both(steps).start(topics=["x", "y"]).answer("steps/e/do/0").answer("steps/last")


def test_an_end_inside_a_for_each_ends_the_case() -> None:
    steps = sequence(for_each("e", over="topics", each="topic", do=ask("t")), LAST)

    Both(steps).start(topics=["x", "y"]).answer("steps/e/do", "agree").answer("steps/e/do", "reject")


def test_an_end_ends_the_case_from_any_depth() -> None:
    each = for_each("e", over="topics", each="topic", do=sequence(ask("t"), wait("w", event="trial.paid.v1")))
    side = parallel("p", always(each), always(work("other")))
    both = Both(sequence(loop("l", do=side, at_most=2), end("done"))).start(topics=["x", "y"])

    both.answer("steps/l/do/0/do/t", "agree").answer("steps/l/do/0/do/t", "reject")


# -- races -------------------------------------------------------------------------------------------------

EVENTS = sequence(
    race(
        "r",
        way(wait("paid", event="trial.paid.v1"), work("thank")),
        way(wait("noted", event="trial.noted.v1")),
    ),
    LAST,
)
ANYTHING = sequence(race("r", way(ask("asked"), work("then")), way(public_notice("term", lasts=5))), LAST)


def test_a_race_between_events() -> None:
    Both(EVENTS).start().send("trial.paid.v1").answer("steps/r/0/then").answer("steps/last")
    Both(EVENTS).start().send("trial.noted.v1").answer("steps/last")


def test_a_race_between_a_person_and_time() -> None:
    Both(ANYTHING).start().answer("steps/r/0/first", "agree").answer("steps/r/0/then").answer("steps/last")
    Both(ANYTHING).start().days(10).answer("steps/last")


def test_an_end_inside_a_race_ends_the_case() -> None:
    Both(ANYTHING).start().answer("steps/r/0/first", "reject")


# -- handlers ----------------------------------------------------------------------------------------------

STOPPED = sequence(
    sequence(work("a"), name="s", on=(interrupts("trial.stopped.v1", work("clear")),)),
    LAST,
)
NOTED = sequence(
    sequence(work("a"), name="s", on=(beside("trial.noted.v1", work("note")),)),
    LAST,
)


def test_an_event_interrupts_a_block_and_the_case_goes_on_behind_it() -> None:
    Both(STOPPED).start().send("trial.stopped.v1").answer("steps/s/on/0").answer("steps/last")
    Both(STOPPED).start().answer("steps/s/a").answer("steps/last")


def test_a_block_waits_for_what_runs_beside_it() -> None:
    Both(NOTED).start().send("trial.noted.v1").answer("steps/s/a").answer("steps/s/on/0").answer("steps/last")
    Both(NOTED).start().send("trial.noted.v1").answer("steps/s/on/0").answer("steps/s/a").answer("steps/last")


def test_an_event_interrupts_the_case() -> None:
    on = (interrupts("trial.stopped.v1", end("stopped", "withdrawn")),)

    Both(sequence(work("a"), LAST), on=on).start().answer("steps/a").send("trial.stopped.v1")
    Both(sequence(work("a"), end("done")), on=on).start().answer("steps/a")


def test_an_event_has_something_done_beside_the_case() -> None:
    both = Both(sequence(work("a"), LAST), on=(beside("trial.noted.v1", work("note")),)).start()

    both.answer("steps/a").send("trial.noted.v1").answer("on/0").answer("steps/last")


def test_an_interruption_ends_races_and_sub_processes_inside() -> None:
    on = (interrupts("trial.stopped.v1", work("clear")), beside("trial.noted.v1", work("note")))
    both = Both(sequence(sequence(ANYTHING, name="s", on=on), work("end"))).start()

    both.answer("steps/s/0/r/0/first", "agree").send("trial.stopped.v1").answer("steps/s/on/0").answer("steps/end")


# -- sub-cases and what the system does --------------------------------------------------------------------


def test_a_call_waits_for_its_sub_case() -> None:
    other = small(do("note", set_field("noted", value=True)), name="other", starts="trial.noted.v1")

    Both(sequence(call("c", workflow="other"), LAST), other).start().answer("steps/last")


def test_a_field_that_was_set_decides() -> None:
    steps = sequence(
        do("d", set_field("amount", value=3), emit("trial.closed.v1"), lookup("members", by="place", into="member")),
        message("m", to=CLERK),
        follow_up("f", event="trial.noted.v1", months=3),
        choice("c", when(at_least("amount", 3), work("big")), otherwise=nothing()),
    )

    Both(steps).start(place="p1").answer("steps/c/0")


def test_an_exclusive_that_nobody_else_wants_runs_at_once() -> None:
    Both(sequence(exclusive("x", resource="room", do=work("a")), LAST)).start().answer("steps/x/do").answer(
        "steps/last"
    )


# -- what is run is said by BPMN alone ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [chosen(CONDITIONS["all"]), EVENTS, ANYTHING, STOPPED, NOTED, loop("l", do=work("t"), at_most=3)],
)
def test_what_bpmn_can_say_needs_no_extension_but_for_working_days(steps: Step) -> None:
    assert [one for one in exported(small(steps)).extended if not one.endswith(": term")] == []
