"""公示 in a case: it stands for its time; the clock stops while something that pauses it runs beside it."""

from __future__ import annotations

from dataclasses import replace

from domain.calendar import add_minutes, minutes_between
from workflows.language.words import PublicNotice
from workflows.machine.deadlines import deadline
from workflows.machine.nodes import handlers_of
from workflows.machine.turn import Leave, Turn, step_path

LASTS = "lasts"
"""The kind of the timer that ends a notice."""


def enter_notice(turn: Turn, path: str, parent: str | None, step: PublicNotice) -> None:
    """Begin the notice."""
    round_ = turn.activate(path, parent, n=1).round
    term = deadline(step.lasts, turn.facts, turn.now, turn.values(path))
    if term is not None:
        turn.set_timer(path, round_, LASTS, 0, term.due_at)


def notice_over(turn: Turn, path: str) -> None:
    """The time is over; the step is left as soon as nothing runs beside it."""
    turn.update(replace(turn.live[path], agree=1))


def stop_clock(turn: Turn, path: str) -> None:
    """Something that pauses begins: keep the working minutes that are left."""
    timer = next((one for one in turn.timers.values() if one.path == path and one.kind == LASTS), None)
    if timer is None:
        return
    left = minutes_between(turn.facts.calendar, turn.now, timer.due_at)
    turn.clear(timer)
    turn.update(replace(turn.live[path], resume=left, abstain=turn.live[path].abstain + 1))


def start_clock(turn: Turn, path: str) -> None:
    """What ran beside is over: the clock goes on where it stopped, or the notice ends if its time was over."""
    block = turn.live[path]
    if block.agree:
        turn.agenda.append(Leave(path, block.parent))
        return
    still = any(one.startswith(f"{path}/on/") and _pauses(turn, path, one) for one in turn.live)
    running = any(one.path == path and one.kind == LASTS for one in turn.timers.values())
    if still or running:
        return
    # The number of stops keeps the timers of one notice apart.
    turn.set_timer(path, block.round, LASTS, block.abstain, add_minutes(turn.facts.calendar, turn.now, block.resume).at)


def _pauses(turn: Turn, path: str, below: str) -> bool:
    handlers = dict(handlers_of(turn.definition, step_path(path)))
    return any(handler.pauses and step_path(below).startswith(where) for where, handler in handlers.items())
