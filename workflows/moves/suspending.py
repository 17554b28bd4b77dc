"""挂起 and 恢复 of a whole tree of cases: acts on its root, by the head of the meeting's office.

While the tree stands still nothing of it moves: events are kept in their order, clocks stop, people are told so. When
it goes on, every case of it first moves its clocks by the working time of the pause, and then takes what was kept.
"""

from __future__ import annotations

from workflows.machine.gating import RESUME, SUSPEND
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act
from workflows.policy import Viewer
from workflows.ports import Engine


def suspend(engine: Engine, root: str, by: Viewer, reason: str, *, key: str) -> Answer:
    """Let the tree of `root` stand still.

    Args:
        engine: what the moves work with.
        root: the topmost case of the tree.
        by: who does it; an office_head.
        reason: why, in words; kept in the history of the root as an opinion is.
        key: the idempotency key: the same key gets the same answer again.

    Raises:
        StoreUnavailable: the database does not answer; nothing was changed.
    """
    return act(engine, _wanted(root, by, SUSPEND, reason, key))


def resume(engine: Engine, root: str, by: Viewer, *, key: str) -> Answer:
    """Let the tree of `root` go on; the arguments are those of `suspend`."""
    return act(engine, _wanted(root, by, RESUME, "", key))


def _wanted(root: str, by: Viewer, verb: str, reason: str, key: str) -> Act:
    return Act(
        key=key,
        case=root,
        item=None,
        verb=verb,
        actor=by.user,
        principals=by.principals,
        seen=None,
        opinion=reason,
        department=by.department,
        post=by.post,
    )
