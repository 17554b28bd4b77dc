"""The boxes and signs of a picture, each a block of its own: how wide, how high, and which words stand in it."""

from __future__ import annotations

from collections.abc import Sequence as Many

from workflows.pictures.lettering import width, wrapped
from workflows.pictures.shapes import Block, Kind, Shape

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

BETWEEN = " · "
"""Between the parts of a note: who, by when, and so on."""

Label = tuple[str, ...]


def line_box(path: str, title: str, note: str) -> Block:
    """What the system does by itself: one line, the rest in its tip."""
    (line,) = wrapped(title, NOTE_SIZE, BOX_WIDTH - 3 * PADDING, 1)
    shape = Shape(Kind.SYSTEM, path, 0, 0, BOX_WIDTH, LINE_HEIGHT, (), (line,), _tip(title, note))
    return Block(BOX_WIDTH, LINE_HEIGHT, BOX_WIDTH // 2, tight=True, shapes=(shape,))


def box(kind: Kind, path: str, title: str, note: str, status_lines: int = 0) -> Block:
    """A box with its title and note, and room for `status_lines` lines that say where a case stands in it."""
    room = BOX_WIDTH - 2 * PADDING
    lines = wrapped(title, TITLE_SIZE, room, 2)
    notes = _notes(note, room)
    status = status_lines * NOTE_LINE
    height = len(lines) * TITLE_LINE + len(notes) * NOTE_LINE + PADDING + 2 + status
    shape = Shape(kind, path, 0, 0, BOX_WIDTH, height, lines, notes, _tip(title, note), status)
    return Block(BOX_WIDTH, height, BOX_WIDTH // 2, shapes=(shape,))


def pill(kind: Kind, path: str, title: str) -> Block:
    """A start, an end, or the sign that a side way goes back to the main one."""
    (line,) = wrapped(title, TITLE_SIZE, BOX_WIDTH - 2 * PADDING, 1)
    across = int(width(line, TITLE_SIZE)) // 2 * 2 + 4 * PADDING
    shape = Shape(kind, path, 0, 0, across, END_HEIGHT, (line,), tip=title)
    return Block(across, END_HEIGHT, across // 2, goes_on=kind is not Kind.END, shapes=(shape,))


def gateway(kind: Kind, path: str, title: str) -> Block:
    """The sign where ways part, its title to the right of it."""
    (line,) = wrapped(title, NOTE_SIZE, BOX_WIDTH, 1)
    shape = Shape(kind, path, 0, 0, SPLIT_HEIGHT, SPLIT_HEIGHT, (line,), tip=title)
    across = SPLIT_HEIGHT + PADDING + int(width(line, NOTE_SIZE))
    return Block(across, SPLIT_HEIGHT, SPLIT_HEIGHT // 2, shapes=(shape,))


def merge_box(path: str, says: str) -> Block:
    """What has to have come where ways meet."""
    lines = _notes(says, BOX_WIDTH - 2 * PADDING)
    height = len(lines) * NOTE_LINE + PADDING
    shape = Shape(Kind.MERGE, path, 0, 0, BOX_WIDTH, height, (), lines, says)
    return Block(BOX_WIDTH, height, BOX_WIDTH // 2, shapes=(shape,))


def label(text: str) -> Label:
    """The words beside a line, in at most two rows."""
    return wrapped(text, NOTE_SIZE, LABEL_WIDTH, 2) if text else ()


def label_width(rows: Many[str]) -> int:
    """How wide the rows of a label are."""
    return max((int(width(row, NOTE_SIZE)) for row in rows), default=0)


def _tip(title: str, note: str) -> str:
    return f"{title}{BETWEEN}{note}" if note else title


def _notes(note: str, room: int) -> tuple[str, ...]:
    """A note in one line where it fits, else each part in lines of its own."""
    if not note or width(note, NOTE_SIZE) <= room:
        return (note,) if note else ()
    return tuple(line for part in note.split(BETWEEN) for line in wrapped(part, NOTE_SIZE, room, 2))
