"""催办: whoever is asked is told once more, and nothing moves."""

from __future__ import annotations

from collections.abc import Mapping

from domain.texts import zh
from workflows.machine.case import ItemState, WorkItem
from workflows.machine.confirming import is_proposal
from workflows.machine.deadlines import local_day
from workflows.machine.decision import Refused
from workflows.machine.placing import line_to
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn
from workflows.policy import SEES_ALL_ROLES, role_principal

URGED = "urged"
"""Where the root of a case's tree keeps which items were urged, and on which day last: item -> day."""

_SUPERVISES = frozenset(role_principal(role, None) for role in SEES_ALL_ROLES)


def urge(turn: Turn, act: Act) -> Refused | None:
    """Remind whoever is asked now: once a day for each item, whoever urges."""
    own = {f"person:{turn.head.person}", f"department:{turn.head.department}"}
    if own.isdisjoint(act.principals) and _SUPERVISES.isdisjoint(act.principals):
        return Refused(403, "not_yours", zh("只有申请人、提交单位和联席会议办公室可以催办"))
    asked = [one for one in turn.items.values() if one.state is ItemState.OPEN]
    if not asked:
        return Refused(409, "nobody_asked", zh("目前没有需要催办的待办"))
    day = local_day(turn.facts.calendar, turn.now).isoformat()
    fresh = [one for one in sorted(asked, key=lambda one: one.id) if _urged(turn, _root(turn, one)).get(one.id) != day]
    if not fresh:
        return Refused(409, "urged_today", zh("今天已经催办过，请改日再催"))
    for item in fresh:
        turn.notify({one.who for one in turn.holders.get(item.id, ())}, "urged", item.id, day)
    _remember(turn, fresh, day)
    turn.said["urged"] = sorted(one.path for one in fresh)
    return None


def _remember(turn: Turn, urged: list[WorkItem], day: str) -> None:
    """Keep the day with the root of each tree; of what is closed nothing is kept."""
    by_root: dict[str, dict[str, str]] = {}
    for item in urged:
        by_root.setdefault(_root(turn, item), {})[item.id] = day
    for root, items in by_root.items():
        before = {one: known for one, known in _urged(turn, root).items() if one in turn.items}
        turn.give(root, {URGED: {**before, **items}})


def _urged(turn: Turn, root: str) -> Mapping[str, str]:
    """The items of a tree that were urged, and on which day last."""
    kept: Mapping[str, str] = turn.own.get(root, {}).get(URGED, {})
    return kept


def _root(turn: Turn, item: WorkItem) -> str:
    return item.path if is_proposal(item.path) else line_to(turn, item.path)[0]
