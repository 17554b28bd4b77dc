"""How wide words are on a screen, and where a label breaks: good enough for boxes, without any font file."""

from __future__ import annotations

import re
import unicodedata

_WIDE = frozenset("WF")
_NARROW = frozenset("iljtfr.,:;'|!()[] ")
_PIECES = re.compile(r"[^\s⺀-鿿豈-﫿＀-￯]+|\s+|.", re.DOTALL)


def width(text: str, size: int) -> float:
    """The width of `text` in pixels at a font size of `size` pixels: Han one square each, Latin about half."""
    return sum(_share(character) for character in text) * size


def _share(character: str) -> float:
    if unicodedata.east_asian_width(character) in _WIDE:
        return 1.0
    if character in _NARROW:
        return 0.32
    return 0.68 if character.isupper() else 0.56


def wrapped(text: str, size: int, room: int, lines: int) -> tuple[str, ...]:
    """`text` in at most `lines` lines of `room` pixels, broken between words or Han characters; the rest is …."""
    rows = [""]
    for piece in _PIECES.findall(text):
        for part in _fitting(piece, size, room):
            if width(rows[-1] + part, size) > room and rows[-1]:
                rows.append(part.lstrip())
            else:
                rows[-1] += part
    if len(rows) <= lines:
        return tuple(row.rstrip() for row in rows)
    return (*(row.rstrip() for row in rows[: lines - 1]), _cut(rows[lines - 1] + rows[lines], size, room))


def _fitting(piece: str, size: int, room: int) -> tuple[str, ...]:
    return (piece,) if width(piece, size) <= room else tuple(piece)


def _cut(text: str, size: int, room: int) -> str:
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
