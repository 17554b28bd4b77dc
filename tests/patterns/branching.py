"""Patterns 1 to 11, 37, 38 and 43: ways that split, meet, come again and end."""

from tests.patterns.said import Pattern, RefusedPattern, done, endless, mark, not_yet, starts, task, trial
from workflows.language.expressions import contains, is_true
from workflows.language.words import (
    always,
    choice,
    end,
    join,
    loop,
    nothing,
    parallel,
    sequence,
    when,
)

SITE, MONEY = contains("topics", "site"), contains("topics", "money")

PATTERNS = (
    Pattern(
        1,
        "Sequence",
        "sequence",
        (trial(task("a"), task("b")),),
        (starts(), not_yet("b"), done("a"), done("b")),
        ("a", "b", "end:done"),
    ),
    Pattern(
        2,
        "Parallel split",
        "parallel",
        (trial(parallel("both", always(task("a")), always(task("b")))),),
        (starts(), done("b"), done("a")),
        ("b", "a", "end:done"),
    ),
    Pattern(
        3,
        "Synchronization",
        "parallel",
        (trial(parallel("both", always(task("a")), always(task("b"))), task("c")),),
        (starts(), done("a"), not_yet("c"), done("b"), done("c")),
        ("a", "b", "c", "end:done"),
    ),
    Pattern(
        4,
        "Exclusive choice",
        "choice",
        (trial(choice("which", when(SITE, task("a")), when(MONEY, task("b")), otherwise=task("c"))),),
        (starts(), not_yet("b"), not_yet("c"), done("a")),
        ("a", "end:done"),
    ),
    Pattern(
        5,
        "Simple merge",
        "choice",
        (trial(choice("which", when(SITE, task("a")), otherwise=task("b")), task("c")),),
        (starts(topics=["road"]), done("b"), done("c")),
        ("b", "c", "end:done"),
    ),
    Pattern(
        6,
        "Multi-choice",
        "parallel, when",
        (trial(parallel("some", when(SITE, task("a")), when(MONEY, task("b")), always(task("c")))),),
        (starts(topics=["money"]), not_yet("a"), done("c"), done("b")),
        ("c", "b", "end:done"),
    ),
    Pattern(
        7,
        "Structured synchronizing merge",
        "parallel, when",
        (trial(parallel("some", when(SITE, task("a")), when(MONEY, task("b"))), task("c")),),
        (starts(topics=["money"]), not_yet("c"), done("b"), done("c")),
        ("b", "c", "end:done"),
    ),
    Pattern(
        8,
        "Multi-merge",
        "parallel; what follows stands in each branch",
        (trial(parallel("both", always(sequence(task("a"), task("c"))), always(sequence(task("b"), task("c"))))),),
        (starts(), done("a"), done("c"), done("b"), done("c")),
        ("a", "c", "b", "c", "end:done"),
    ),
    Pattern(
        9,
        "Structured discriminator",
        "parallel, join(1, rest=ignore)",
        (
            trial(
                parallel("first", always(task("a")), always(task("b")), join=join(1, rest="ignore")),
                mark("went_on"),
                task("c"),
            ),
        ),
        (starts(), done("b"), done("a"), done("c")),
        ("b", "went_on", "a", "c", "end:done"),
    ),
    Pattern(
        10,
        "Arbitrary cycles",
        "loop, choice, end: several entries are a choice at its beginning, several exits an end or a choice inside",
        (
            endless(
                loop(
                    "again",
                    do=sequence(
                        choice("entry", when(is_true("ready"), nothing()), otherwise=task("a")),
                        task("b", "draft.v1"),
                        choice("exit", when(is_true("ready"), end("left")), otherwise=nothing()),
                        task("c", "draft.v1"),
                    ),
                )
            ),
        ),
        (
            starts(),
            done("a#1"),
            done("b#1", ready=False),
            done("c#1", ready=True),
            not_yet("a#2"),
            done("b#2", ready=True),
        ),
        ("a#1", "b#1", "c#1", "b#2", "end:left"),
    ),
    RefusedPattern(
        11,
        "Implicit termination",
        "every way ends with an `end` that says how the matter ended: a case that merely has nothing left to do "
        "would leave the applicant without an answer",
        endless(parallel("both", always(task("a")), always(task("b")))),
        "dead_end",
        "steps/both",
    ),
    Pattern(
        37,
        "Acyclic synchronizing merge",
        "parallel, when (each block knows how many branches it opened)",
        (
            trial(
                parallel(
                    "outer",
                    when(SITE, parallel("inner", always(task("a")), when(MONEY, task("b")))),
                    always(task("c")),
                ),
                task("d"),
            ),
        ),
        (starts(topics=["site"]), done("c"), not_yet("d"), done("a"), done("d")),
        ("c", "a", "d", "end:done"),
    ),
    Pattern(
        38,
        "General synchronizing merge",
        "parallel, loop (a block is left when nothing inside is live any more)",
        (
            trial(
                parallel(
                    "both", always(loop("again", do=task("a", "draft.v1"), until=is_true("ready"))), always(task("b"))
                ),
                task("c"),
            ),
        ),
        (starts(), done("b"), done("a#1", ready=False), not_yet("c"), done("a#2", ready=True), done("c")),
        ("b", "a#1", "a#2", "c", "end:done"),
    ),
    Pattern(
        43,
        "Explicit termination",
        "end",
        (endless(parallel("both", always(sequence(task("a"), end("stopped"))), always(task("b")))),),
        (starts(), done("a"), not_yet("b")),
        ("a", "-b", "end:stopped"),
    ),
)
