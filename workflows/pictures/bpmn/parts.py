"""What a BPMN diagram is made of: nodes, flows, and pieces of both; places in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

EVENT: Final = 36
GATEWAY: Final = 50
TASK_WIDTH: Final = 150
TASK_HEIGHT: Final = 80
GAP: Final = 40
SPREAD: Final = 40
INSET: Final = 30

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Xml:
    """An XML element: its qualified name, attributes, text or parts."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""
    parts: tuple[Xml, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is written where it is not taken always or by default."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    name: str = ""
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node with its place; a sub-process has nodes and flows inside.

    `extensions` stand in its extensionElements, `details` after its incoming and outgoing flows, in BPMN's order.
    """

    tag: str
    id: str
    name: str
    width: int
    height: int
    x: int = 0
    y: int = 0
    attributes: tuple[tuple[str, str], ...] = ()
    details: tuple[Xml, ...] = ()
    extensions: tuple[Xml, ...] = ()
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Nodes and flows of one level: the way comes in at (axis, 0) and goes out at (axis, exit_y).

    Without an entry it is a way with nothing on it; without an exit it ends inside.
    """

    width: int
    height: int
    axis: int
    entry: str | None = None
    exit: str | None = None
    exit_y: int = 0
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()

    @property
    def goes_on(self) -> bool:
        """Whether the way goes out again."""
        return self.entry is None or self.exit is not None

    def node(self, id_: str) -> Node:
        """The node of this level with an id."""
        return next(one for one in self.nodes if one.id == id_)


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a gateway or event: what is on it, what it is called, and when it is taken."""

    piece: Piece
    name: str = ""
    condition: str | None = None


NOTHING: Final = Piece(width=SPREAD, height=0, axis=SPREAD // 2)


def task(  # what a node is made of, all by keyword
    tag: str,
    id_: str,
    name: str,
    *,
    attributes: tuple[tuple[str, str], ...] = (),
    details: tuple[Xml, ...] = (),
    extensions: tuple[Xml, ...] = (),
) -> Node:
    """A task."""
    return Node(tag, id_, name, TASK_WIDTH, TASK_HEIGHT, attributes=attributes, details=details, extensions=extensions)


def event(tag: str, id_: str, name: str, *details: Xml, attributes: tuple[tuple[str, str], ...] = ()) -> Node:
    """An event."""
    return Node(tag, id_, name, EVENT, EVENT, attributes=attributes, details=details)


def gateway(tag: str, id_: str, name: str = "") -> Node:
    """A gateway."""
    return Node(tag, id_, name, GATEWAY, GATEWAY)


def everything(nodes: Sequence[Node]) -> Iterator[Node]:
    """All nodes and what is inside them."""
    for one in nodes:
        yield one
        yield from everything(one.nodes)
