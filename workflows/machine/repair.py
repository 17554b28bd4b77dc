"""Repair: a running case moves to another version of its workflow, if all that is live in it stays what it is.

A step that is live must stand at the same path, be the same word and ask for the same events; an open item keeps its
form; a running timer keeps what it is for; a handler that the version has not is heard no more, unless it is at work.
Otherwise the move is refused, with the reason and the step. Nothing is entered, left or told by it; the history keeps
from which version to which, and the way back is the same move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from domain.texts import zh
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Deem,
    Exclusive,
    ForEach,
    Handler,
    HandOver,
    Jump,
    Loop,
    PublicNotice,
    Race,
    Sequence,
    Step,
    Vote,
    Wait,
    Workflow,
)
from workflows.machine.case import LADDER, Activation, ActivationState, Slice, State, Subscription, Timer
from workflows.machine.decision import Refused
from workflows.machine.listening import listen
from workflows.machine.nodes import CASE, handlers_of, index, segment
from workflows.machine.operations import LONGEST_TEXT
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn, step_path
from workflows.policy import role_principal

MIGRATE: Final = "migrate"

_MAY_REPAIR: Final = role_principal("office_head", None)


@dataclass(frozen=True, slots=True)
class Repair:
    """What somebody wants: `act` (verb migrate), and the version `to` with its hash; None where it is not known."""

    act: Act
    to_hash: str
    to: Workflow | None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a case cannot move: a code, a sentence (Chinese, to be translated), and the step."""

    code: str
    message: str
    path: str


def repair(turn: Turn, wanted: Repair) -> Refused | None:
    """Move the case, or say why not; a refusal changes nothing."""
    refusal = _check_right(turn, wanted)
    if refusal is not None or wanted.to is None:
        return refusal
    turn.reach(CASE)
    found = next(obstacles(turn.definition, wanted.to, turn.before), None)
    if found is not None:
        return Refused(409, found.code, found.message, field=found.path)
    for one in list(turn.live.values()):
        turn.update(_moved(turn.definition, wanted.to, one))
    for asked in [one for one in turn.before.subscriptions if _is_dropped_handler(turn.definition, wanted.to, one)]:
        turn.unsubscribe(asked)
    for block, path, handler in _new_handlers(turn.definition, wanted.to, turn.before):
        # No earlier run of the handler had this number: it may have been there before, and gone.
        listen(turn, block, path, handler, turn.head.seq + 1)
    turn.said["definition"] = [turn.head.workflow_hash, wanted.to_hash]
    turn.head = replace(turn.head, workflow_hash=wanted.to_hash, language=wanted.to.language)
    return None


def _check_right(turn: Turn, wanted: Repair) -> Refused | None:
    head, act = turn.head, wanted.act
    if _MAY_REPAIR not in act.principals:
        return Refused(403, "not_office_head", zh("只有联席会议办公室负责人可以把办件迁移到另一版本"))
    if head.state is not State.RUNNING:
        return Refused(409, "case_ended", zh("办件已办结，不能再办理"), at=head.last_at)
    if head.gate is not None:
        return Refused(409, "suspended", zh("办件已挂起，恢复办理后才能办理"))
    if wanted.to is None or wanted.to.name != turn.definition.name:
        return Refused(422, "unknown_version", zh("没有该流程的这一版本"), field="to")
    if wanted.to_hash == head.workflow_hash:
        return Refused(409, "same_version", zh("办件已在这一版本上"), field="to")
    if not act.opinion:
        return Refused(422, "opinion_required", zh("请填写迁移原因"), field="opinion")
    if len(act.opinion) > LONGEST_TEXT:
        return Refused(422, "too_long", zh("意见过长"), field="opinion")
    return None


# -- what stands in the way --------------------------------------------------------------------------------


def obstacles(old: Workflow, new: Workflow, live: Slice) -> Iterator[Obstacle]:
    """Everything that keeps a case from moving from `old` to `new`, the innermost step first; nothing if it may."""
    if (old.about, old.person) != (new.about, new.person):
        yield Obstacle("subject_changed", zh("两个版本办理的对象不同"), CASE)
    active = [one for one in live.activations.values() if one.state is ActivationState.LIVE]
    changed: set[str] = set()
    for one in sorted(active, key=lambda each: (-each.path.count("/"), each.path)):
        found = list(_of_step(old, new, one))
        changed.update(each.path for each in found)
        yield from found
    yield from (one for one in _of_what_it_asks(old, new, live) if one.path not in changed)
    for back in live.head.back:
        if _step(new, back.target) is None or _step(new, back.to) is None:
            yield Obstacle("way_back_lost", zh("目标版本里没有补正或重办后应回到的环节"), back.to)


def _of_what_it_asks(old: Workflow, new: Workflow, live: Slice) -> Iterator[Obstacle]:
    for item in sorted(live.items.values(), key=lambda each: (each.path, each.seat)):
        if _form(old, item.form) != _form(new, item.form):
            yield Obstacle("form_changed", zh("目标版本里没有待办正在使用的表单，或其字段不同"), item.path)
    for asked in sorted(live.subscriptions, key=lambda each: (each.path, each.round)):
        if _event_at(old, asked) != _event_at(new, asked) and not _is_dropped_handler(old, new, asked):
            yield Obstacle("event_changed", zh("目标版本在这一环节等候的事件不同"), asked.path)
    for timer in sorted(live.timers.values(), key=lambda each: (each.path, each.kind)):
        if not _is_for(new, timer) or _decides_otherwise(old, new, timer):
            yield Obstacle("timer_lost", zh("目标版本的这一环节没有正在计时的提醒、催办或逾期处理"), timer.path)


