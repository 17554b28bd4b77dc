"""Notices: what the engine tells a person or a pool, put into the recipient's inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.ports import DueEffect, Units


class Notices:
    """The gateway "notice". A notice has its effect's key, so sending it again changes nothing."""

    def __init__(self, units: Units) -> None:
        self._units = units

    def send(self, effects: Sequence[DueEffect]) -> Mapping[str, str | None]:
        """Put them into the inboxes; raises what the store raises, then none is in."""
        self._units.run(lambda unit: unit.add_notices([due.effect for due in effects]))
        return dict.fromkeys((due.effect.key for due in effects), None)
