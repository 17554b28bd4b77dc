"""Repair: running cases move to another version of their workflow, one act for each, or it is only looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.machine.following import Consequences
from workflows.machine.repair import MIGRATE, Obstacle, obstacles
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act
from workflows.moves.previewing import foresee
from workflows.policy import Viewer
from workflows.ports import Engine
from workflows.reads import HistoryView


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a move would come to: the refusal, if it would be refused, and every obstacle on the way."""

    refusal: Answer | None
    obstacles: tuple[Obstacle, ...]


def migration(case: str, to_hash: str, by: Viewer, reason: str, *, key: str) -> Act:
    """The act that moves a running case to a version of its workflow; moving back is the same.

    Args:
        case: the case.
        to_hash: the logic hash of a stored version.
        by: who does it; an office_head.
        reason: why, in words; kept in the history of the case as an opinion is.
        key: the idempotency key: the same key gets the same answer again.
    """
    return Act(
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


def migrate(engine: Engine, case: str, to_hash: str, by: Viewer, reason: str, *, key: str) -> Answer:
    """Move a running case to a version of its workflow (`migration`).

    Raises:
        StoreUnavailable: the database does not answer; nothing was changed.
    """
    return act(engine, migration(case, to_hash, by, reason, key=key))


def foresee_migration(engine: Engine, wanted: Act) -> Foreseen:
    """What a move would come to as the case stands now; nothing is done."""
    found = foresee(engine, wanted)
    if isinstance(found, Consequences):
        return Foreseen(None, ())
    try:
        return Foreseen(found, obstacles_for(engine, wanted.case, wanted.form["to"]))
    except KeyError:
        return Foreseen(found, ())


def obstacles_for(engine: Engine, case: str, to_hash: str) -> tuple[Obstacle, ...]:
    """All that keeps a case from moving to a version, as it stands now; nothing is done.

    Raises:
        KeyError: there is no such case, or no such version.
    """
    live = engine.units.read(lambda unit: unit.load([case]))[case]
    library = engine.library
    return tuple(obstacles(library.by_hash(live.head.workflow_hash), library.by_hash(to_hash), live))


def came_from(history: Iterable[HistoryView]) -> str | None:
    """The version that a case was on before its last move; None where it was never moved."""
    moves: Sequence[list[str]] = [
        one.body["delta"]["definition"] for one in history if "definition" in one.body["delta"]
    ]
    return moves[-1][0] if moves else None
