"""A BPMN diagram as XML text: the process, and the diagram interchange that says where everything stands."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # only writes what this program made
from collections import defaultdict
from collections.abc import Iterator

from workflows.pictures.bpmn.book import Book
from workflows.pictures.bpmn.joining import moved
from workflows.pictures.bpmn.parts import INSET, Flow, Node, Piece, Xml, everything
from workflows.pictures.bpmn.scripts import LANGUAGE

NAMESPACES = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:liaison": "urn:liaison:bpmn:1",
}


def written(book: Book, process: str, title: str, body: Piece, extensions: tuple[Xml, ...]) -> str:
    """The whole file.

    Args:
        book: what the export declared.
        process: the id of the process.
        title: its name.
        body: what it consists of.
        extensions: what is said of the whole process.
    """
    placed = moved(body, INSET, INSET)
    root = ET.Element("bpmn:definitions", NAMESPACES)
    root.attrib |= {"id": "definitions", "targetNamespace": "urn:liaison", "expressionLanguage": LANGUAGE}
    for id_, name in sorted(book.messages.items()):
        ET.SubElement(root, "bpmn:message", {"id": id_, "name": name})
    for id_, code in sorted(book.errors.items()):
        ET.SubElement(root, "bpmn:error", {"id": id_, "name": code, "errorCode": code})
    top = ET.SubElement(root, "bpmn:process", {"id": process, "name": title, "isExecutable": "true"})
    _extended(top, extensions)
    for name in sorted(book.lists):
        ET.SubElement(top, "bpmn:dataObject", {"id": name, "name": name, "isCollection": "true"})
    _level(top, placed.nodes, placed.flows)
    diagram = ET.SubElement(root, "bpmndi:BPMNDiagram", {"id": "diagram"})
    _drawn(ET.SubElement(diagram, "bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": process}), placed)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _level(above: ET.Element, nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> None:
    incoming, outgoing = defaultdict(list), defaultdict(list)
    for flow in flows:
        outgoing[flow.source].append(flow)
        incoming[flow.target].append(flow)
    for node in nodes:
        _node(above, node, incoming[node.id], outgoing[node.id])
    for flow in flows:
        _flow(above, flow)


def _node(above: ET.Element, node: Node, incoming: list[Flow], outgoing: list[Flow]) -> None:
    attributes = {"id": node.id, **({"name": node.name} if node.name else {}), **dict(node.attributes)}
    default = _default(node, outgoing)
    if default is not None:
        attributes["default"] = default
    made = ET.SubElement(above, f"bpmn:{node.tag}", attributes)
    _extended(made, node.extensions)
    for flow in incoming:
        ET.SubElement(made, "bpmn:incoming").text = flow.id
    for flow in outgoing:
        ET.SubElement(made, "bpmn:outgoing").text = flow.id
    for detail in node.details:
        _element(made, detail)
    _level(made, node.nodes, node.flows)


def _default(node: Node, outgoing: list[Flow]) -> str | None:
    """The way that is taken when no condition holds."""
    if node.tag not in {"exclusiveGateway", "inclusiveGateway"} or not any(one.condition for one in outgoing):
        return None
    return next((one.id for one in outgoing if one.condition is None), None)


def _extended(above: ET.Element, extensions: tuple[Xml, ...]) -> None:
    if extensions:
        around = ET.SubElement(above, "bpmn:extensionElements")
        for one in extensions:
            _element(around, one)


def _element(above: ET.Element, one: Xml) -> None:
    made = ET.SubElement(above, one.tag, dict(one.attributes))
    made.text = one.text or None
    for part in one.parts:
        _element(made, part)


def _flow(above: ET.Element, flow: Flow) -> None:
    named = {"name": flow.name} if flow.name else {}
    ends = {"sourceRef": flow.source, "targetRef": flow.target}
    made = ET.SubElement(above, "bpmn:sequenceFlow", {"id": flow.id, **named, **ends})
    if flow.condition is not None:
        attributes = {"xsi:type": "bpmn:tFormalExpression"}
        ET.SubElement(made, "bpmn:conditionExpression", attributes).text = flow.condition


# -- where everything stands -------------------------------------------------------------------------------


def _drawn(plane: ET.Element, whole: Piece) -> None:
    for node in everything(whole.nodes):
        shape = ET.SubElement(plane, "bpmndi:BPMNShape", _shape(node))
        place = {"x": node.x, "y": node.y, "width": node.width, "height": node.height}
        ET.SubElement(shape, "dc:Bounds", {name: str(value) for name, value in place.items()})
    for flow in _all_flows(whole):
        edge = ET.SubElement(plane, "bpmndi:BPMNEdge", {"id": f"edge.{flow.id}", "bpmnElement": flow.id})
        for x, y in flow.points:
            ET.SubElement(edge, "di:waypoint", {"x": str(x), "y": str(y)})


def _shape(node: Node) -> dict[str, str]:
    shape = {"id": f"shape.{node.id}", "bpmnElement": node.id}
    if node.tag == "subProcess":
        shape["isExpanded"] = "true"
    if node.tag == "exclusiveGateway":
        shape["isMarkerVisible"] = "true"
    return shape


def _all_flows(whole: Piece) -> Iterator[Flow]:
    yield from whole.flows
    for node in everything(whole.nodes):
        yield from node.flows
