"""Where everything in a picture stands: the tree of a definition, laid out from top to bottom.

A sequence is a column; a choice or parallel opens into columns that meet again; what happens when somebody
refuses or nobody answers leaves to the right; what an event may interrupt stands under the block it watches.
The same definition always gives the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import replace

from workflows.language.words import (
    Approve,
    CarryOut,
    Choice,
    End,
    Handler,
    Parallel,
    Sequence,
    ToApplicant,
    Wait,
    Workflow,
)
from workflows.machine.nodes import CASE, ROOT, Node, children, detours, handlers_of, index
from workflows.pictures.lettering import width, wrapped
from workflows.pictures.shapes import GAP, SPREAD, Block, Frame, Kind, Shape, Wire, abreast, moved, stacked, united
from workflows.pictures.wording import Wording

TITLE_SIZE = 14
NOTE_SIZE = 12
BOX_WIDTH = 184
PADDING = 10
TITLE_LINE = 20
NOTE_LINE = 17
LABEL_WIDTH = 110
SPLIT_HEIGHT = 34
LINE_HEIGHT = 24
END_HEIGHT = 32
MARGIN = 14


def lay_out(definition: Workflow, wording: Wording) -> Block:
    """The whole picture of a definition, margins included."""
    root = index(definition)[ROOT]
    start = _pill(Kind.START, "", wording.event(definition.starts_on))
    body = _watched(stacked([start, _step(root, wording)]), definition, wording)
    whole = moved(body, MARGIN, MARGIN)
    return replace(whole, width=body.width + 2 * MARGIN, height=body.height + 2 * MARGIN, axis=body.axis + MARGIN)


def _step(node: Node, wording: Wording) -> Block:
    match node.step:
        case Sequence():
            return _framed(stacked([_step(one, wording) for one in children(node)]), node, wording)
        case Choice():
            return _fork(node, node.step, wording)
        case Parallel():
            return _framed(_fork(node, node.step, wording), node, wording)
        case Approve() | Wait():
            return _with_detours(_box(node, wording), node, wording)
        case End():
            return _pill(Kind.END, node.path, wording.title(node))
        case _:
            return _box(node, wording)


# -- boxes -------------------------------------------------------------------------------------------------


def _box(node: Node, wording: Wording) -> Block:
    title, note = wording.title(node), wording.note(node.step)
    match node.step:
        case Approve() | CarryOut():
            return _labelled(Kind.PEOPLE, node.path, title, note)
        case Wait():
            return _labelled(Kind.WAIT, node.path, title, note)
        case _:
            return _line(node.path, title, note)


def _line(path: str, title: str, note: str) -> Block:
    """What the system does by itself: one line, the rest in its tip."""
    tip = f"{title} · {note}" if note else title
    (line,) = wrapped(title, NOTE_SIZE, BOX_WIDTH - 3 * PADDING, 1)
    shape = Shape(Kind.SYSTEM, path, 0, 0, BOX_WIDTH, LINE_HEIGHT, (), (line,), tip)
    return Block(BOX_WIDTH, LINE_HEIGHT, BOX_WIDTH // 2, tight=True, shapes=(shape,))


def _labelled(kind: Kind, path: str, title: str, note: str) -> Block:
    room = BOX_WIDTH - 2 * PADDING
    lines = wrapped(title, TITLE_SIZE, room, 2)
    notes = _notes(note, room)
    height = len(lines) * TITLE_LINE + len(notes) * NOTE_LINE + PADDING + 2
    tip = f"{title} · {note}" if note else title
    shape = Shape(kind, path, 0, 0, BOX_WIDTH, height, lines, notes, tip)
    return Block(BOX_WIDTH, height, BOX_WIDTH // 2, shapes=(shape,))


def _notes(note: str, room: int) -> tuple[str, ...]:
    """A note in one line where it fits, else who and by when in lines of their own."""
    if not note or width(note, NOTE_SIZE) <= room:
        return (note,) if note else ()
    return tuple(line for part in note.split(" · ") for line in wrapped(part, NOTE_SIZE, room, 2))


def _pill(kind: Kind, path: str, title: str) -> Block:
    (line,) = wrapped(title, TITLE_SIZE, BOX_WIDTH - 2 * PADDING, 1)
    across = int(width(line, TITLE_SIZE)) // 2 * 2 + 4 * PADDING
    shape = Shape(kind, path, 0, 0, across, END_HEIGHT, (line,), tip=title)
    return Block(across, END_HEIGHT, across // 2, goes_on=kind is not Kind.END, shapes=(shape,))


# -- ways that part and meet -------------------------------------------------------------------------------


def _fork(node: Node, step: Choice | Parallel, wording: Wording) -> Block:
    branches = children(node)
    labels = [_label(wording.branch(one, step)) for one in branches]
    columns = [_column(_step(one, wording), label) for one, label in zip(branches, labels, strict=True)]
    parts, axes, across = abreast(columns)
    split = _gateway(node.path, wording.title(node), isinstance(step, Parallel))
    middle = (axes[0] + axes[-1]) // 2
    left = max(split.axis - middle, 0)
    axis = left + middle
    top = SPLIT_HEIGHT + GAP + NOTE_LINE * max(len(label) for label in labels)
    wires = [_fan_out(axis, left + at, top, label) for at, label in zip(axes, labels, strict=True)]
    around = Block(max(left + across, axis + split.width - split.axis), top, axis, wires=tuple(wires))
    placed = [moved(split, axis - split.axis, 0), *(moved(part, left, top) for part in parts)]
    return _met(placed, around, [left + at for at in axes], columns, node)


def _label(text: str) -> tuple[str, ...]:
    return wrapped(text, NOTE_SIZE, LABEL_WIDTH, 2) if text else ()


def _column(block: Block, label: tuple[str, ...]) -> Block:
    """A way with room for its label to the right of its line."""
    needed = block.axis + PADDING + max((int(width(line, NOTE_SIZE)) for line in label), default=0)
    return replace(block, width=max(block.width, needed))


def _gateway(path: str, title: str, together: bool) -> Block:  # noqa: FBT001  # which of the two signs to draw
    (line,) = wrapped(title, NOTE_SIZE, BOX_WIDTH, 1)
    kind = Kind.PARALLEL if together else Kind.CHOICE
    shape = Shape(kind, path, 0, 0, SPLIT_HEIGHT, SPLIT_HEIGHT, (line,), tip=title)
    across = SPLIT_HEIGHT + PADDING + int(width(line, NOTE_SIZE))
    return Block(across, SPLIT_HEIGHT, SPLIT_HEIGHT // 2, shapes=(shape,))


def _fan_out(axis: int, at: int, top: int, label: tuple[str, ...]) -> Wire:
    turn = SPLIT_HEIGHT + GAP // 2
    bend = () if at == axis else ((axis, turn), (at, turn))
    points = ((axis, SPLIT_HEIGHT), *bend, (at, top))
    return Wire(points, label=label, label_at=(at + 6, turn + NOTE_LINE))


def _met(parts: Many[Block], around: Block, axes: Many[int], columns: Many[Block], node: Node) -> Block:
    """The branches that go on meet again; without one, the way ends inside."""
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
    dot = Shape(Kind.JOIN, f"{node.path}/", around.axis - 4, meet + GAP // 2 - 4, 8, 8, ())
    return united(parts, replace(around, height=meet + GAP // 2, wires=around.wires + joins, shapes=(dot,)))


# -- ways that leave ---------------------------------------------------------------------------------------


def _with_detours(box: Block, node: Node, wording: Wording) -> Block:
    """A step with what happens when it is refused or not answered, to its right."""
    ways = [(_label(_detour_label(node, one, wording)), _detour(node, one, wording)) for one in detours(node)]
    if not ways:
        return box
    columns = [_column(block, label) for label, block in ways]
    parts, axes, across = abreast(columns)
    left = box.width + SPREAD
    top = box.height // 2 + GAP
    room = box.height // (len(ways) + 1)
    wires = [
        Wire(
            ((box.width, room * (len(ways) - number)), (left + at, room * (len(ways) - number)), (left + at, top)),
            aside=True,
            label=label,
            label_at=(left + at + 6, top - 7),
        )
        for number, (at, (label, _)) in enumerate(zip(axes, ways, strict=True))
    ]
    height = max(box.height, top + max(column.height for column in columns))
    around = Block(left + across, height, box.axis, wires=tuple(wires))
    if height > box.height:
        tail = Wire(((box.axis, box.height), (box.axis, height)), arrow=False)
        around = replace(around, wires=(*around.wires, tail))
    return united([box, *(moved(part, left, top) for part in parts)], around)


def _detour_label(node: Node, detour: Node, wording: Wording) -> str:
    if detour.path.endswith("/rejected"):
        return wording.word("rejected")
    return wording.word("silence") if isinstance(node.step, Wait) else wording.word("returned")


def _detour(node: Node, detour: Node, wording: Wording) -> Block:
    steps = [_onward(_step(detour, wording), detour, wording)]
    if isinstance(node.step, Approve) and node.step.on_return is not None and not detour.path.endswith("/rejected"):
        steps.insert(0, _supplement(node, node.step.on_return, wording))
    return stacked(steps)


def _supplement(node: Node, asked: ToApplicant, wording: Wording) -> Block:
    title = wording.word("supplement")
    note = " · ".join(part for part in (wording.word("applicant"), wording.days(asked.within)) if part)
    return _labelled(Kind.PEOPLE, f"{node.path}/supplement", title, note)


def _onward(block: Block, node: Node, wording: Wording) -> Block:
    """A side way that does not end goes back to the main one, and says so."""
    if not block.goes_on:
        return block
    return stacked([block, replace(_pill(Kind.ONWARD, f"{node.path}/", wording.word("goes on")), goes_on=False)])


# -- what events may do ------------------------------------------------------------------------------------


def _framed(block: Block, node: Node, wording: Wording) -> Block:
    """A block inside the case with what events do to it, to its right; the main way runs through its frame."""
    step = node.step
    if not isinstance(step, Sequence | Parallel) or not step.on:
        return block
    inset = SPREAD
    frame = Frame(0, 0, block.width + 2 * inset, block.height + 2 * inset)
    row = _in_a_row([_handler(one, handler, wording) for one, handler in zip(detours(node), step.on, strict=True)])
    left, axis = frame.width + SPREAD, inset + block.axis
    height = max(frame.height, row.height)
    through = [Wire(((axis, 0), (axis, inset)))]
    if block.goes_on:
        through.append(Wire(((axis, frame.height - inset), (axis, height)), arrow=False))
    hang = Wire(((frame.width, PADDING), (left, PADDING)), aside=True)
    around = Block(left + row.width, height, axis, block.goes_on, wires=(*through, hang), frames=(frame,))
    return united([moved(block, inset, inset), moved(row, left, 0)], around)


def _watched(block: Block, definition: Workflow, wording: Wording) -> Block:
    """The whole case in a frame, and what events do to it in a row below."""
    nodes = index(definition)
    ways = [_handler(nodes[path], handler, wording) for path, handler in handlers_of(definition, CASE)]
    if not ways:
        return block
    inset = SPREAD
    parts, axes, across = abreast(ways)
    frame = Frame(0, 0, max(block.width + 2 * inset, across), block.height + 2 * inset)
    left, below = (frame.width - block.width) // 2, frame.height + GAP
    hang = tuple(Wire(((at, frame.height), (at, below)), aside=True) for at in axes)
    height = below + max(way.height for way in ways)
    around = Block(frame.width, height, left + block.axis, wires=hang, frames=(frame,))
    return united([moved(block, left, inset), *(moved(part, 0, below) for part in parts)], around)


def _in_a_row(ways: Many[Block]) -> Block:
    parts, axes, across = abreast(ways)
    return united(parts, Block(across, max(way.height for way in ways), axes[0]))


def _handler(node: Node, handler: Handler, wording: Wording) -> Block:
    head = _labelled(Kind.HANDLER, f"{node.path}/", wording.event(handler.event), wording.word(handler.mode))
    inside = _step(node, wording)
    if handler.mode == "interrupts":
        return stacked([head, _onward(inside, node, wording)])
    return stacked([head, inside])
