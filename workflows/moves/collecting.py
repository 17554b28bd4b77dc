"""Collecting: files that nobody linked in time, and those of persons and cases that were erased, leave the blob store.

Mark and commit, delete the bytes, remove the row: each step may be done again, so a crash anywhere leaves a row that is
found once more. What an act links meanwhile is locked by it, or marked before it looks: never both.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from workflows.machine.case import Lane
from workflows.ports import BlobsUnavailable, Engine

AT_ONCE: Final = 100
AGAIN: Final = timedelta(minutes=5)
"""When a file is due again whose bytes could not be deleted: a store that is away must not hold up the sweep."""
_log = logging.getLogger(__name__)


def collect(engine: Engine) -> int:
    """Collect what is due; returns how many files are gone."""
    due = engine.units.run(lambda unit: unit.attachments.claim_due(AT_ONCE, unit.now + AGAIN), Lane.BULK)
    if not due:
        return 0
    try:
        engine.files.blobs.delete(due)
    except BlobsUnavailable as error:
        _log.warning("%d attachments are collected later: %s", len(due), error)
        return 0
    engine.units.run(lambda unit: unit.attachments.clear(due), Lane.BULK)
    return len(due)
