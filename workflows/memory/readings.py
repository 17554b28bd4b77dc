"""Who read the personal values of whom, and which files beside a case a viewer may read."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.machine.attachment import Attachment
from workflows.memory.items import seen
from workflows.memory.rows import HOLDERS, READINGS, Reading
from workflows.memory.unit import MemoryUnit
from workflows.policy import Viewer
from workflows.reads import as_shown


def has_held(unit: MemoryUnit, viewer: Viewer, case: str) -> bool:
    """Whether the viewer holds, or once held, an item of the case."""
    return any(one.holder.who in viewer.principals for one in unit.tx.where(HOLDERS, "case", case))


def note_reading(unit: MemoryUnit, viewer: Viewer, case: str, purpose: str) -> None:
    """Put a reading on record."""
    unit.tx.put(READINGS, unit.tx.next_number("reading"), Reading(case, viewer.user, purpose, unit.now))


def attachments(unit: MemoryUnit, viewer: Viewer, case: str, purpose: str) -> tuple[Attachment, ...]:
    """The files of a case, named where the viewer may read them."""
    return _shown(unit, viewer, case, purpose, unit.attachments.of_case(case))


def attachment(unit: MemoryUnit, viewer: Viewer, case: str, wanted: str, purpose: str) -> Attachment | None:
    """One file of a case, or one that the viewer is about to link."""
    found = unit.attachments.find([wanted]).get(wanted)
    if found is None or found.case != case or (found.linked_at is None and found.by != viewer.user):
        return None
    return next(iter(_shown(unit, viewer, case, purpose, [found])), None)


def _shown(
    unit: MemoryUnit, viewer: Viewer, case: str, purpose: str, found: Sequence[Attachment]
) -> tuple[Attachment, ...]:
    if not found or seen(unit, viewer, case) is None:
        return ()
    shown = as_shown(found, viewer, held=has_held(unit, viewer, case))
    if any(one.name for one in shown):
        note_reading(unit, viewer, case, purpose)
    return shown
