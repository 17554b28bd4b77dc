"""Patterns 16 to 21, 23 to 25, 39 and 40: what the outside does, what is taken back, and one at a time."""

from tests.patterns.said import Pattern, comes, done, mark, not_yet, starts, task, trial, withdrawn
from workflows.language.expressions import is_true
from workflows.language.words import (
    Exclusive,
    Wait,
    always,
    beside,
    end,
    exclusive,
    guard,
    interrupts,
    loop,
    nothing,
    parallel,
    public_notice,
    race,
    remind,
    sequence,
    wait,
    way,
)

AGREED, NOTED, STOP = "trial.agreed.v1", "trial.noted.v1", "trial.stopped.v1"


def heard(name: str, event: str) -> Wait:
    return wait(name, event=event, within=20, overdue=(remind(-1),))


def at_the_desk(name: str) -> Exclusive:
    return exclusive(f"desk_{name}", resource="desk", of="trial", do=task(name))


PATTERNS = (
    Pattern(
        16,
        "Deferred choice",
        "race",
        (
            trial(
                race(
                    "what_comes",
                    way(heard("agreed", AGREED), task("a")),
                    way(task("b"), task("c")),
                    way(public_notice("term", lasts=5), task("d")),
                )
            ),
        ),
        (starts(), comes(AGREED), not_yet("b"), done("a")),
        ("agreed", "-b", "-term", "a", "end:done"),
    ),
    Pattern(
        17,
        "Interleaved parallel routing",
        "parallel, exclusive",
        (trial(parallel("any_order", always(sequence(at_the_desk("a"), at_the_desk("b"))), always(at_the_desk("c")))),),
        (starts(), not_yet("c"), done("a"), not_yet("b"), done("c"), done("b")),
        ("a", "c", "b", "end:done"),
    ),
    Pattern(
        18,
        "Milestone",
        "guard",
        (trial(task("a"), task("b"), guards=(guard("withdraw", while_in=("a",)),)),),
        (
            starts("t1"),
            starts("t2"),
            withdrawn("t1"),
            done("a", key="t2"),
            withdrawn("t2", status=409),
            done("b", key="t2"),
        ),
        ("t1:-a", "t1:end:withdrawn", "t2:a", "t2:b", "t2:end:done"),
    ),
    Pattern(
        19,
        "Cancel task",
        "sequence(step, on=interrupts(…))",
        (trial(sequence(task("a"), name="task", on=(interrupts(STOP, nothing()),)), task("b")),),
        (starts(), comes(STOP), not_yet("a"), done("b")),
        ("-a", "b", "end:done"),
    ),
    Pattern(
        20,
        "Cancel case",
        "workflow(on=interrupts(…, end)), withdraw",
        (
            trial(
                parallel("both", always(task("a")), always(task("b"))),
                on=(interrupts(STOP, end("stopped", "withdrawn")),),
            ),
        ),
        (starts(), done("a"), comes(STOP), not_yet("b")),
        ("a", "-b", "end:stopped"),
    ),
    Pattern(
        21,
        "Structured loop",
        "loop(test=before or after)",
        (
            trial(
                loop("again", do=task("a", "draft.v1"), until=is_true("ready"), at_most=3),
                loop("no_more", do=task("b", "draft.v1"), until=is_true("ready"), test="before", at_most=3),
                task("c"),
            ),
        ),
        (starts(), done("a#1", ready=False), done("a#2", ready=True), not_yet("b#1"), done("c")),
        ("a#1", "a#2", "c", "end:done"),
    ),
    Pattern(
        23,
        "Transient trigger",
        "wait inside a block with beside(event, nothing()), which takes what nobody awaits at the moment",
        (trial(task("a"), heard("agreed", AGREED), task("b"), on=(beside(AGREED, nothing()),)),),
        (starts(), comes(AGREED), done("a"), not_yet("b"), comes(AGREED), done("b")),
        ("a", "agreed", "b", "end:done"),
    ),
    Pattern(
        24,
        "Persistent trigger",
        "wait",
        (trial(task("a"), heard("agreed", AGREED), task("b")),),
        (starts(), comes(AGREED), done("a"), done("b")),
        ("a", "agreed", "b", "end:done"),
    ),
    Pattern(
        25,
        "Cancel region",
        "a block with on=interrupts(…)",
        (
            trial(
                parallel(
                    "ways",
                    always(
                        parallel("region", always(task("a")), always(task("b")), on=(interrupts(STOP, mark("left")),))
                    ),
                    always(task("c")),
                )
            ),
        ),
        (starts(), comes(STOP), not_yet("a"), not_yet("b"), done("c")),
        ("-a", "-b", "left", "c", "end:done"),
    ),
    Pattern(
        39,
        "Critical section",
        "exclusive",
        (trial(exclusive("in_the_room", resource="room", of="room", do=task("meet")), task("b")),),
        (
            starts("t1"),
            starts("t2"),
            not_yet("meet", key="t2"),
            done("meet", key="t1"),
            done("meet", key="t2"),
            done("b", key="t2"),
            done("b", key="t1"),
        ),
        ("t1:meet", "t2:meet", "t2:b", "t2:end:done", "t1:b", "t1:end:done"),
    ),
    Pattern(
        40,
        "Interleaved routing",
        "parallel, exclusive",
        (trial(parallel("any_order", *(always(at_the_desk(name)) for name in ("a", "b", "c")))),),
        (starts(), not_yet("b"), done("a"), not_yet("c"), done("b"), done("c")),
        ("a", "b", "c", "end:done"),
    ),
)
