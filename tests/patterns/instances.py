"""Patterns 12 to 15, 22, 26, 27, 34 to 36, 41 and 42: several of the same, and cases inside cases."""

from tests.patterns.said import OFFICER, Pattern, comes, done, mark, not_yet, starts, task, trial
from workflows.language.expressions import at_least, is_true
from workflows.language.words import (
    always,
    call,
    choice,
    end,
    for_each,
    interrupts,
    join,
    message,
    nothing,
    parallel,
    sequence,
)
from workflows.language.words import when as only_when

GIVES = {"topics": "topics", "room": "room"}
ADDED, STOP = "trial.topic_added.v1", "trial.stopped.v1"

PATTERNS = (
    Pattern(
        12,
        "Multiple instances without synchronization",
        "call(over, waits=False)",
        (
            trial(
                call("start_them", workflow="part", over="topics", gives=GIVES, waits=False), mark("went_on"), task("b")
            ),
            trial(task("a"), name="part"),
        ),
        (starts(), done("b"), done("a", key="site"), done("a", key="money")),
        ("went_on", "b", "end:done", "a", "end:done", "a", "end:done"),
    ),
    Pattern(
        13,
        "Multiple instances, number known at design time",
        "for_each(over=3)",
        (trial(for_each("three", over=3, each="n", do=task("a")), task("b")),),
        (starts(), done("a#2"), done("a#1"), not_yet("b"), done("a#3"), done("b")),
        ("a#2", "a#1", "a#3", "b", "end:done"),
    ),
    Pattern(
        14,
        "Multiple instances, number known at run time",
        "for_each(over=field)",
        (trial(for_each("each_topic", over="topics", each="topic", do=task("a")), task("b")),),
        (starts(topics=["x", "y"]), done("a#1"), not_yet("b"), not_yet("a#3"), done("a#2"), done("b")),
        ("a#1", "a#2", "b", "end:done"),
    ),
    Pattern(
        15,
        "Multiple instances, number not known in advance",
        "for_each(over, grows_on)",
        (
            trial(
                for_each("each_topic", over="topics", each="topic", do=task("a"), grows_on=ADDED, takes="added"),
                task("b"),
            ),
        ),
        (starts(topics=["x"]), comes(ADDED, added="y"), done("a#1"), not_yet("b"), done("a#2"), done("b")),
        ("each_topic", "a#1", "a#2", "b", "end:done"),
    ),
    Pattern(
        22,
        "Recursion",
        "call of the same workflow, behind a human step",
        (
            trial(
                task("a", "draft.v1"),
                choice(
                    "deeper",
                    only_when(is_true("ready"), nothing()),
                    otherwise=call("inner", workflow="trial", gives=GIVES),
                ),
                mark("out"),
            ),
        ),
        (starts(), done("a", ready=False), done("a", ready=True)),
        ("a", "a", "out", "end:done", "out", "end:done"),
    ),
    Pattern(
        26,
        "Cancel multiple instance task",
        "for_each(on=interrupts(…))",
        (
            trial(
                for_each(
                    "two",
                    over=2,
                    each="n",
                    do=task("a"),
                    on=(interrupts(STOP, sequence(message("told", to=OFFICER), end("stopped"))),),
                ),
                task("b"),
            ),
        ),
        (starts(), done("a#1"), comes(STOP), not_yet("b")),
        ("a#1", "-a#2", "end:stopped"),
    ),
    Pattern(
        27,
        "Complete multiple instance task",
        "for_each(on=interrupts(…, nothing()))",
        (trial(for_each("two", over=2, each="n", do=task("a"), on=(interrupts(STOP, nothing()),)), task("b")),),
        (starts(), done("a#1"), comes(STOP), done("b")),
        ("a#1", "-a#2", "b", "end:done"),
    ),
    Pattern(
        34,
        "Static partial join for multiple instances",
        "for_each, join(n, rest=ignore)",
        (
            trial(
                for_each("three", over=3, each="n", do=task("a"), join=join(2, rest="ignore")),
                mark("went_on"),
                task("b"),
            ),
        ),
        (starts(), done("a#3"), done("a#1"), done("a#2"), done("b")),
        ("a#3", "a#1", "went_on", "a#2", "b", "end:done"),
    ),
    Pattern(
        35,
        "Cancelling partial join for multiple instances",
        "for_each, join(n); vote, approve(mode=any)",
        (trial(for_each("three", over=3, each="n", do=task("a"), join=join(2)), task("b")),),
        (starts(), done("a#3"), done("a#1"), not_yet("a#2"), done("b")),
        ("a#3", "a#1", "-a#2", "b", "end:done"),
    ),
    Pattern(
        36,
        "Dynamic partial join for multiple instances",
        "for_each(grows_on), join(once=condition)",
        (
            trial(
                for_each(
                    "each_topic",
                    over="topics",
                    each="topic",
                    do=task("a"),
                    grows_on=ADDED,
                    takes="added",
                    join=join(once=at_least("each_topic.arrived", 2)),
                ),
                task("b"),
            ),
        ),
        (
            starts(topics=["x", "y"]),
            done("a#1"),
            comes(ADDED, added="z"),
            not_yet("b"),
            done("a#3"),
            not_yet("a#2"),
            done("b"),
        ),
        ("a#1", "each_topic", "a#3", "-a#2", "b", "end:done"),
    ),
    Pattern(
        41,
        "Thread merge",
        "for_each, behind it one step",
        (
            trial(
                parallel(
                    "ways",
                    always(sequence(for_each("two", over=2, each="n", do=task("a")), task("b"))),
                    always(task("c")),
                )
            ),
        ),
        (starts(), done("a#1"), not_yet("b"), done("a#2"), done("b"), done("c")),
        ("a#1", "a#2", "b", "c", "end:done"),
    ),
    Pattern(
        42,
        "Thread split",
        "for_each(over=n) with what follows inside",
        (
            trial(
                parallel(
                    "ways",
                    always(sequence(task("a"), for_each("two", over=2, each="n", do=sequence(task("b"), task("c"))))),
                    always(task("d")),
                )
            ),
        ),
        (starts(), done("a"), done("b#1"), done("c#1"), done("b#2"), done("d"), done("c#2")),
        ("a", "b#1", "c#1", "b#2", "d", "c#2", "end:done"),
    ),
)
