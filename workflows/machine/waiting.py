"""What a case waits for that nobody has in an inbox: votes as a whole, notices, sub-cases, resources, blocks."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from domain.calendar import Calendar, Light
from domain.voting import share
from workflows.language.words import Call, Exclusive, ForEach, Join, Parallel, PublicNotice, Race, Step, Vote, Workflow
from workflows.machine.answering import VERBS_OF_KIND
from workflows.machine.case import Activation, ActivationState
from workflows.machine.nodes import index
from workflows.machine.noticing import LASTS
from workflows.machine.reasons import Around, Reason, Why
from workflows.machine.timekeeping import kept_rule
from workflows.machine.turn import step_path
from workflows.reads import CaseView


def live(definition: Workflow, view: CaseView) -> Iterator[tuple[Activation, Step]]:
    """What is live, with the step it stands in; supplements, which have no step of their own, are left out."""
    nodes = index(definition)
    for one in view.activations:
        node = nodes.get(step_path(one.path))
        if one.state is ActivationState.LIVE and node is not None:
            yield one, node.step


def reason_of(view: CaseView, one: Activation, step: Step, calendar: Calendar) -> Reason | None:
    """Why the case waits at a live step that is not one person's work; the time that is left is the caller's.

    Args:
        view: the case.
        one: what is live.
        step: the step it stands in.
        calendar: counts the working time of a notice.
    """
    match step:
        case Vote():
            return _vote(view, one, step)
        case PublicNotice():
            return _notice(view, one, calendar)
        case Call():
            needs = one.n if step.join.of is None else min(step.join.of, one.n)
            running = frozenset(view.open_cases)
            cases = tuple(case for case in one.values.get("children", ()) if case in running)
            return Reason(Why.CALL, one.entered_at, one.path, done=one.agree, of=one.n, needs=needs, cases=cases)
        case Exclusive() if not one.resume:
            return Reason(
                Why.RESOURCE, one.entered_at, one.path, resource=step.resource, ahead=view.places.get(one.path)
            )
        case _:
            return None


def _vote(view: CaseView, one: Activation, step: Vote) -> Reason | None:
    seats = [item for item in view.items if item.path == one.path and item.closed_at is None]
    if not seats:
        return None  # the result is there, and what it leads to is waited for
    return Reason(
        Why.VOTE,
        one.entered_at,
        one.path,
        kind="vote",
        holders=tuple(dict.fromkeys(holder.who for item in seats for holder in view.holders.get(item.id, ()))),
        verbs=tuple(VERBS_OF_KIND["vote"]),
        due_at=seats[0].due_at,
        due_rule=seats[0].due_rule,
        done=one.agree + one.against + one.abstain,
        of=one.n,
        needs=ceil(share(step.quorum) * one.n),
        in_person=not step.proxies,
    )


def _notice(view: CaseView, one: Activation, calendar: Calendar) -> Reason:
    """It stands until its timer; what runs beside it holds its end up, and may have stopped its clock."""
    until = next((timer.due_at for timer in view.timers if timer.path == one.path and timer.kind == LASTS), None)
    beside = tuple(sorted(_beside(view, one.path)))
    paused = until is None and not one.agree
    return Reason(
        Why.NOTICE,
        one.entered_at,
        one.path,
        due_at=until,
        due_rule=kept_rule(one),
        remaining=one.resume if paused else None,
        light=Light.GREY if paused else Light.GREEN,
        paths=beside if until is None else (),
    )


def _beside(view: CaseView, path: str) -> Iterator[str]:
    for one in view.activations:
        if one.state is ActivationState.LIVE and one.parent == path and one.path.startswith(f"{path}/on/"):
            yield one.path


def around(definition: Workflow, view: CaseView) -> tuple[Around, ...]:
    """The blocks that count what arrives, and the races that are open; the outermost first."""
    found = [_around(view, one, step) for one, step in live(definition, view)]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.path))


def _around(view: CaseView, one: Activation, step: Step) -> Around | None:
    match step:
        case ForEach(join=join) | Parallel(join=join) if one.n > 1:
            return Around(step.word, one.path, one.entered_at, one.agree, one.n, _enough(join, one.n))
        case Race():
            firsts = [f"{one.path}/{number}/first" for number in range(len(step.ways))]
            waiting = {found.path for found in view.activations if found.state is ActivationState.LIVE}
            if waiting.isdisjoint(firsts):
                return None  # one has come, and what it leads to is done
            return Around(step.word, one.path, one.entered_at, 0, one.n, 1, tuple(firsts))
        case _:
            return None


def _enough(join: Join, n: int) -> int:
    return n if join.of is None else min(join.of, n)
