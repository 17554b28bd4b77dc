"""docs/language.md: every word with an example that is checked."""

from datetime import date
from typing import Any

import pytest

from tests.unit.language.language_examples import EXAMPLES
from tests.unit.language.language_page import CHAPTERS, PAGE, page, word_class
from tests.workflows_for_tests import EVENTS, INQUIRY, every_word, people
from workflows.language import expressions, tree, words
from workflows.language.checks import check_all
from workflows.language.words import Form, FormField, Workflow, end, sequence, workflow

NAMES: dict[str, Any] = {**vars(expressions), **vars(words)}
DRAFT = Form(name="draft.v1", fields=(FormField(name="ready", type="boolean"),))


def example(name: str) -> Workflow:
    """The example of a word, inside a whole definition."""
    written = eval(EXAMPLES[name], NAMES)
    if isinstance(written, Workflow):
        return written
    last = () if name == "End" else (end("done"),)
    return workflow(
        "trial",
        starts_on="trial.requested.v1",
        about="trial",
        person=True,
        forms=(DRAFT,),
        steps=sequence(written, *last),
    )


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_word_has_its_place_on_the_page_and_its_example() -> None:
    classes = {
        one
        for module, base in ((tree, tree.Word), (expressions, expressions._Node))
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, base) and one is not base
    }

    assert {word_class(name) for names in CHAPTERS.values() for name in names} == classes
    assert set(EXAMPLES) == {one.__name__ for one in classes}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_uses_its_word_and_passes_the_checks(name: str) -> None:
    definition = example(name)

    assert word_class(name) in {type(word) for word in every_word(definition)}
    assert check_all([definition, INQUIRY], EVENTS, people(), date(2026, 3, 2))[definition.name] == ()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_five_lines_at_most(name: str) -> None:
    assert len(EXAMPLES[name].strip().splitlines()) <= 5
