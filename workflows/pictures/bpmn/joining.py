"""How pieces of a BPMN diagram are put together: one after the other, side by side, inside, aside, and back.

Ways that part meet again in a gateway, so that a piece has one way in and at most one out; nothing is drawn through
anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from workflows.pictures.bpmn.parts import (
    EVENT,
    GAP,
    INSET,
    NOTHING,
    SPREAD,
    TASK_HEIGHT,
    TASK_WIDTH,
    Flow,
    Node,
    Piece,
    Point,
    Way,
)


def moved(piece: Piece, dx: int, dy: int) -> Piece:
    """The piece's parts shifted; its own measures stay what they are."""
    nodes = tuple(_moved_node(one, dx, dy) for one in piece.nodes)
    return replace(piece, nodes=nodes, flows=tuple(_moved_flow(one, dx, dy) for one in piece.flows))


def _moved_node(node: Node, dx: int, dy: int) -> Node:
    inside = tuple(_moved_node(one, dx, dy) for one in node.nodes)
    flows = tuple(_moved_flow(one, dx, dy) for one in node.flows)
    return replace(node, x=node.x + dx, y=node.y + dy, nodes=inside, flows=flows)


def _moved_flow(flow: Flow, dx: int, dy: int) -> Flow:
    return replace(flow, points=tuple((x + dx, y + dy) for x, y in flow.points))


def alone(node: Node, *, ends: bool = False) -> Piece:
    """A piece of one node, which ends the way or lets it go on."""
    return Piece(
        node.width, node.height, node.width // 2, node.id, None if ends else node.id, node.height, nodes=(node,)
    )


def stacked(pieces: Sequence[Piece]) -> Piece:
    """The pieces one below the other, as far as the way goes on: what nothing leads to is left out."""
    solid = _reached([one for one in pieces if one.entry is not None])
    if not solid:
        return NOTHING
    axis = max(one.axis for one in solid)
    placed: list[Piece] = []
    y = 0
    for one in solid:
        placed.append(replace(moved(one, axis - one.axis, y), exit_y=y + one.exit_y, height=y))
        y += one.height + GAP
    joins = tuple(_straight(above, below, axis) for above, below in pairwise(placed))
    return Piece(
        width=axis + max(one.width - one.axis for one in solid),
        height=y - GAP,
        axis=axis,
        entry=placed[0].entry,
        exit=placed[-1].exit,
        exit_y=placed[-1].exit_y,
        nodes=_nodes(placed),
        flows=(*_flows(placed), *joins),
    )


def _reached(pieces: Sequence[Piece]) -> list[Piece]:
    last = next((number for number, one in enumerate(pieces) if not one.goes_on), len(pieces))
    return list(pieces[: last + 1])


def _straight(above: Piece, below: Piece, axis: int) -> Flow:
    """The line between two placed pieces; `height` of a placed piece is where it begins."""
    return flow(above.exit or "", below.entry or "", ((axis, above.exit_y), (axis, below.height)))


def flow(source: str, target: str, points: tuple[Point, ...]) -> Flow:
    """The only flow that leaves `source`."""
    return Flow(f"from.{source}", source, target, points)


def _nodes(pieces: Sequence[Piece]) -> tuple[Node, ...]:
    return tuple(node for one in pieces for node in one.nodes)


def _flows(pieces: Sequence[Piece]) -> tuple[Flow, ...]:
    return tuple(flow for one in pieces for flow in one.flows)


# -- ways that part and meet -------------------------------------------------------------------------------


