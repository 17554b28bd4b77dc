"""退回 to a step and 取回: what the holder of an item, or who has just answered one, does with the way of the case."""

from __future__ import annotations

from domain.texts import zh
from workflows.language.words import Call, Do, Emit, Erase, FollowUp, Forget, Returns, Vote
from workflows.machine.balloting import CASTING
from workflows.machine.case import ANSWERED, DECIDED, ItemState, WorkItem
from workflows.machine.decision import Refused
from workflows.machine.handing import handed_on, recall
from workflows.machine.nearness import is_within
from workflows.machine.nodes import walk
from workflows.machine.placing import comes_behind, line_to, meeting
from workflows.machine.reasking import BUILT_UPON, ask_seat_again, refuse_here
from workflows.machine.rewind import Rewind, Way, passed, refuse_place, refuse_target, rewind
from workflows.machine.rights import reader_of, refuse_stale
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn, step_path

RETURNED = "returned"
TAKEN_BACK = "taken_back"


# -- 退回 --------------------------------------------------------------------------------------------------


def wanted_return(turn: Turn, act: Act, item: WorkItem, policy: Returns) -> Rewind | Refused:
    """The rewind that a return asks for, or why it may not be."""
    target = act.fields.get("to") or _only_target(turn, item, policy)
    if target is None:
        return Refused(422, "target_required", zh("请选择退回到哪个环节"), field="to")
    way = _way(act, policy)
    if isinstance(way, Refused):
        return way
    if target not in targets_of(turn, item, policy):
        return _why_not(turn, item, str(target))
    kept = _who_agreed(turn, str(target)) if policy.reopens == "dissenters" else frozenset()
    return Rewind(item.path, str(target), way, RETURNED, kept, handed_on(turn, str(target), kept))


def targets_of(turn: Turn, item: WorkItem, policy: Returns) -> list[str]:
    """The steps that an item may be returned to, the first answered first."""
    line = [path for path in passed(turn) if path != item.path and refuse_place(turn, item.path, path) is None]
    if "any" in policy.to:
        return line
    named = [path for path in line if getattr(turn.step(path), "name", None) in policy.to]
    previous = line[-1:] if "previous" in policy.to else []
    return [path for path in line if path in {*named, *previous}]


def _only_target(turn: Turn, item: WorkItem, policy: Returns) -> str | None:
    found = targets_of(turn, item, policy)
    return found[0] if len(found) == 1 else None


def _way(act: Act, policy: Returns) -> Way | Refused:
    asked = act.fields.get("way")
    if policy.way == "chosen":
        return "jump" if asked == "jump" else "step"
    if asked not in {None, policy.way}:
        return Refused(422, "way_not_offered", zh("本环节退回后的走法由流程规定，不能选择"), field="way")
    return policy.way


def _why_not(turn: Turn, item: WorkItem, target: str) -> Refused:
    if step_path(target) not in turn.nodes:
        return Refused(422, "unknown_step", zh("流程中没有这一环节"), field="to")
    found = refuse_target(turn, item.path, target)
    return found or Refused(409, "target_not_offered", zh("本环节不能退回到那里"), field="to")


def _who_agreed(turn: Turn, path: str) -> frozenset[str]:
    mine = (one for one in turn.past() if one.path == path and one.superseded is None)
    return frozenset(one.closed_by for one in mine if one.state is ItemState.APPROVED and one.closed_by)


# -- 取回 --------------------------------------------------------------------------------------------------


def take_back(turn: Turn, act: Act) -> Refused | None:
    """Take back one's own answer while nobody has built on it."""
    out = turn.items.get(act.item or "")
    if out is not None and out.state is ItemState.OUT:
        return recall(turn, act, out)
    item = next((one for one in turn.past() if one.id == act.item), None)
    refusal = _refuse_take_back(turn, act, item)
    if refusal is not None or item is None:
        return refusal
    turn.said.update(path=item.path, round=item.round)
    if turn.is_asking(item.path) and turn.live[item.path].round == item.round:
        ask_seat_again(turn, item, act.actor)
        return None
    others = _who_agreed(turn, item.path) - {act.actor}
    handed = handed_on(turn, item.path, others | {act.actor})
    rewind(turn, Rewind(item.path, item.path, "step", TAKEN_BACK, others, handed))
    return None


