"""The handlers of a block listen while it is live."""

from __future__ import annotations

from workflows.language.words import Handler
from workflows.machine.nodes import CASE, handlers_of
from workflows.machine.turn import Turn, step_path


def open_handlers(turn: Turn, path: str) -> None:
    """Subscribe the handlers of the block at `path` (CASE for those of the workflow)."""
    for where, handler in handlers_of(turn.definition, step_path(path)):
        place = where if path == CASE else f"{path}{where[len(step_path(path)) :]}"
        listen(turn, path, place, handler)


def listen(turn: Turn, block: str, place: str, handler: Handler, round_: int = 1) -> None:
    """Ask for the event of a block's handler at `place`: with the case's key, or with the value of the field it names."""
    key = turn.head.key if handler.key is None else turn.values(block).get(handler.key)
    if isinstance(key, str):
        turn.subscribe(place, round_, handler.event, key)
