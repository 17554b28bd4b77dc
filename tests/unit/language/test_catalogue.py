"""The catalogue: data only, called by its names in both languages, with numbers that the office can set."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sample.county import sample_numbers, sample_roster
from domain.events import EVENT_TYPES
from domain.people import REFUSAL_REASONS
from tests.workflows_for_tests import every_word
from workflows.catalogue import member_registration
from workflows.language.checks import check_all
from workflows.language.files import logic_hash
from workflows.language.words import Approve, End, FormField, Message, Number, Workflow
from workflows.library import CATALOGUE, current
from workflows.machine.nodes import everything
from workflows.presentation import presentation_of, step_title

FILES = sorted(Path(member_registration.__file__).parent.glob("[!_]*.py"))


def names(definition: Workflow) -> Iterator[tuple[str, str]]:
    """What people read in Chinese for each name, with the name itself."""
    titles = presentation_of(definition.name)
    for node in everything(definition):
        match node.step:
            case End(outcome=outcome):
                yield titles.outcome(outcome, "zh"), outcome
            case Message(name=name):
                yield titles.template(name, "zh"), name
            case Approve(reasons=reasons):
                yield from ((titles.reason(reason, "zh"), reason) for reason in reasons)
        if not isinstance(node.step, End) and node.step.name is not None:
            yield step_title(titles, definition, node.path, "zh"), node.step.name
    for field in (one for one in every_word(definition) if isinstance(one, FormField)):
        yield titles.label(field.name, "zh"), field.name
        yield from ((titles.choice(field.name, value, "zh"), value) for value in field.choices)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_catalogue_file_holds_words_and_no_program(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))

    programs = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.IfExp, ast.For, ast.While)
    assert [
        node for node in ast.walk(tree) if isinstance(node, (*programs, ast.ListComp, ast.BoolOp, ast.Compare))
    ] == []
    assert {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} <= {
        "workflows.language.words",
        "workflows.language.expressions",
    }


def test_every_catalogue_file_is_in_the_library() -> None:
    assert {file.stem for file in FILES} == {definition.name for definition in CATALOGUE}


def test_the_library_finds_a_definition_by_its_hash() -> None:
    assert current() == {logic_hash(definition): definition for definition in CATALOGUE}


def test_the_catalogue_passes_the_checks_with_the_people_of_the_sample_county() -> None:
    found = check_all(CATALOGUE, EVENT_TYPES, sample_roster())

    assert found == {definition.name: () for definition in CATALOGUE}


@pytest.mark.parametrize("definition", CATALOGUE, ids=lambda one: one.name)
def test_everything_that_people_read_has_a_title(definition: Workflow) -> None:
    assert [name for title, name in names(definition) if title == name] == []


def test_the_office_sets_exactly_the_numbers_that_the_catalogue_asks_for() -> None:
    asked = {one.name: one.default for one in every_word(*CATALOGUE) if isinstance(one, Number)}

    assert dict(sample_numbers().values) == asked


def test_registration_is_refused_for_the_closed_reasons_only() -> None:
    approvals = [one for one in every_word(member_registration.DEFINITION) if isinstance(one, Approve)]

    assert approvals
    assert all(one.reasons and set(one.reasons) <= set(REFUSAL_REASONS) for one in approvals)
