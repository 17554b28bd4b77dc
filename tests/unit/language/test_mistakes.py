"""Planted mistakes: each file in `mistakes/` holds one, marked on its line; its repaired twin is clean.

The mark is a comment, `# code at path`. `mistakes/beside/` holds the workflows that run beside them.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.workflows_for_tests import EVENTS, people
from workflows.language.checks import Finding, check_all
from workflows.language.files import from_yaml, lines
from workflows.language.findings import SENTENCES
from workflows.language.words import Workflow

FOLDER = Path(__file__).parent / "mistakes"
PLANTED = sorted(one for one in FOLDER.glob("*.yaml") if ".repaired" not in one.name)
BESIDE = [from_yaml(one.read_text(encoding="utf-8")) for one in sorted((FOLDER / "beside").glob("*.yaml"))]
MARK = re.compile(r"  # (\w+) at (\S+)$")

TOO_LARGE = {"too_big", "too_deep"}
"""No file can hold these mistakes in a readable way: test_checks.py builds them."""


def found_in(text: str) -> tuple[Finding, ...]:
    definition = from_yaml(text)
    together: list[Workflow] = [definition, *(one for one in BESIDE if one.name != definition.name)]
    return check_all(together, EVENTS, people(), date(2026, 3, 2))[definition.name]


def marked(text: str) -> tuple[str, str, int]:
    ((code, path, line),) = [
        (found[1], found[2].removeprefix("top"), number)
        for number, found in enumerate(map(MARK.search, text.splitlines()), 1)
        if found
    ]
    return code, path, line


@pytest.mark.parametrize("file", PLANTED, ids=lambda file: file.stem)
def test_a_planted_mistake_is_found_at_its_path_and_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    found = [(one.code, one.path, lines(text)[one.path]) for one in found_in(text)]

    assert marked(text) in found


@pytest.mark.parametrize("file", PLANTED, ids=lambda file: file.stem)
def test_the_repaired_twin_is_clean(file: Path) -> None:
    repaired = file.with_suffix(".repaired.yaml").read_text(encoding="utf-8")

    assert found_in(repaired) == ()


@pytest.mark.parametrize("file", PLANTED, ids=lambda file: file.stem)
def test_what_is_found_is_said_with_its_values_and_a_remedy(file: Path) -> None:
    found = found_in(file.read_text(encoding="utf-8"))

    assert all("%" not in (one.message % one.values) + (one.remedy % one.values) for one in found)


def test_every_code_has_a_planted_mistake() -> None:
    planted = {marked(file.read_text(encoding="utf-8"))[0] for file in PLANTED}

    assert planted == set(SENTENCES) - TOO_LARGE


def test_every_file_has_its_twin() -> None:
    twins = {one.name.replace(".repaired", "") for one in FOLDER.glob("*.repaired.yaml")}

    assert twins == {one.name for one in PLANTED}
