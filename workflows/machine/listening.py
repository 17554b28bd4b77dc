"""The handlers of a block listen while it is live."""

from __future__ import annotations

from workflows.machine.nodes import CASE, handlers_of
from workflows.machine.turn import Turn, step_path


def open_handlers(turn: Turn, path: str) -> None:
    """Subscribe the handlers of the block at `path` (CASE for those of the workflow)."""
    for where, handler in handlers_of(turn.definition, step_path(path)):
        place = where if path == CASE else f"{path}{where[len(step_path(path)) :]}"
        turn.subscribe(place, 1, handler.event, turn.head.key)
