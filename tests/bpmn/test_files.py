"""Exported files: valid by OMG's schema, read by bpmn-moddle without a warning, drawn without anything in the way."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from SpiffWorkflow.bpmn import parser

from tests.bpmn.conftest import Reader
from tests.unit.pictures.sheets import every_word, titles
from tests.unit.pictures.trees import trees
from tests.workflows_for_tests import CHOOSING, GATHERING, INQUIRY, SYNTHETIC
from workflows.language.words import Workflow
from workflows.library import CATALOGUE
from workflows.machine.nodes import index
from workflows.pictures.bpmn.export import export
from workflows.presentation import presentation_of

SHEETS = {one.name: one for one in (every_word(), SYNTHETIC, GATHERING, INQUIRY, CHOOSING, *CATALOGUE)}
NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "liaison": "urn:liaison:bpmn:1",
}
DOCUMENT = Path(__file__).parents[2] / "docs" / "bpmn.md"
# OMG's own schema files come with SpiffWorkflow.
SCHEMA = etree.XMLSchema(etree.parse(Path(parser.__file__).parent / "schema" / "BPMN20.xsd"))
ANY_TREE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Box = tuple[int, int, int, int]
Point = tuple[int, int]


def file_of(definition: Workflow) -> str:
    return export(definition, presentation_of(definition.name), "zh").xml


def faults(xml: str) -> list[str]:
    SCHEMA.validate(etree.fromstring(xml.encode()))
    return [str(error) for error in SCHEMA.error_log]


@pytest.mark.parametrize("name", SHEETS)
def test_a_file_is_valid_by_the_schema_and_the_same_every_time(name: str) -> None:
    xml = file_of(SHEETS[name])

    assert faults(xml) == []
    assert xml == file_of(SHEETS[name])


def test_a_workflow_that_is_called_has_a_start_for_that() -> None:
    xml = export(INQUIRY, presentation_of("unheard_of"), "zh", callers=("gathering",)).xml

    starts = etree.fromstring(xml.encode()).findall("bpmn:process/bpmn:startEvent", NAMES)
    assert faults(xml) == []
    assert [(one.get("name"), one.find("bpmn:messageEventDefinition", NAMES) is None) for one in starts] == [
        ("trial.inquired.v1", False),
        ("gathering", True),
    ]


def test_whom_a_form_lets_somebody_choose_stands_beside_the_form() -> None:
    root = etree.fromstring(file_of(CHOOSING).encode())

    choices = [dict(one.attrib) for one in root.iterfind(".//liaison:form/liaison:choice", NAMES)]
    assert choices == [
        {"field": "reviewers", "among": "role:panel_member", "atLeast": "1", "atMost": "2"},
        {"field": "contact", "atLeast": "1", "atMost": "1"},
    ]


@ANY_TREE
@given(trees())
def test_any_tree_is_valid_by_the_schema(definition: Workflow) -> None:
    assert faults(file_of(definition)) == []


def test_bpmn_moddle_reads_every_file_without_a_warning(moddle: Reader) -> None:
    read = {name: moddle(file_of(definition)) for name, definition in SHEETS.items()}

    assert read == {name: {"root": "bpmn:Definitions", "warnings": []} for name in SHEETS}


@ANY_TREE
@given(definition=trees())
def test_bpmn_moddle_reads_any_tree_without_a_warning(moddle: Reader, definition: Workflow) -> None:
    assert moddle(file_of(definition)) == {"root": "bpmn:Definitions", "warnings": []}


# -- the diagram -------------------------------------------------------------------------------------------


def boxes(root: etree._Element) -> dict[str, Box]:
    found = {}
    for shape in root.iterfind(".//bpmndi:BPMNShape", NAMES):
        bounds = shape.find("dc:Bounds", NAMES)
        assert bounds is not None
        x, y, across, down = (int(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
        found[shape.get("bpmnElement", "")] = (x, y, x + across, y + down)
    return found


def lines(root: etree._Element) -> dict[str, list[Point]]:
    return {
        edge.get("bpmnElement", ""): [
            (int(point.get("x", "")), int(point.get("y", ""))) for point in edge.iterfind("di:waypoint", NAMES)
        ]
        for edge in root.iterfind(".//bpmndi:BPMNEdge", NAMES)
    }


def overlap(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def crosses(start: Point, end: Point, box: Box) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    return left < box[2] and right > box[0] and top < box[3] and bottom > box[1]


def tasks(root: etree._Element) -> set[str]:
    """What neither has anything inside nor sits on the edge of something."""
    open_ = {f"{{{NAMES['bpmn']}}}{tag}" for tag in ("subProcess", "boundaryEvent")}
    return {one.get("id", "") for one in root.iterfind(".//bpmn:process//*[@id]", NAMES) if one.tag not in open_}


@ANY_TREE
@given(trees())
def test_in_any_tree_no_two_boxes_overlap_and_no_line_goes_through_one(definition: Workflow) -> None:
    root = etree.fromstring(file_of(definition).encode())

    plain = [box for id_, box in boxes(root).items() if id_ in tasks(root)]
    steps = [step for points in lines(root).values() for step in pairwise(points)]
    assert [pair for pair in combinations(plain, 2) if overlap(*pair)] == []
    assert [(step, box) for step in steps for box in plain if crosses(*step, box)] == []
    assert all(start[0] == end[0] or start[1] == end[1] for start, end in steps)


@ANY_TREE
@given(trees())
def test_in_any_tree_every_line_leads_from_its_node_to_its_node(definition: Workflow) -> None:
    root = etree.fromstring(file_of(definition).encode())

    drawn, placed = lines(root), boxes(root)
    flows = root.findall(".//bpmn:sequenceFlow", NAMES)
    assert {flow.get("id") for flow in flows} == set(drawn)
    for flow in flows:
        points = drawn[flow.get("id", "")]
        assert touches(points[0], placed[flow.get("sourceRef", "")])
        assert touches(points[-1], placed[flow.get("targetRef", "")])


def touches(point: Point, box: Box) -> bool:
    (x, y), (left, top, right, bottom) = point, box
    upright = x in {left, right} and top <= y <= bottom
    return upright or (y in {top, bottom} and left <= x <= right)


# -- what is in it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHEETS)
def test_the_export_lists_every_extension_element_that_carries_meaning(name: str) -> None:
    exported = export(SHEETS[name], presentation_of(name), "zh")

    root = etree.fromstring(exported.xml.encode())
    written = [
        etree.QName(one).localname
        for around in root.iterfind(".//bpmn:extensionElements", NAMES)
        for one in around
        if etree.QName(one).localname != "end"
    ]
    assert sorted(written) == sorted(one.rpartition(": ")[2] for one in exported.extended)


def test_titles_and_the_names_of_branches_are_in_the_language_that_is_asked_for() -> None:
    english = export(every_word(), titles(), "en").xml

    assert 'name="Completeness check"' in english
    assert 'name="Groups includes new media"' in english
    assert not re.search("[㐀-鿿]", english)


# -- the document ------------------------------------------------------------------------------------------


def rows(heading: str) -> dict[str, str]:
    """The first two columns of a table in the document."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", section, re.MULTILINE)
    return dict(found)


def test_the_document_names_every_word() -> None:
    words = {node.step.word for one in SHEETS.values() for node in index(one).values()}

    assert words - set(rows("What becomes what")) == set()


def test_the_document_names_every_extension_element() -> None:
    elements = {
        one.rpartition(": ")[2] for definition in SHEETS.values() for one in export(definition, titles(), "zh").extended
    }

    assert elements <= set(rows("Extension elements"))
