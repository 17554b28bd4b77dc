"""退回, 取回, 动态跳转: how a case is taken back to a step that it passed. One pure function, checked before it is used.

The round of the case goes up by one; what was decided behind the target and will be decided again is superseded by the
new round and stays on record (approvals.md A4, A5). The table of all cells is docs/decisions/0009-rewinds.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from domain.texts import zh
from workflows.language.words import Approve, CarryOut, ForEach, Loop, Parallel, Sequence, Vote
from workflows.machine.agenda import Handed
from workflows.machine.case import ANSWERED, ItemState, WorkItem
from workflows.machine.decision import Refused
from workflows.machine.goingback import forget_ways_back, promise_to_come_back
from workflows.machine.nearness import is_within
from workflows.machine.nodes import segment
from workflows.machine.placing import comes_behind, in_common, is_beside, line_to, meeting, stand_at, unopenable
from workflows.machine.turn import Enter, Turn, step_path

Way = Literal["step", "jump"]


@dataclass(frozen=True, slots=True)
class Rewind:
    """Where to and how.

    `source` is the step that the case is taken back from. `way` step does everything behind the target again, jump comes
    straight back. `kept` are the users whose agreement at the target stands, `handed` the seats there that stay with whom
    they had been handed to. `why` is kept with what is cancelled, or the rule `by` where that did it.
    """

    source: str
    target: str
    way: Way
    why: str
    kept: frozenset[str] = frozenset()
    handed: tuple[Handed, ...] = ()
    by: str | None = None


def rewind(turn: Turn, wanted: Rewind) -> None:
    """Take the case back; the caller has asked `refuse_place` before."""
    turn.head = replace(turn.head, round=turn.head.round + 1)
    above = _meeting_block(turn, wanted.target)
    _supersede(turn, wanted, above)
    _tell_the_cancelled(turn, wanted, above)
    if wanted.way == "step":
        forget_ways_back(turn, above)
    else:
        promise_to_come_back(turn, wanted.target, wanted.source)
    stand_at(turn, Enter(wanted.target, None, kept=wanted.kept, handed=wanted.handed), wanted.by or wanted.why)
    turn.said["rewind"] = {"from": wanted.source, "to": wanted.target, "way": wanted.way, "why": wanted.why}


def start_over(turn: Turn, source: str) -> None:
    """Go the whole way once more: the case stands at its first step in the next round."""
    turn.head = replace(turn.head, round=turn.head.round + 1)
    root = line_to(turn, source)[0]
    step = turn.step(root)
    first = f"{root}/{segment(step.steps[0], 0)}" if isinstance(step, Sequence) and root in turn.live else None
    for item in turn.past():
        if is_within(item.path, root) and item.superseded is None and item.state in ANSWERED:
            turn.items_changed[item.id] = replace(item, superseded=turn.head.round)
    forget_ways_back(turn, root)
    if first is None:
        turn.agenda.append(Enter(root, None))
    else:
        stand_at(turn, Enter(first, None), "returned")
    turn.said["rewind"] = {"from": source, "to": first or root, "way": "step", "why": "returned"}


def passed(turn: Turn) -> list[str]:
    """The steps that people have answered and that still count, the first answered first; a return passes no step."""
    answered = ANSWERED - {ItemState.RETURNED}
    closed = [one for one in turn.past() if one.state in answered and one.superseded is None]
    paths = dict.fromkeys(one.path for one in reversed(closed) if not one.path.endswith("/supplement"))
    return [path for path in reversed(paths) if path not in turn.live and _asks_people(turn, path)]


def _asks_people(turn: Turn, path: str) -> bool:
    node = turn.nodes.get(step_path(path))
    return node is not None and isinstance(node.step, Approve | CarryOut | Vote)


def refuse_target(turn: Turn, source: str, target: str) -> Refused | None:
    """Why the case cannot be taken back to a step, or None: it was not passed, or it does not stand in the line."""
    if target not in passed(turn):
        return Refused(409, "not_passed", zh("只能退回本轮已经办理过的环节"), field="to")
    return refuse_place(turn, source, target)


def refuse_place(turn: Turn, source: str, target: str) -> Refused | None:
    """Why the case cannot be made to stand at a step, or None."""
    common = in_common(line_to(turn, source), line_to(turn, target))
    if common and isinstance(turn.step(common[-1]), Parallel | ForEach) and not is_beside(source, common[-1]):
        return Refused(409, "other_branch", zh("该环节在另一并行分支中：请退回到分支之前的环节"), field="to")
    if not common or meeting(turn, target) is None or _runs_beside(common, source, target):
        return Refused(409, "beside", zh("该环节不在主线上，不能从这里退回或跳转"), field="to")
    if unopenable(turn, target) is not None:
        return Refused(
            409, "inside_closed_block", zh("该环节在已结束的逐项办理、占用或子流程之内：请退回到它之前"), field="to"
        )
    if _is_an_earlier_turn(turn, target):
        return Refused(409, "earlier_turn", zh("该环节属于循环中较早的一轮，不能退回"), field="to")
    return None


def _meeting_block(turn: Turn, target: str) -> str:
    place = meeting(turn, target)
    return line_to(turn, target)[place or 0]


def _runs_beside(common: list[str], source: str, target: str) -> bool:
    """Whether one of the two is what a handler does beside the straight way of a block around both."""
    return any(is_beside(one, common[-1]) for one in (source, target))


def _is_an_earlier_turn(turn: Turn, target: str) -> bool:
    """Whether the target stands in a turn of a loop that later turns have come after."""
    turns = ((one, child) for one, child in pairwise(line_to(turn, target)) if isinstance(turn.step(one), Loop))
    return any(_last_turn(turn, one) != child for one, child in turns)


def _last_turn(turn: Turn, loop: str) -> str:
    block = turn.live.get(loop)
    if block is not None:
        return f"{loop}/do#{block.resume}"
    numbers = [
        int(one.path[len(loop) :].split("#")[1].split("/")[0])
        for one in turn.past()
        if one.path.startswith(f"{loop}/do#")
    ]
    return f"{loop}/do#{max(numbers, default=0)}"


# -- what the new round makes void -------------------------------------------------------------------------


def _supersede(turn: Turn, wanted: Rewind, above: str) -> None:
    for item in _made_void(turn, wanted, above):
        turn.items_changed[item.id] = replace(item, superseded=turn.head.round)


def _made_void(turn: Turn, wanted: Rewind, above: str) -> Iterator[WorkItem]:
    """The answers that are given again: from the target on, or (jump) those of the target and of the source alone."""
    for item in turn.past():
        again = item.path in {wanted.target, wanted.source} or (
            wanted.way == "step" and is_within(item.path, above) and comes_behind(turn, item.path, wanted.target)
        )
        if again and item.superseded is None and item.state in ANSWERED:
            yield turn.items_changed.get(item.id, item)


def _tell_the_cancelled(turn: Turn, wanted: Rewind, above: str) -> None:
    """Tell those who were asked until now and are no longer; not who has just answered."""
    asked = [one for one in turn.before.items.values() if is_within(one.path, above) and not is_beside(one.path, above)]
    answered = {one.id for one in turn.items_changed.values() if one.state in ANSWERED}
    held = (holder for one in asked if one.id not in answered for holder in turn.before.holders.get(one.id, ()))
    turn.notify({holder.who for holder in held}, wanted.why, wanted.target, turn.head.round)
