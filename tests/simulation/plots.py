"""What a seed lives through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflows.language.words import Workflow

STEPS: Final = 26
"""So many things the scheduler starts before the faults stop."""


@dataclass(frozen=True)
class Plot:
    """What a seed lives through: all of it, or what shrinking has left of it.

    Each step draws from a chance of its own, so that one that is left out changes no other.
    """

    seed: int
    workflows: tuple[Workflow, ...] | None = None
    without_steps: frozenset[int] = frozenset()
    without_events: frozenset[int] = frozenset()
    without_faults: frozenset[str] = frozenset()
    with_faults: frozenset[str] = frozenset()

    def steps(self) -> list[int]:
        """The steps that are left."""
        return [number for number in range(1, STEPS + 1) if number not in self.without_steps]
