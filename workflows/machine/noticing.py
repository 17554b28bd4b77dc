"""公示 in a case: it stands for its time; the clock stops while something that pauses it runs beside it."""

from __future__ import annotations

from dataclasses import replace

from domain.calendar import minutes_between
from domain.clocks import Pause, PauseReason, as_text, going_on, stopped
from workflows.language.words import PublicNotice
from workflows.machine.case import SYSTEM
from workflows.machine.deadlines import counted, deadline
from workflows.machine.nodes import handlers_of
from workflows.machine.timekeeping import keep, running
from workflows.machine.turn import Leave, Turn, step_path

LASTS = "lasts"
"""The kind of the timer that ends a notice."""


def enter_notice(turn: Turn, path: str, parent: str | None, step: PublicNotice) -> None:
    """Begin the notice."""
    round_ = turn.activate(path, parent, n=1).round
    term = deadline(step.lasts, turn.facts, turn.now, turn.values(path))
    if term is not None:
        keep(turn, path, term.rule, term.due_at)
        turn.set_timer(path, round_, LASTS, 0, term.due_at)


def notice_over(turn: Turn, path: str) -> None:
    """The time is over; the step is left as soon as nothing runs beside it."""
    turn.update(replace(turn.live[path], agree=1))


def stop_clock(turn: Turn, path: str) -> None:
    """Something that pauses begins: the clock stands, and the working minutes that are left are shown meanwhile."""
    timer = next((one for one in turn.timers.values() if one.path == path and one.kind == LASTS), None)
    clock = running(turn, path)
    if timer is None or clock is None:
        return
    turn.clear(timer)
    keep(turn, path, as_text(stopped(clock, Pause(turn.now, PauseReason.INQUIRY, by=SYSTEM))))
    left = minutes_between(turn.facts.calendar, turn.now, timer.due_at)
    turn.update(replace(turn.live[path], resume=left))


def start_clock(turn: Turn, path: str) -> None:
    """What ran beside is over: the clock goes on where it stopped, or the notice ends if its time was over."""
    block = turn.live[path]
    if block.agree:
        turn.agenda.append(Leave(path, block.parent))
        return
    still = any(one.startswith(f"{path}/on/") and _pauses(turn, path, one) for one in turn.live)
    runs = any(one.path == path and one.kind == LASTS for one in turn.timers.values())
    clock = running(turn, path)
    if still or runs or clock is None:
        return
    term = counted(going_on(clock, turn.now), turn.facts)
    keep(turn, path, term.rule, term.due_at)
    # The number of stops keeps the timers of one notice apart.
    turn.set_timer(path, block.round, LASTS, len(clock.pauses), term.due_at)


def _pauses(turn: Turn, path: str, below: str) -> bool:
    handlers = dict(handlers_of(turn.definition, step_path(path)))
    return any(handler.pauses and step_path(below).startswith(where) for where, handler in handlers.items())
