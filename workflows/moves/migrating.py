"""Repair: running cases move to another version of their workflow, one act for each, or it is only looked at."""

from __future__ import annotations

from workflows.machine.case import Act
from workflows.machine.repair import MIGRATE, Obstacle, obstacles
from workflows.moves.acting import Answer, act
from workflows.policy import Viewer
from workflows.ports import Engine


def migrate(engine: Engine, case: str, to_hash: str, by: Viewer, reason: str, *, key: str) -> Answer:
    """Move a running case to a version of its workflow; moving back is the same.

    Args:
        engine: what the moves work with.
        case: the case.
        to_hash: the logic hash of a stored version.
        by: who does it; an office_head.
        reason: why, in words; kept in the history of the case as an opinion is.
        key: the idempotency key: the same key gets the same answer again.

    Raises:
        StoreUnavailable: the database does not answer; nothing was changed.
    """
    wanted = Act(
        key=key,
        case=case,
        item=None,
        verb=MIGRATE,
        actor=by.user,
        principals=by.principals,
        seen=None,
        opinion=reason,
        form={"to": to_hash},
        department=by.department,
        post=by.post,
    )
    return act(engine, wanted)


def obstacles_for(engine: Engine, case: str, to_hash: str) -> tuple[Obstacle, ...]:
    """All that keeps a case from moving to a version, as it stands now; nothing is done.

    Raises:
        KeyError: there is no such case, or no such version.
    """
    live = engine.units.read(lambda unit: unit.load([case]))[case]
    library = engine.library
    return tuple(obstacles(library.by_hash(live.head.workflow_hash), library.by_hash(to_hash), live))