def forked(split: Node, ways: Sequence[Way], join: Node) -> Piece:
    """The ways side by side below a gateway; those that go on meet again in the gateway `join`."""
    placed, axes, across = _abreast([one.piece for one in ways], 0)
    middle = (axes[0] + axes[-1]) // 2
    left = max(split.width // 2 - middle, 0)
    axis = left + middle
    top, bottom = split.height + GAP, split.height + GAP + max(one.piece.height for one in ways)
    placed = [moved(one, left, top) for one in placed]
    axes = [left + at for at in axes]
    meets = any(one.goes_on for one in placed)
    split, join = replace(split, x=axis - split.width // 2), replace(join, x=axis - join.width // 2, y=bottom + GAP)
    outs = [
        _way_out(split, number, way, at, top, join) for number, (way, at) in enumerate(zip(ways, axes, strict=True))
    ]
    ins = [_way_in(one, at, top + one.exit_y, join, axis) for one, at in zip(placed, axes, strict=True) if one.exit]
    return Piece(
        width=max(left + across, axis + split.width // 2),
        height=join.y + join.height if meets else bottom,
        axis=axis,
        entry=split.id,
        exit=join.id if meets else None,
        exit_y=join.y + join.height,
        nodes=(split, *_nodes(placed), *((join,) if meets else ())),
        flows=(*outs, *_flows(placed), *ins),
    )


def _abreast(pieces: Sequence[Piece], left: int) -> tuple[list[Piece], list[int], int]:
    placed, axes = [], []
    for one in pieces:
        placed.append(moved(one, left, 0))
        axes.append(left + one.axis)
        left += one.width + SPREAD
    return placed, axes, left - SPREAD


def _way_out(split: Node, number: int, way: Way, at: int, top: int, join: Node) -> Flow:
    axis, turn = split.x + split.width // 2, split.height + GAP // 2
    bend = () if at == axis else ((axis, turn), (at, turn))
    if way.piece.entry is not None:
        points, target = ((axis, split.height), *bend, (at, top)), way.piece.entry
    else:
        points, target = ((axis, split.height), *bend, *_to_join(at, turn, join, axis)[1:]), join.id
    return Flow(f"from.{split.id}-{number}", split.id, target, points, way.name, way.condition)


def _way_in(piece: Piece, at: int, start: int, join: Node, axis: int) -> Flow:
    return flow(piece.exit or "", join.id, _to_join(at, start, join, axis))


def _to_join(at: int, start: int, join: Node, axis: int) -> tuple[Point, ...]:
    """From (at, start) down past everything, and into the join from above."""
    meet = join.y - GAP // 2
    bend = () if at == axis else ((at, meet), (axis, meet))
    return ((at, start), *bend, (axis, join.y))


def gathered(nodes: Sequence[Node], join: Node) -> Piece:
    """Nodes side by side with which the way may begin, and the gateway where they meet."""
    placed, axes, across = _abreast([alone(one) for one in nodes], 0)
    axis = axes[0]
    join = replace(join, x=axis - join.width // 2, y=max(one.height for one in nodes) + GAP)
    ins = [_way_in(one, at, one.exit_y, join, axis) for one, at in zip(placed, axes, strict=True)]
    return moved(
        Piece(
            width=across + join.width // 2,
            height=join.y + join.height,
            axis=axis + join.width // 2,
            entry=nodes[0].id,
            exit=join.id,
            exit_y=join.y + join.height,
            nodes=(*_nodes(placed), join),
            flows=tuple(ins),
        ),
        join.width // 2,
        0,
    )


# -- sub-processes and what is attached to a node ----------------------------------------------------------


def enclosed(node: Node, inside: Piece) -> Node:
    """The sub-process `node` around a piece."""
    placed = moved(inside, INSET, INSET)
    across, down = max(inside.width + 2 * INSET, TASK_WIDTH), max(inside.height + 2 * INSET, TASK_HEIGHT)
    return replace(node, width=across, height=down, nodes=placed.nodes, flows=placed.flows)


def attached(core: Node, ways: Sequence[tuple[Node, Piece]], merge: Node, *, goes_on: bool = True) -> Piece:
    """A node with boundary events on its right side, and where they lead; what goes on meets again in `merge`.

    Args:
        core: a task or sub-process.
        ways: boundary events with what is done when they come, from left to right.
        merge: the gateway where ways that go on meet the main one.
        goes_on: whether the node itself is ever left in the ordinary way.
    """
    if not ways:
        return alone(core)
    step = EVENT + INSET // 2
    core = replace(core, height=max(core.height, (len(ways) + 1) * step))
    axis, top = core.width // 2, len(ways) * step + EVENT // 2 + GAP
    placed, axes, across = _abreast([piece for _, piece in ways], core.width + EVENT // 2 + SPREAD)
    placed = [moved(one, 0, top) for one in placed]
    bottom = max(core.height, *(top + one.height for one in placed))
    merge = replace(merge, x=axis - merge.width // 2, y=bottom + GAP)
    # The lowest event leads to the nearest way, so that no two lines cross.
    events = [
        replace(boundary, x=core.width - EVENT // 2, y=(len(ways) - number) * step - EVENT // 2)
        for number, (boundary, _) in enumerate(ways)
    ]
    outs = [_way_aside(one, piece, at, top, merge, axis) for one, piece, at in zip(events, placed, axes, strict=True)]
    ins = [_way_in(one, at, top + one.exit_y, merge, axis) for one, at in zip(placed, axes, strict=True) if one.exit]
    meets = any(one.goes_on for one in placed)
    if meets and goes_on:
        ins.append(flow(core.id, merge.id, ((axis, core.height), (axis, merge.y))))
    own_exit = core.id if goes_on else None
    return Piece(
        width=across,
        height=merge.y + merge.height if meets else bottom,
        axis=axis,
        entry=core.id,
        exit=merge.id if meets else own_exit,
        exit_y=merge.y + merge.height if meets else core.height,
        nodes=(core, *events, *_nodes(placed), *((merge,) if meets else ())),
        flows=(*outs, *_flows(placed), *ins),
    )


def _way_aside(event_: Node, piece: Piece, at: int, top: int, merge: Node, axis: int) -> Flow:
    start, level = event_.x + EVENT, event_.y + EVENT // 2
    if piece.entry is not None:
        return flow(event_.id, piece.entry, ((start, level), (at, level), (at, top)))
    return flow(event_.id, merge.id, ((start, level), *_to_join(at, level, merge, axis)))


def with_event_below(core: Node, boundary: Node, then: Piece) -> Piece:
    """A node that is left only aside, with a boundary event on its lower side and what that leads to below it."""
    axis = max(core.width // 2, then.axis)
    below = core.height + EVENT // 2
    placed_core = replace(core, x=axis - core.width // 2)
    placed = moved(then, axis - then.axis, below + GAP)
    marked = replace(boundary, x=axis - EVENT // 2, y=core.height - EVENT // 2)
    lead = (flow(boundary.id, then.entry, ((axis, below), (axis, below + GAP))),) if then.entry else ()
    return Piece(
        width=axis + max(core.width - core.width // 2, then.width - then.axis),
        height=below + (GAP + then.height if then.entry else 0),
        axis=axis,
        entry=core.id,
        exit=then.exit if then.entry else boundary.id,
        exit_y=below + GAP + then.exit_y if then.entry else below,
        nodes=(placed_core, marked, *placed.nodes),
        flows=(*lead, *placed.flows),
    )


def turned_back(piece: Piece, source: str, target: str) -> Piece:
    """A line from the right side of one node of the piece up to the right side of another, around everything."""
    start, end = piece.node(source), piece.node(target)
    right = piece.width + SPREAD // 2
    level, goal = start.y + start.height // 2, end.y + end.height // 2
    points = ((start.x + start.width, level), (right, level), (right, goal), (end.x + end.width, goal))
    return replace(piece, width=piece.width + SPREAD, flows=(*piece.flows, flow(source, target, points)))
