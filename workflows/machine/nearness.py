"""What a decision inside one turn of many has to see: so that ten thousand turns cost it no more than ten.

A path stands in the turn "…/do#k" that it is, or is below of. Near that turn are the turn with everything below it,
the steps around it, and what their handlers and those of the case listen for; the other turns are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

_TURN: Final = "do#"
_LAST: Final = "0"
"""The character after "/": paths below P are those from "P/" up to, and without, "P0"."""
_ONLY: Final = "\x01"
"""Sorts before any character of a path: P itself is all from P up to "P\\x01"."""


def turn_around(path: str) -> str | None:
    """The innermost turn that `path` stands in; None outside of one."""
    parts = path.split("/")
    for length in range(len(parts), 1, -1):
        if parts[length - 1].startswith(_TURN):
            return "/".join(parts[:length])
    return None


def outermost_turn(path: str) -> str:
    """The outermost turn that `path` stands in; "" outside of one."""
    parts = path.split("/")
    found = next((length for length, part in enumerate(parts, 1) if part.startswith(_TURN)), 0)
    return "/".join(parts[:found])


def turns_to_hear(asking: Collection[str]) -> tuple[str, ...] | None:
    """The turns to look at so that all that asks for an event at these paths can take it; None: the whole case.

    What asks outside of every turn must be near one of them: a handler around it, and not a step beside the block.
    """
    outside = [path for path in asking if turn_around(path) is None]
    turns = turns_of(path for path in asking if turn_around(path) is not None)
    if turns is None or not all(any(is_near(path, turn) for turn in turns) for path in outside):
        return None
    return turns


def turns_around(paths: Collection[str], asking: Collection[str], *, hears: bool) -> tuple[str, ...] | None:
    """The turns to load for steps at `paths` and, where events are to be heard, for what asks for them; None: all."""
    steps = turns_of(paths) if paths else ()
    heard = turns_to_hear(asking) if hears else ()
    if steps is None or heard is None:
        return None
    return turns_of((*steps, *heard))


def turns_of(paths: Iterable[str]) -> tuple[str, ...] | None:
    """The turns that these paths stand in, none inside another, sorted; None where one of them stands in no turn."""
    turns = {turn_around(path) for path in paths}
    if not turns or None in turns:
        return None
    found = sorted(turn for turn in turns if turn is not None)
    return tuple(turn for turn in found if not _is_inside_one(turn, turns))


def _is_inside_one(turn: str, turns: Iterable[str | None]) -> bool:
    outer = wider(turn)
    while outer is not None and outer not in turns:
        outer = wider(outer)
    return outer is not None


def wider(turn: str) -> str | None:
    """The next turn around a turn; None where that is the whole case."""
    return turn_around(turn.rpartition("/")[0])


def is_within(path: str, root: str) -> bool:
    """Whether `path` is `root` or below it; everything is within the case ("")."""
    return not root or path == root or path.startswith(f"{root}/")


def spans(turn: str) -> Iterator[tuple[str, str]]:
    """The paths near a turn, as spans (from, up to and without) in the order of their characters."""
    yield "on/", f"on{_LAST}"
    parts = turn.split("/")
    for length in range(1, len(parts)):
        above = "/".join(parts[:length])
        yield above, f"{above}{_ONLY}"
        yield f"{above}/on/", f"{above}/on{_LAST}"
    yield turn, f"{turn}{_ONLY}"
    yield f"{turn}/", f"{turn}{_LAST}"


def is_near(path: str, turn: str) -> bool:
    """Whether `path` is in one of the spans of `turn`."""
    return any(low <= path < high for low, high in spans(turn))
