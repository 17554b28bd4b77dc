"""Writes docs/complaints.md from the tests: `python -m tests.complaints`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent / "test_complaints.py"
PAGE = Path(__file__).parents[2] / "docs" / "complaints.md"

HEAD = """# What users of other approval systems complain of

For each a test says what they would have liked to see (`tests/complaints/test_complaints.py`). This page is written by
`python -m tests.complaints`; a test keeps it fresh.

| # | Said where | What was said or asked for | What happens here |
|---|---|---|---|
"""


def page() -> str:
    """The page, from the docstrings and names of the tests."""
    return HEAD + "".join(f"| {number} | {' | '.join(cells)} |\n" for number, cells in enumerate(_rows(), 1))


def cited() -> list[str]:
    """Where each complaint was said, in order."""
    return [where for where, _said, _here in _rows()]


def _rows() -> Iterator[tuple[str, str, str]]:
    """Where and what of each complaint, and the name of its test as a sentence; further tests of one are left out."""
    for one in ast.parse(TESTS.read_text(encoding="utf-8")).body:
        told = ast.get_docstring(one) if isinstance(one, ast.FunctionDef) else None
        if isinstance(one, ast.FunctionDef) and told is not None and "#" in told:
            where, _colon, said = told.partition(": ")
            yield where, " ".join(said.split()), one.name.removeprefix("test_").replace("_", " ")
