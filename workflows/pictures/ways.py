"""How ways part, meet, leave to the right and turn back: blocks that are drawn already, put together."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import replace

from workflows.pictures.boxes import NOTE_LINE, PADDING, SPLIT_HEIGHT, Label, label_width
from workflows.pictures.shapes import GAP, SPREAD, Block, Frame, Kind, Point, Shape, Wire, abreast, moved, united

Way = tuple[Label, Block]
"""A way and what stands beside the line that leads to it."""


def forked(split: Block, ways: Many[Way], path: str) -> Block:
    """The ways side by side below the sign `split`; those that go on meet again."""
    columns = [_with_room(block, rows) for rows, block in ways]
    parts, axes, across = abreast(columns)
    middle = (axes[0] + axes[-1]) // 2
    left = max(split.axis - middle, 0)
    axis = left + middle
    top = SPLIT_HEIGHT + GAP + NOTE_LINE * max(len(rows) for rows, _ in ways)
    wires = tuple(_fan_out(axis, left + at, top, rows) for at, (rows, _) in zip(axes, ways, strict=True))
    around = Block(max(left + across, axis + split.width - split.axis), top, axis, wires=wires)
    placed = [moved(split, axis - split.axis, 0), *(moved(part, left, top) for part in parts)]
    return _met(placed, around, [left + at for at in axes], columns, path)


def _with_room(block: Block, rows: Label) -> Block:
    """A way with room for its label to the right of its line."""
    return replace(block, width=max(block.width, block.axis + PADDING + label_width(rows)))


def _fan_out(axis: int, at: int, top: int, rows: Label) -> Wire:
    turn = SPLIT_HEIGHT + GAP // 2
    bend = () if at == axis else ((axis, turn), (at, turn))
    points = ((axis, SPLIT_HEIGHT), *bend, (at, top))
    return Wire(points, label=rows, label_at=(at + 6, turn + NOTE_LINE))


def _met(parts: Many[Block], around: Block, axes: Many[int], columns: Many[Block], path: str) -> Block:
    bottom = around.height + max(column.height for column in columns)
    onward = [(at, column) for at, column in zip(axes, columns, strict=True) if column.goes_on]
    if not onward:
        return united(parts, replace(around, height=bottom, goes_on=False))
    meet = bottom + GAP // 2
    joins = tuple(
        Wire(
            ((at, around.height + column.height), (at, meet), (around.axis, meet), (around.axis, meet + GAP // 2)),
            arrow=False,
        )
        for at, column in onward
    )
    dot = Shape(Kind.JOIN, f"{path}/", around.axis - 4, meet + GAP // 2 - 4, 8, 8, ())
    return united(parts, replace(around, height=meet + GAP // 2, wires=around.wires + joins, shapes=(dot,)))


def with_detours(box: Block, ways: Many[Way]) -> Block:
    """A step with what happens when it does not go its straight way, to its right."""
    if not ways:
        return box
    columns = [_with_room(block, rows) for rows, block in ways]
    parts, axes, across = abreast(columns)
    left = box.width + SPREAD
    room = box.height // (len(ways) + 1)
    # Labels stand above the boxes they lead to, below the lines of the other ways.
    top = room * len(ways) + GAP + NOTE_LINE * (max(len(rows) for rows, _ in ways) - 1)
    wires = [
        Wire(
            _aside(box.width, room * (len(ways) - number), left + at, top),
            aside=True,
            label=rows,
            label_at=(left + at + 6, top - 7),
        )
        for number, (at, (rows, _)) in enumerate(zip(axes, ways, strict=True))
    ]
    height = max(box.height, top + max(column.height for column in columns))
    around = Block(left + across, height, box.axis, wires=tuple(wires))
    if height > box.height:
        tail = Wire(((box.axis, box.height), (box.axis, height)), arrow=False)
        around = replace(around, wires=(*around.wires, tail))
    return united([box, *(moved(part, left, top) for part in parts)], around)


def _aside(right: int, level: int, at: int, top: int) -> tuple[Point, ...]:
    return (right, level), (at, level), (at, top)


def enclosed(block: Block) -> Block:
    """The block in a frame of its own; the main way runs through it."""
    inset = SPREAD
    across, down = block.width + 2 * inset, block.height + 2 * inset
    axis = inset + block.axis
    through = [Wire(((axis, 0), (axis, inset)))]
    if block.goes_on:
        through.append(Wire(((axis, down - inset), (axis, down)), arrow=False))
    around = Block(across, down, axis, block.goes_on, wires=tuple(through), frames=(Frame(0, 0, across, down),))
    return united([moved(block, inset, inset)], around)


def turned_back(block: Block, head: Block, rows: Label) -> Block:
    """A block under its head, with the line that leads from its end back to the head, on its right."""
    if not block.goes_on:
        return block
    turn = block.height + GAP // 2
    right = max(block.width, block.axis + head.width - head.axis) + SPREAD
    level = head.height // 2
    back = Wire(
        ((block.axis, turn), (right, turn), (right, level), (block.axis + head.width - head.axis, level)),
        label=rows,
        label_at=(right + 6, level + GAP),
    )
    on = Wire(((block.axis, block.height), (block.axis, block.height + GAP)), arrow=False)
    around = Block(right + PADDING + label_width(rows), block.height + GAP, block.axis, wires=(back, on))
    return united([block], around)


def handled(framed: Block, row: Many[Block]) -> Block:
    """A framed block with what events do to it, to its right."""
    if not row:
        return framed
    parts, _axes, across = abreast(row)
    left = framed.width + SPREAD
    height = max(framed.height, *(block.height for block in row))
    wires = [Wire(((framed.width, PADDING), (left, PADDING)), aside=True)]
    if framed.goes_on and height > framed.height:
        wires.append(Wire(((framed.axis, framed.height), (framed.axis, height)), arrow=False))
    around = Block(left + across, height, framed.axis, framed.goes_on, wires=tuple(wires))
    return united([framed, *(moved(part, left, 0) for part in parts)], around)


def watched(block: Block, row: Many[Block]) -> Block:
    """The whole case in a frame, and what events do to it in a row below."""
    if not row:
        return block
    inset = SPREAD
    parts, axes, across = abreast(row)
    frame = Frame(0, 0, max(block.width + 2 * inset, across), block.height + 2 * inset)
    left, below = (frame.width - block.width) // 2, frame.height + GAP
    hang = tuple(Wire(((at, frame.height), (at, below)), aside=True) for at in axes)
    height = below + max(way.height for way in row)
    around = Block(frame.width, height, left + block.axis, wires=hang, frames=(frame,))
    return united([moved(block, left, inset), *(moved(part, 0, below) for part in parts)], around)