def _of_step(old: Workflow, new: Workflow, one: Activation) -> Iterator[Obstacle]:
    supplement = _is_supplement(old, one.path)
    path = one.path.removesuffix("/supplement") if supplement else one.path
    before, after = _step(old, path), _step(new, path)
    if after is None or (supplement and not (isinstance(after, Approve) and after.on_return is not None)):
        yield Obstacle("step_lost", zh("目标版本里没有正在进行的环节"), one.path)
    elif before is None or before.word != after.word:
        yield Obstacle("step_changed", zh("目标版本里正在进行的环节换了种类"), one.path)
    elif _essence(before) != _essence(after):
        yield Obstacle("step_changed", zh("目标版本里正在进行的环节有了不同的组成"), one.path)
    elif isinstance(before, Sequence) and isinstance(after, Sequence) and _place(before, after, one.resume) is None:
        yield Obstacle("place_lost", zh("目标版本里找不到顺序进行到的位置"), one.path)


def _essence(step: Step) -> object:
    """What of a live step must not change: what it counts, holds or has started."""
    match step:
        case ForEach():
            return step.over, step.each, step.takes
        case Race():
            return len(step.ways)
        case Exclusive():
            return step.resource, step.of
        case Call():
            return step.workflow, step.over, step.waits
        case Wait():
            return step.key
        case _:
            return None


def _form(definition: Workflow, name: str | None) -> object:
    return None if name is None else next((one.fields for one in definition.forms if one.name == name), name)


def _event_at(definition: Workflow, asked: Subscription) -> str | None:
    """The event that the step or handler at the place of a subscription asks for, with the field it is found by."""
    if _is_supplement(definition, asked.path):
        step = _step(definition, asked.path.removesuffix("/supplement"))
        return step.on_return.answered_by if isinstance(step, Approve) and step.on_return is not None else None
    block, _, last = step_path(asked.path).rpartition("on/")
    if last.isdecimal() and (not block or block.endswith("/")):
        place = block.removesuffix("/")
        known = place == CASE or place in index(definition)
        found = dict(handlers_of(definition, place)).get(step_path(asked.path)) if known else None
        return None if found is None else f"{found.event} {found.key or ''}"
    step = _step(definition, asked.path)
    if isinstance(step, ForEach):
        return step.grows_on
    return f"{step.event} {step.key or ''}" if isinstance(step, Wait) else None


def _is_dropped_handler(old: Workflow, new: Workflow, asked: Subscription) -> bool:
    """Whether a handler asks that only the old version has."""
    return _is_handler(old, asked.path) and _event_at(new, asked) is None


def _is_handler(definition: Workflow, path: str) -> bool:
    block, _, last = step_path(path).rpartition("on/")
    place = block.removesuffix("/")
    is_block = (not block or block.endswith("/")) and (place == CASE or place in index(definition))
    return is_block and last.isdecimal() and step_path(path) in dict(handlers_of(definition, place))


def _is_for(definition: Workflow, timer: Timer) -> bool:
    """Whether the version knows what to do when the timer falls due."""
    if _is_supplement(definition, timer.path):
        return True
    step = _step(definition, timer.path)
    if timer.kind == LADDER:
        return isinstance(step, Approve | CarryOut | Vote | Wait) and timer.rung < len(step.overdue)
    if timer.kind == "silence":
        return isinstance(step, Vote) or (isinstance(step, Wait) and step.silence is not None)
    return isinstance(step, PublicNotice)


def _decides_otherwise(old: Workflow, new: Workflow, timer: Timer) -> bool:
    """Whether what the timer of a ladder was set for, or does in the new version, is more than telling somebody, and differs."""
    if timer.kind != LADDER or _is_supplement(new, timer.path):
        return False
    rungs = [getattr(_step(one, timer.path), "overdue", ())[timer.rung : timer.rung + 1] for one in (old, new)]
    return rungs[0] != rungs[1] and any(isinstance(rung, HandOver | Deem | Jump) for one in rungs for rung in one)


# -- the move ----------------------------------------------------------------------------------------------


def _moved(old: Workflow, new: Workflow, one: Activation) -> Activation:
    """The activation as the new version counts it."""
    before, after = _step(old, one.path), _step(new, one.path)
    if isinstance(before, Sequence) and isinstance(after, Sequence):
        return replace(one, n=len(after.steps), resume=_place(before, after, one.resume) or 0)
    return replace(one, n=after.at_most or 0) if isinstance(after, Loop) else one


def _place(before: Sequence, after: Sequence, resume: int) -> int | None:
    """Where a sequence stands in the new version: at the same step, or at the end of both."""
    names = [segment(step, number) for number, step in enumerate(after.steps)]
    if resume < len(before.steps):
        here = segment(before.steps[resume], resume)
        return names.index(here) if here in names else None
    last = segment(before.steps[-1], resume - 1) if before.steps else None
    return len(names) if last == (names[-1] if names else None) else None


def _new_handlers(old: Workflow, new: Workflow, live: Slice) -> list[tuple[str, str, Handler]]:
    """Handlers of live blocks that only the new version has: the block, and the place of each."""
    blocks = [CASE, *sorted(path for path, _ in live.activations if not _is_supplement(old, path))]
    found: list[tuple[str, str, Handler]] = []
    for block in blocks:
        place = step_path(block)
        known = dict(handlers_of(old, place))
        for where, handler in handlers_of(new, place):
            if where not in known:
                found.append((block, where if block == CASE else f"{block}{where[len(place) :]}", handler))
    return found


def _is_supplement(definition: Workflow, path: str) -> bool:
    return path.endswith("/supplement") and step_path(path) not in index(definition)


def _step(definition: Workflow, path: str) -> Step | None:
    node = index(definition).get(step_path(path))
    return None if node is None else node.step
