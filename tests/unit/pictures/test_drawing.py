"""Pictures: everything of a definition is in them, nothing overlaps, and the position shows without colour."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from tests.unit.pictures.sheets import every_word, titles
from tests.unit.pictures.trees import trees
from tests.workflows_for_tests import GATHERING
from workflows.language.words import Sequence, Workflow
from workflows.library import CATALOGUE
from workflows.machine.nodes import index
from workflows.pictures.layout import lay_out
from workflows.pictures.lettering import width, wrapped
from workflows.pictures.mermaid import mermaid
from workflows.pictures.shapes import Block, Kind, Point, Shape
from workflows.pictures.svg import draw
from workflows.pictures.wording import Wording
from workflows.presentation import Presentation, presentation_of

SHEETS = {definition.name: definition for definition in (every_word(), GATHERING, *CATALOGUE)}
QUIET = (Sequence,)
SVG = "{http://www.w3.org/2000/svg}"


def presentation(name: str) -> Presentation:
    return titles() if name == "every_word" else presentation_of(name)


def picture(name: str, language: str = "zh") -> Block:
    return lay_out(SHEETS[name], Wording(presentation(name), language))


def drawn(shapes: tuple[Shape, ...]) -> list[Shape]:
    return [one for one in shapes if one.kind is not Kind.JOIN]


def overlap(first: Shape, second: Shape) -> bool:
    apart = first.x + first.width <= second.x or second.x + second.width <= first.x
    above = first.y + first.height <= second.y or second.y + second.height <= first.y
    return not (apart or above)


@pytest.mark.parametrize("name", SHEETS)
def test_a_picture_is_well_formed_and_the_same_every_time(name: str) -> None:
    first = draw(SHEETS[name], presentation(name), None, "zh")
    second = draw(SHEETS[name], presentation(name), None, "zh")

    assert first == second
    assert ET.fromstring(first).tag == f"{SVG}svg"
    assert "<script" not in first
    assert "style=" not in first


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SHEETS)
def test_no_two_boxes_overlap_and_all_stand_inside_the_picture(name: str, language: str) -> None:
    whole = picture(name, language)

    assert [pair for pair in combinations(drawn(whole.shapes), 2) if overlap(*pair)] == []
    for shape in whole.shapes:
        assert 0 <= shape.x <= shape.x + shape.width <= whole.width
        assert 0 <= shape.y <= shape.y + shape.height <= whole.height


@pytest.mark.parametrize("name", SHEETS)
def test_every_leaf_of_the_definition_is_drawn_once(name: str) -> None:
    leaves = {
        path for path, node in index(SHEETS[name]).items() if node.step.word not in {"sequence", "choice", "parallel"}
    }

    found = [shape.path for shape in picture(name).shapes]

    assert leaves <= set(found)
    assert all(found.count(path) == 1 for path in leaves)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_in_any_tree_no_two_boxes_overlap_and_no_line_goes_through_a_box(definition: Workflow) -> None:
    whole = lay_out(definition, Wording(presentation_of("unheard_of"), "zh", status_lines=1))

    boxes = drawn(whole.shapes)
    lines = [line for wire in whole.wires for line in pairwise(wire.points)]
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []
    assert [(line, box) for line in lines for box in boxes if crosses(*line, box)] == []
    assert all(start[0] == end[0] or start[1] == end[1] for start, end in lines)
    assert all(0 <= x <= whole.width and 0 <= y <= whole.height for line in lines for x, y in line)
    assert all(one.x >= 0 and one.x + one.width <= whole.width for one in boxes)
    assert all(one.y >= 0 and one.y + one.height <= whole.height for one in boxes)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_any_tree_is_drawn_in_both_ways(definition: Workflow) -> None:
    drawing = draw(definition, presentation_of("unheard_of"), None, "en")
    text = mermaid(definition, presentation_of("unheard_of"), None, "en")

    leaves = [node.path for node in index(definition).values() if not isinstance(node.step, QUIET)]
    paths = [group.get("data-path") for group in ET.fromstring(drawing).iter(f"{SVG}g")]
    assert all(paths.count(path) == 1 for path in leaves)
    assert text.count("\n") > len(leaves)


@pytest.mark.parametrize("name", SHEETS)
def test_lines_are_level_or_upright_and_none_crosses_a_box(name: str) -> None:
    whole = picture(name)

    for wire in whole.wires:
        for start, end in pairwise(wire.points):
            assert start[0] == end[0] or start[1] == end[1]
            assert [box for box in drawn(whole.shapes) if crosses(start, end, box)] == []


def crosses(start: Point, end: Point, box: Shape) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return left < box.x + box.width and right > box.x and top < box.y + box.height and bottom > box.y


def test_labels_are_in_the_language_that_is_asked_for() -> None:
    chinese = draw(every_word(), titles(), None, "zh")
    english = draw(every_word(), titles(), None, "en")

    assert "材料核对" in chinese
    assert "服务中心窗口 · 2个工作日" in chinese
    assert "Completeness check" in english
    assert not re.search("[㐀-鿿]", english)


def test_a_name_that_nobody_titled_is_shown_as_it_is() -> None:
    drawing = draw(every_word(), presentation_of("unheard_of"), None, "zh")

    assert ">completeness<" in drawing


def test_han_is_twice_as_wide_as_latin() -> None:
    assert width("材料", 14) == 28
    assert width("ab", 14) < 20


def test_a_long_label_breaks_between_words_and_ends_in_an_ellipsis() -> None:
    lines = wrapped("Registration of the members of the association", 14, 110, 2)

    assert len(lines) == 2
    assert lines[0] == "Registration of"
    assert lines[1].endswith("…")
    assert all(width(line, 14) <= 110 for line in lines)


def test_mermaid_joins_every_box_and_names_the_branches() -> None:
    text = mermaid(every_word(), titles(), None, "zh")

    boxes = set(re.findall(r"^  (n\d+)[\[({>]", text, re.MULTILINE))
    joined = set(re.findall(r"\b(n\d+)\b(?= --)|(?:-->|\|) (n\d+)$", text, re.MULTILINE))
    assert text.startswith("flowchart TD\n")
    assert boxes == {name for pair in joined for name in pair if name}
    assert '|"所属类别包含新媒体从业人员"|' in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ["逐项：topics", "其余取消", "直到ready：是", "最多3次", "依次办理", "参加不少于2/3，赞成超过1/2"]),
        ("zh", ["公示5个工作日", "子流程：inquiry", "期间停止计时", "仅在此期间可撤回", "票数相等", "再次办理"]),
        ("zh", ["meet_on当日截止"]),
        (
            "en",
            [
                "by the end of: meet_on",
                "for each: topics",
                "the rest is",
                "until ready: yes",
                "at most 3 times",
                "quorum 2/3",
            ],
        ),
        ("en", ["stands for 5 working", "Sub-case: inquiry", "stops the clock", "withdraw only here", "No quorum"]),
    ],
)
def test_every_block_says_how_it_works(language: str, said: list[str]) -> None:
    drawing = draw(GATHERING, presentation_of("unheard_of"), None, language)
    text = mermaid(GATHERING, presentation_of("unheard_of"), None, language)

    assert [one for one in said if one not in drawing] == []
    assert [one for one in said if one not in text] == []


def test_a_loop_has_a_line_back_to_its_head() -> None:
    whole = picture("gathering")

    head = next(one for one in whole.shapes if one.path == "steps/draft")
    ends = [wire.points[-1] for wire in whole.wires if wire.arrow]
    assert any(x == head.x + head.width and head.y < y < head.y + head.height for x, y in ends)
