"""Every step has a path of its own, and the path finds the step."""

import pytest

from tests.workflows_for_tests import SYNTHETIC
from workflows.language.words import End, always, approve, choice, end, nothing, parallel, role, sequence, workflow
from workflows.language.words import interrupts as stops
from workflows.library import CATALOGUE
from workflows.machine.nodes import CASE, ROOT, awaited, children, detours, handlers_of, index


def test_paths_name_steps_branches_and_detours() -> None:
    paths = set(index(SYNTHETIC))

    assert {
        "steps",
        "steps/precheck",
        "steps/precheck/rejected",
        "steps/precheck/supplement/silence",
        "steps/opinions/0",
        "steps/opinions/1/visit",
        "steps/opinions/1/on/0",
        "steps/opinions/2/silence",
        "steps/known/0",
        "steps/known/otherwise",
        "steps/11",
        "on/0",
        "on/1",
    } <= paths


def test_a_branch_goes_by_its_number_so_that_equal_names_do_not_collide() -> None:
    twice = approve("same", by=role("r"), on_reject=end("no"))

    paths = index(workflow("w", starts_on="e", about="m", steps=parallel("both", always(twice), always(twice))))

    assert {"steps/0", "steps/1"} <= set(paths)


@pytest.mark.parametrize("definition", [SYNTHETIC, *CATALOGUE], ids=lambda one: one.name)
def test_every_node_but_the_roots_is_reached_from_its_parent(definition: object) -> None:
    nodes = index(definition)  # type: ignore[arg-type]  # parametrized

    inside = {one.path for node in nodes.values() for one in (*children(node), *detours(node))}
    assert inside == {node.path for node in nodes.values() if node.parent is not None}
    assert len(inside) < len(nodes)


def test_the_default_of_a_choice_comes_last() -> None:
    definition = workflow("w", starts_on="e", about="m", steps=choice("c", always(nothing()), otherwise=end("x")))

    assert [one.path for one in children(index(definition)[ROOT])] == ["steps/0", "steps/otherwise"]


def test_handlers_belong_to_the_case_or_to_their_block() -> None:
    of_case = [(path, one.event) for path, one in handlers_of(SYNTHETIC, CASE)]
    of_block = [(path, one.event) for path, one in handlers_of(SYNTHETIC, "steps/opinions/1")]

    assert of_case == [("on/0", "trial.stopped.v1"), ("on/1", "trial.noted.v1")]
    assert of_block == [("steps/opinions/1/on/0", "trial.hurried.v1")]


def test_a_definition_tells_what_it_may_wait_for() -> None:
    assert awaited(SYNTHETIC) == {
        "trial.stopped.v1",
        "trial.noted.v1",
        "trial.hurried.v1",
        "trial.paid.v1",
        "trial.supplemented.v1",
    }


def test_the_index_is_made_once_for_each_definition() -> None:
    assert index(SYNTHETIC) is index(SYNTHETIC)


def test_twins_in_one_sequence_have_no_path_of_their_own() -> None:
    same = approve("same", by=role("r"), on_reject=end("no"))

    with pytest.raises(ValueError, match="two steps stand at 'steps/same'"):
        index(workflow("w", starts_on="e", about="m", steps=sequence(same, same)))


def test_a_handler_body_is_no_child_of_the_straight_way() -> None:
    block = sequence(nothing(), on=(stops("e.v1", end("stopped")),))
    definition = workflow("w", starts_on="e", about="m", steps=block)

    assert [one.path for one in children(index(definition)[ROOT])] == ["steps/0"]
    assert isinstance(index(definition)["steps/on/0"].step, End)
