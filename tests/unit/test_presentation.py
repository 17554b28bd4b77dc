"""Titles: read, merged, complete for everything that the catalogue names, in both languages."""

import re

import pytest

from domain.events import EVENT_TYPES
from workflows.language.words import Approve, End, Message, Workflow
from workflows.library import CATALOGUE
from workflows.machine.nodes import index
from workflows.presentation import Presentation, Print, Title, merged, parse_presentation, presentation_of, step_title

HAN = re.compile("[㐀-鿿]")


@pytest.mark.parametrize("definition", CATALOGUE, ids=lambda one: one.name)
def test_everything_that_people_see_of_a_workflow_has_a_title_in_both_languages(definition: Workflow) -> None:
    titles = presentation_of(definition.name)
    nodes = index(definition).values()
    named = {node.step.name for node in nodes if not isinstance(node.step, End) and node.step.name}
    seen = {name for name in named if name != "duplicates"}

    assert definition.name in titles.workflows
    assert definition.name in titles.help
    assert seen - set(titles.steps) == set()
    assert {node.step.outcome for node in nodes if isinstance(node.step, End)} - set(titles.outcomes) == set()
    assert {node.step.name for node in nodes if isinstance(node.step, Message)} - set(titles.templates) == set()
    assert {one.name for form in definition.forms for one in form.fields} - set(titles.fields) == set()
    assert {
        name
        for node in nodes
        if isinstance(node.step, Approve) and node.step.on_return is not None
        for name in node.step.on_return.takes
    } - set(titles.fields) == set()


@pytest.mark.parametrize("definition", CATALOGUE, ids=lambda one: one.name)
def test_no_english_title_holds_chinese_and_every_chinese_one_does(definition: Workflow) -> None:
    titles = presentation_of(definition.name)
    sections = (titles.workflows, titles.steps, titles.branches, titles.outcomes, titles.templates, titles.roles)

    for title in (one for section in sections for one in section.values()):
        assert HAN.search(title.zh)
        assert not HAN.search(title.en)


@pytest.mark.parametrize("definition", CATALOGUE, ids=lambda one: one.name)
@pytest.mark.parametrize("outcome", ["withdrawn", "withdrawn_with_parent", "terminated", "completed"])
def test_ends_that_the_machine_itself_makes_have_titles_as_well(definition: Workflow, outcome: str) -> None:
    assert HAN.search(presentation_of(definition.name).outcome(outcome, "zh"))


def test_what_nobody_titled_is_called_by_its_name() -> None:
    assert Presentation().step("steps/a", "a", "zh") == "a"
    assert Presentation().role("clerk", "en") == "clerk"
    assert presentation_of("no_such_workflow").workflow("no_such_workflow", "zh") == "no_such_workflow"


def test_a_step_inside_a_branch_is_found_by_its_path_and_called_by_its_name() -> None:
    definition = next(one for one in CATALOGUE if one.name == "member_registration")
    titles = presentation_of(definition.name)

    assert step_title(titles, definition, "steps/decision/otherwise", "zh") == "业务科审批"
    assert step_title(titles, definition, "steps/completeness/supplement", "en") == "Supplement"
    assert step_title(titles, definition, "on/1#1", "zh")


def test_own_titles_win_over_shared_ones_and_the_revision_covers_both() -> None:
    shared = parse_presentation("roles: {clerk: {zh: 干事, en: Clerk}}", "shared")
    own = parse_presentation("roles: {clerk: {zh: 窗口, en: Counter}}", "own")

    together = merged(shared, own)

    assert together.roles["clerk"] == Title("窗口", "Counter")
    assert together.revision not in {shared.revision, own.revision}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colours: {}", "own: section 'colours' is unknown"),
        ("steps: {a: {zh: 核对}}", "own: steps.a: give the words as"),
        ("steps: {a: 核对}", "own: steps.a: give the words as"),
        ("print: {margin: {zh: 页边, en: Margin}}", "own: print.margin is unknown"),
        ("print: {heading: 审批表}", "own: print.heading: give the words as"),
        ("print: {fields: name}", "own: print.fields: give a list"),
        ("print: {fields: [name, name]}", "own: print.fields: give a list"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_presentation(text, "own")


def test_what_is_printed_is_read_and_the_more_special_one_wins() -> None:
    shared = parse_presentation("print: {heading: {zh: 共用, en: Shared}}", "shared")
    own = parse_presentation("print: {heading: {zh: 审批表, en: Form}, fields: [name, kind]}", "own")

    assert merged(shared, own).print == Print(Title("审批表", "Form"), None, ("name", "kind"))
    assert merged(shared, parse_presentation("", "own")).print == shared.print


@pytest.mark.parametrize("definition", CATALOGUE, ids=lambda one: one.name)
def test_every_field_that_is_printed_has_a_title(definition: Workflow) -> None:
    titles = presentation_of(definition.name)

    assert set(titles.print.fields) <= set(titles.fields)


def test_every_event_has_a_title() -> None:
    assert all(HAN.search(event.TITLE) for event in EVENT_TYPES.values())
