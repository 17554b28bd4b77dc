"""通知: what the house lets many cases know at once. It stands in their histories, and whoever has work there is told."""

from __future__ import annotations

from typing import Final

from domain.identifiers import mask_forbidden
from workflows.machine.nodes import CASE
from workflows.machine.stimuli import Sign, Signal
from workflows.machine.turn import Turn

TOLD: Final = frozenset({Sign.ANNOUNCED, Sign.RETRACTED})
"""Signs that change nothing about a case: they are told to people."""


def tell(turn: Turn, signal: Signal) -> bool:
    """Tell whoever holds an item of the case, and keep the words in its history."""
    turn.reach(CASE)
    holders = {one.who for held in turn.holders.values() for one in held}
    turn.notify(holders, signal.sign.value, signal.values["fanout"])
    turn.said["text"] = mask_forbidden(signal.values["text"])
    return True
