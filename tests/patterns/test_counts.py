"""What a join counts goes by the name of its block, wherever the block stands."""

from tests.patterns.said import Pattern, done, not_yet, play, starts, task, trial
from workflows.language.expressions import at_least
from workflows.language.words import always, for_each, join, parallel


def test_a_join_counts_under_the_name_of_its_block_in_a_branch_and_in_a_turn() -> None:
    inner = parallel(
        "some", *(always(task(name)) for name in ("a", "b", "c")), join=join(once=at_least("some.arrived", 2))
    )
    definition = trial(parallel("ways", always(for_each("one", over=1, each="n", do=inner)), always(task("d"))))
    deeds = (starts(), done("a#1"), done("c#1"), not_yet("b#1"), done("d"))

    order = play(Pattern(0, "counts", "join", (definition,), deeds, ()))

    assert order == ("a#1", "c#1", "-b#1", "d", "end:done")
