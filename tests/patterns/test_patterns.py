"""The 43 control-flow patterns: each is said in our language and runs in the expected order, or is refused by check.

Source: Russell, ter Hofstede, van der Aalst, Mulyar: Workflow Control-Flow Patterns, A Revised View (2006).
"""

from pathlib import Path

import pytest

from tests.patterns.said import Pattern, RefusedPattern, play
from tests.patterns.table import ALL, table
from tests.workflows_for_tests import EVENTS
from workflows.language.checks import check, check_all

SAID = [one for one in ALL if isinstance(one, Pattern)]
REFUSED = [one for one in ALL if isinstance(one, RefusedPattern)]
PAGE = Path(__file__).parents[2] / "docs" / "patterns.md"


def name(one: Pattern | RefusedPattern) -> str:
    return f"{one.number:02} {one.name}"


@pytest.mark.parametrize("pattern", SAID, ids=name)
def test_a_pattern_runs_in_the_expected_order(pattern: Pattern) -> None:
    assert play(pattern) == pattern.order


@pytest.mark.parametrize("pattern", SAID, ids=name)
def test_what_says_a_pattern_passes_the_checks(pattern: Pattern) -> None:
    found = check_all(pattern.workflows, EVENTS)

    assert [one for findings in found.values() for one in findings] == []


@pytest.mark.parametrize("pattern", REFUSED, ids=name)
def test_a_refused_pattern_is_refused_for_the_stated_reason(pattern: RefusedPattern) -> None:
    found = check(pattern.workflow, EVENTS)

    assert [(one.code, one.path) for one in found] == [(pattern.code, pattern.path)]


def test_every_pattern_is_there_once() -> None:
    assert [one.number for one in ALL] == list(range(1, 44))


def test_the_page_of_the_patterns_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == table()