def _refuse_take_back(turn: Turn, act: Act, item: WorkItem | None) -> Refused | None:
    if item is None:
        return Refused(409, "not_answered", zh("待办尚未办理，无需取回"))
    if item.closed_by != act.actor or item.state not in DECIDED:
        return Refused(403, "not_yours", zh("只能取回本人办理的待办"))
    stale = refuse_stale(turn, act, item)
    if stale is not None:
        return stale
    if not _may_be_taken_back(turn, item):
        return Refused(409, "verb_not_offered", zh("本环节办理后不能取回"), field="verb")
    later = _answered_after(turn, item)
    if later is not None:
        return Refused(409, "built_upon", BUILT_UPON, by=later.closed_by, at=later.closed_at)
    if item.superseded is not None:
        return _superseded(turn, item)
    here = refuse_here(turn, item)
    if here is not None:
        return here
    if turn.is_asking(item.path) and turn.live[item.path].round == item.round:
        return None
    return _refuse_after_exit(turn, item)


def _may_be_taken_back(turn: Turn, item: WorkItem) -> bool:
    """A vote may be changed while it is open, if the definition says so; other answers as the workflow says."""
    if item.kind == "vote":
        step = turn.human_step(item.path) if turn.is_asking(item.path) else None
        return isinstance(step, Vote) and step.changes and turn.live[item.path].resume != CASTING
    return turn.definition.takes_back != "never" and item.kind in {"approve", "carry_out"}


def _superseded(turn: Turn, item: WorkItem) -> Refused:
    """The step was asked again meanwhile, with who saw to it and when.

    In the same round only whoever had answered can have taken the answer back; else it was what closed last before the
    next round.
    """
    if item.superseded == item.round:
        return Refused(409, "built_upon", BUILT_UPON, by=item.closed_by, at=turn.head.last_at)
    last = [one for one in turn.past() if one.round < (item.superseded or 0)][-1]
    return Refused(409, "built_upon", BUILT_UPON, by=last.closed_by, at=last.closed_at)


def _answered_after(turn: Turn, item: WorkItem) -> WorkItem | None:
    """What somebody (or a rule) has answered in a later step."""
    counted = (one for one in turn.past() if one.state in ANSWERED and one.superseded is None)
    return next((one for one in counted if comes_behind(turn, one.path, item.path)), None)


def _refuse_after_exit(turn: Turn, item: WorkItem) -> Refused | None:
    """The step is left: nobody may have opened what came of it, and nothing may have gone out that cannot come back."""
    refusal = refuse_place(turn, _standing(turn, item), item.path)
    if refusal is not None:
        return refusal
    behind = (one for one in turn.items.values() if comes_behind(turn, one.path, item.path))
    read = next((one for one in behind if one.read_at is not None), None)
    if turn.definition.takes_back == "until_opened" and read is not None:
        by = reader_of(turn, read)
        return Refused(409, "opened", zh("后面的办理人已打开待办，不能取回"), by=by, at=read.read_at)
    if _cannot_come_back(turn, item):
        return Refused(409, "irrevocable", zh("其后已发出事件或开始子流程，不能取回：请申请撤销或退回"))
    return None


def _standing(turn: Turn, item: WorkItem) -> str:
    """Where the case stands by now in the block that the item's step stands in."""
    place = meeting(turn, item.path)
    above = line_to(turn, item.path)[place or 0]
    inside = (one for one in turn.live if is_within(one, above) and not one.startswith(f"{above}/on/"))
    return max(inside, key=lambda one: one.count("/"), default=above)


def _cannot_come_back(turn: Turn, item: WorkItem) -> bool:
    """Whether a step between does something that stays done: it says an event, starts a case, plans or erases."""
    line = line_to(turn, item.path)
    above = line[meeting(turn, item.path) or 0]
    block, step = turn.live[above], turn.step(above)
    start = line_to(turn, item.path)[line.index(above) + 1]
    children = [
        f"{step_path(above)}/{getattr(one, 'name', None) or number}"
        for number, one in enumerate(getattr(step, "steps", ()))
    ]
    here = children.index(step_path(start)) if step_path(start) in children else block.resume
    between = children[here : block.resume + 1]
    return any(_stays_done(node.step) for child in between for node in walk(turn.nodes[child]))


def _stays_done(step: object) -> bool:
    match step:
        case Do(actions=actions):
            return any(isinstance(one, Emit | Erase | Forget) for one in actions)
        case Call() | FollowUp():
            return True
        case _:
            return False
