"""Every word is used in the synthetic workflows, and no word of the language is missing from them."""

import pytest
from pydantic import BaseModel, ValidationError

from tests.workflows_for_tests import ASKING, EVENTS, GATHERING, INQUIRY, LATE, SYNTHETIC, every_word, people
from workflows.language import expressions, tree
from workflows.language.checks import check_all
from workflows.language.tree import End, Word


def classes_of(module: object, base: type[BaseModel]) -> set[type[BaseModel]]:
    found = {one for one in vars(module).values() if isinstance(one, type) and issubclass(one, base)}
    return {one for one in found if one is not base}


def test_the_synthetic_workflows_use_every_word() -> None:
    language = classes_of(tree, Word) | classes_of(expressions, expressions._Node)

    used = {type(word) for word in every_word(SYNTHETIC, GATHERING, INQUIRY, ASKING, LATE)}
    missing = {one.__name__ for one in language - used}

    assert missing == set()


def test_the_synthetic_workflows_pass_the_checks() -> None:
    found = check_all([SYNTHETIC, GATHERING, INQUIRY, ASKING, LATE], EVENTS, people())

    assert found == {"synthetic": (), "gathering": (), "inquiry": (), "asking": (), "late": ()}


def test_a_word_cannot_be_changed() -> None:
    word = End(outcome="done")

    with pytest.raises(ValidationError, match="frozen"):
        word.outcome = "other"  # type: ignore[misc]  # this is the mistake


def test_an_unknown_part_of_a_word_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        End.model_validate({"word": "end", "outcome": "done", "colour": "red"})
