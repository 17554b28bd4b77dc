"""Patterns 28 to 33: joins that take some of what comes, and joins over rounds."""

from tests.patterns.said import Pattern, comes, done, mark, not_yet, starts, task, trial
from workflows.language.expressions import is_true
from workflows.language.words import (
    Branch,
    Wait,
    Workflow,
    always,
    beside,
    do,
    emit,
    join,
    loop,
    nothing,
    parallel,
    remind,
    sequence,
    wait,
)

CAME, AGREED, NOTED = "trial.settled.v1", "trial.agreed.v1", "trial.noted.v1"


def heard(name: str, event: str) -> Wait:
    return wait(name, event=event, within=20, overdue=(remind(-1),))


def arriving(name: str) -> Branch:
    """A branch that says that it came, and hears itself, so that its round holds until everybody heard it."""
    return always(sequence(task(name), do(f"{name}_came", emit(CAME)), heard(f"{name}_heard", CAME)))


def rounds(*branches: Branch, goes_on_after: int) -> Workflow:
    """All branches of a round are waited for before the next one; what follows begins when some have come."""
    came = (heard(f"came_{n}", CAME) for n in range(1, goes_on_after + 1))
    following = always(sequence(*came, task("next", "draft.v1")))
    late = beside(CAME, nothing())
    return trial(loop("rounds", do=parallel("round", following, *branches, on=(late,)), until=is_true("ready")))


PATTERNS = (
    Pattern(
        28,
        "Blocking discriminator",
        "loop, parallel, emit, wait, beside: the round ends when all have come, what follows begins with the first",
        (rounds(arriving("a"), arriving("b"), goes_on_after=1),),
        (
            starts(),
            done("b#1"),
            done("next#1", ready=False),
            not_yet("b#2"),
            done("a#1"),
            done("a#2"),
            done("next#2", ready=True),
            done("b#2"),
        ),
        (
            *("b#1", "came_1#1", "next#1", "a#1", "a_heard#1"),
            *("a#2", "came_1#2", "next#2", "b#2", "b_heard#2", "end:done"),
        ),
    ),
    Pattern(
        29,
        "Cancelling discriminator",
        "parallel, join(1)",
        (trial(parallel("first", always(task("a")), always(task("b")), join=join(1)), task("c")),),
        (starts(), done("b"), not_yet("a"), done("c")),
        ("b", "-a", "c", "end:done"),
    ),
    Pattern(
        30,
        "Structured partial join",
        "parallel, join(n, rest=ignore)",
        (
            trial(
                parallel(
                    "two_of_three", *(always(task(name)) for name in ("a", "b", "c")), join=join(2, rest="ignore")
                ),
                mark("went_on"),
                task("d"),
            ),
        ),
        (starts(), done("c"), done("a"), done("b"), done("d")),
        ("c", "a", "went_on", "b", "d", "end:done"),
    ),
    Pattern(
        31,
        "Blocking partial join",
        "loop, parallel, emit, wait, beside: as 28, with as many waits as must have come",
        (rounds(arriving("a"), arriving("b"), arriving("c"), goes_on_after=2),),
        (
            starts(),
            done("a#1"),
            not_yet("next#1"),
            done("b#1"),
            done("next#1", ready=True),
            done("c#1"),
        ),
        ("a#1", "came_1#1", "b#1", "came_2#1", "next#1", "c#1", "c_heard#1", "end:done"),
    ),
    Pattern(
        32,
        "Cancelling partial join",
        "parallel, join(n)",
        (trial(parallel("two_of_three", *(always(task(name)) for name in ("a", "b", "c")), join=join(2)), task("d")),),
        (starts(), done("c"), done("a"), not_yet("b"), done("d")),
        ("c", "a", "-b", "d", "end:done"),
    ),
    Pattern(
        33,
        "Generalized AND-join",
        "loop, parallel, wait: each event is kept until a round takes it",
        (
            trial(
                loop(
                    "rounds",
                    do=sequence(
                        parallel("both", always(heard("agreed", AGREED)), always(heard("noted", NOTED))), task("a")
                    ),
                    at_most=2,
                )
            ),
        ),
        (
            starts(),
            comes(AGREED),
            comes(AGREED),
            comes(NOTED, note="n"),
            done("a#1"),
            comes(NOTED, note="m"),
            done("a#2"),
        ),
        ("agreed#1", "noted#1", "a#1", "agreed#2", "noted#2", "a#2", "end:done"),
    ),
)
