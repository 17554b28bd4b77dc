"""What a case does when an event comes: waits, supplements and handlers that ask for it take it.

Whoever asks innermost takes an event: a handler hears nothing that a step inside its block asks for as well. Branches
that run side by side do not hide an event from each other: it happened for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.words import ForEach, Handler, Wait
from workflows.machine.asking import answer_supplement
from workflows.machine.case import JSON, Subscription
from workflows.machine.nodes import CASE, handlers_of
from workflows.machine.noticing import stop_clock
from workflows.machine.spreading import grow
from workflows.machine.turn import Enter, Leave, Turn, sorted_subscriptions, step_path

Values = tuple[Mapping[str, JSON], Mapping[str, JSON]]
"""What an event says: plain and personal."""


def hear(turn: Turn, type_: str, key: str, values: Values) -> list[Subscription]:
    """Let everything that asks for an event take it; returns what took it, in the order of the paths."""
    if (type_, key) not in turn.before.hears:
        turn.reach(CASE)
    asking = [one for one in sorted_subscriptions(turn.subscriptions) if one.type == type_ and one.key == key]
    taking = [one for one in asking if not any(_is_inside(other, one) for other in asking)]
    for one in taking:
        _take(turn, one, type_, values)
    return taking


def _is_inside(other: Subscription, handler: Subscription) -> bool:
    """Whether `other` asks inside the block that `handler` belongs to, or first of the block's own handlers."""
    if other is handler or not _is_handler(handler.path):
        return False
    block = _block_of(handler.path)
    if _is_handler(other.path) and _block_of(other.path) == block:
        return other.path < handler.path
    return not block or other.path.startswith(f"{block}/")


def _is_handler(path: str) -> bool:
    """Handlers ask at "…/on/0"; the turns of what they do stand at "…/on/0#1"."""
    above, _, last = path.rpartition("/")
    return last.isdecimal() and (above == "on" or above.endswith("/on"))


def _block_of(path: str) -> str:
    return path.rpartition("/on/")[0]


def _take(turn: Turn, subscription: Subscription, type_: str, values: Values) -> None:
    path = subscription.path
    if _is_handler(path):
        _handle(turn, subscription, type_, values)
        return
    supplement = turn.supplement_at(path)
    if supplement is not None:
        _write(turn, path, values, supplement.takes)
        answer_supplement(turn, path)
        return
    step = turn.step(path)
    if isinstance(step, ForEach):
        grow(turn, path, step, values[0])
        return
    _write(turn, path, values, step.takes if isinstance(step, Wait) else ())
    turn.agenda.append(Leave(path, turn.live[path].parent))


def _handle(turn: Turn, subscription: Subscription, type_: str, values: Values) -> None:
    """Run a handler: instead of its block, or beside it (and then ask for the next such event)."""
    block = _block_of(subscription.path)
    handler = _handler_at(turn, block, subscription.path)
    _write(turn, block, values, handler.takes)
    body = f"{subscription.path}#{subscription.round}"
    turn.unsubscribe(subscription)
    if handler.mode == "beside":
        turn.subscribe(subscription.path, subscription.round + 1, handler.event, subscription.key)
        if handler.pauses:
            stop_clock(turn, block)
        turn.agenda.append(Enter(body, block or None))
    elif block:
        parent = turn.live[block].parent
        turn.cancel_below(block, f"interrupted:{type_}")
        turn.agenda.append(Enter(body, parent))
    else:
        turn.cancel_everything(f"interrupted:{type_}")
        turn.agenda.append(Enter(body, None))


def _handler_at(turn: Turn, block: str, path: str) -> Handler:
    return dict(handlers_of(turn.definition, step_path(block)))[step_path(path)]


def _write(turn: Turn, path: str, values: Values, takes: tuple[str, ...]) -> None:
    plain, personal = values
    turn.put(
        {name: plain[name] for name in takes if name in plain},
        {name: personal[name] for name in takes if name in personal},
        path,
    )
