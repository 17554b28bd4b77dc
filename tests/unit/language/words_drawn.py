"""Prints the words that random definitions are never made of: `python -m tests.unit.language.words_drawn`."""

from contextlib import suppress

from hypothesis import Phase, given, settings

from tests.unit.language.random_definitions import definitions
from tests.workflows_for_tests import ASKING, GATHERING, LATE, SYNTHETIC, every_word
from workflows.language import words as w

MOST = 5000
"""Definitions that are drawn at most; some hundreds are enough."""


class _EveryWordSeenError(Exception):
    pass


def never_drawn() -> set[str]:
    """The names of the words that none of them is made of."""
    missing = {type(word) for word in every_word(SYNTHETIC, GATHERING, ASKING, LATE)}

    @given(definitions)
    @settings(max_examples=MOST, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    def gather(definition: w.Workflow) -> None:
        missing.difference_update(type(word) for word in every_word(definition))
        if not missing:
            raise _EveryWordSeenError

    with suppress(_EveryWordSeenError):
        gather()
    return {one.__name__ for one in missing}


if __name__ == "__main__":
    print(*sorted(never_drawn()))
