"""What a picture of a workflow is made of, and how pieces are put together: pure geometry in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

GAP = 26
"""Between a box and the next one below it."""
TIGHT = 4
"""Between two steps that the system does by itself, one right after the other."""
SPREAD = 22
"""Between things side by side."""

Point = tuple[int, int]


class Kind(StrEnum):
    """What a shape stands for."""

    START = "start"
    END = "end"
    PEOPLE = "people"
    SYSTEM = "system"
    WAIT = "wait"
    CHOICE = "choice"
    PARALLEL = "parallel"
    RACE = "race"
    BLOCK = "block"
    CALL = "call"
    JOIN = "join"
    MERGE = "merge"
    HANDLER = "handler"
    ONWARD = "onward"


GATEWAYS = frozenset({Kind.CHOICE, Kind.PARALLEL, Kind.RACE})
"""Signs where ways part; their words stand beside them."""


class Mark(StrEnum):
    """Where a step stands in one case; every mark has a sign of its own beside its colour."""

    LIVE = "live"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Shape:
    """A box or sign with its place; `lines` and `note` stand in it, `tip` says all of it in one sentence.

    The lowest `status` pixels are free, for where a case stands.
    """

    kind: Kind
    path: str
    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]
    note: tuple[str, ...] = ()
    tip: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Wire:
    """A line through `points`; `aside` leaves the main way. `arrow` is drawn at its last point."""

    points: tuple[Point, ...]
    aside: bool = False
    arrow: bool = True
    label: tuple[str, ...] = ()
    label_at: Point = (0, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A line around everything that a handler watches."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Block:
    """A drawn piece: the main way enters at (axis, 0) and, if it goes on, leaves at (axis, height).

    Tight pieces, the system's own steps, stand close together like the lines of a list.
    """

    width: int
    height: int
    axis: int
    goes_on: bool = True
    tight: bool = False
    shapes: tuple[Shape, ...] = ()
    wires: tuple[Wire, ...] = ()
    frames: tuple[Frame, ...] = ()


def empty() -> Block:
    """A piece of the way with nothing on it."""
    return Block(width=SPREAD, height=0, axis=SPREAD // 2)


def moved(block: Block, dx: int, dy: int) -> Block:
    """The block's parts shifted; its own size and axis stay what they are."""
    return replace(
        block,
        shapes=tuple(replace(one, x=one.x + dx, y=one.y + dy) for one in block.shapes),
        wires=tuple(_moved_wire(one, dx, dy) for one in block.wires),
        frames=tuple(replace(one, x=one.x + dx, y=one.y + dy) for one in block.frames),
    )


def _moved_wire(wire: Wire, dx: int, dy: int) -> Wire:
    points = tuple((x + dx, y + dy) for x, y in wire.points)
    return replace(wire, points=points, label_at=(wire.label_at[0] + dx, wire.label_at[1] + dy))


def stacked(blocks: Sequence[Block]) -> Block:
    """The blocks one below the other, joined along one axis as far as the way goes on."""
    solid = [block for block in blocks if block.shapes]
    if not solid:
        return empty()
    axis = max(block.axis for block in solid)
    parts = [moved(solid[0], axis - solid[0].axis, 0)]
    wires: list[Wire] = []
    y = solid[0].height
    for above, block in pairwise(solid):
        together = above.tight and block.tight
        gap = TIGHT if together else GAP
        if above.goes_on and not together:
            wires.append(Wire(((axis, y), (axis, y + gap))))
        parts.append(moved(block, axis - block.axis, y + gap))
        y += gap + block.height
    width = axis + max(block.width - block.axis for block in solid)
    tight = len(solid) == 1 and solid[0].tight
    return united(parts, Block(width, y, axis, solid[-1].goes_on, tight=tight, wires=tuple(wires)))


def abreast(blocks: Sequence[Block], spread: int = SPREAD) -> tuple[list[Block], list[int], int]:
    """The blocks side by side: the moved blocks, their axes, and the whole width."""
    parts: list[Block] = []
    axes: list[int] = []
    x = 0
    for block in blocks:
        parts.append(moved(block, x, 0))
        axes.append(x + block.axis)
        x += block.width + spread
    return parts, axes, x - spread


def united(parts: Sequence[Block], around: Block) -> Block:
    """`around` with the shapes, wires and frames of all parts."""
    return replace(
        around,
        shapes=tuple(one for part in parts for one in part.shapes) + around.shapes,
        wires=tuple(one for part in parts for one in part.wires) + around.wires,
        frames=around.frames + tuple(one for part in parts for one in part.frames),
    )
