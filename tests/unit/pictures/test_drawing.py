"""Pictures: everything of a definition is in them, nothing overlaps, and the position shows without colour."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest

from tests.unit.pictures.sheets import every_word, titles
from workflows.library import CATALOGUE
from workflows.machine.nodes import index
from workflows.pictures.layout import lay_out
from workflows.pictures.lettering import width, wrapped
from workflows.pictures.mermaid import mermaid
from workflows.pictures.shapes import Block, Kind, Point, Shape
from workflows.pictures.svg import draw
from workflows.pictures.wording import Wording
from workflows.presentation import Presentation, presentation_of

SHEETS = {definition.name: definition for definition in (every_word(), *CATALOGUE)}
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
