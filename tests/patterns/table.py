"""Writes docs/patterns.md from the patterns: `python -m tests.patterns.table`."""

from pathlib import Path

from tests.patterns import branching, instances, meeting, state
from tests.patterns.said import Pattern, RefusedPattern

ALL: tuple[Pattern | RefusedPattern, ...] = tuple(
    sorted(
        (*branching.PATTERNS, *instances.PATTERNS, *meeting.PATTERNS, *state.PATTERNS),
        key=lambda one: one.number,
    )
)

HEAD = """# The 43 control-flow patterns

Each pattern of "Workflow Control-Flow Patterns: A Revised View" (Russell, ter Hofstede, van der Aalst, Mulyar, 2006) is
said in our language and run by a test (`tests/patterns/`), or refused by `workflows check` with the reason. This page is
written by `python -m tests.patterns.table`; a test keeps it fresh.

| # | Pattern | Said by | Order of steps in the test |
|---|---|---|---|
"""


def table() -> str:
    """The page."""
    return HEAD + "".join(_row(one) for one in ALL)


def _row(one: Pattern | RefusedPattern) -> str:
    if isinstance(one, RefusedPattern):
        return f"| {one.number} | {one.name} | refused (`{one.code}`): {one.why} | |\n"
    return f"| {one.number} | {one.name} | {one.said_by} | {' → '.join(one.order)} |\n"


if __name__ == "__main__":
    Path("docs/patterns.md").write_text(table(), encoding="utf-8")
