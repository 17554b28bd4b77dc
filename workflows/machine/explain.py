"""Why a case waits, for whom, since when, and what would move it: pure data; the adapters make a sentence of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from domain.calendar import Calendar, light, minutes_between, shift_days
from workflows.language.words import Approve, CarryOut, Escalate, Step, Wait, Workflow
from workflows.machine.answering import verbs_offered
from workflows.machine.byitself import ahead_of
from workflows.machine.case import JSON, LADDER, Activation, Holder, State, Subscription, Timer, WorkItem
from workflows.machine.choosing import chosen_for, who_chose
from workflows.machine.confirming import PROPOSAL_VERBS, is_proposal
from workflows.machine.fieldrights import rights_at
from workflows.machine.nodes import index
from workflows.machine.reasons import Around, Explanation, Reason, Why
from workflows.machine.timekeeping import kept_rule
from workflows.machine.turn import step_path
from workflows.machine.values import own_values, plain_seen
from workflows.machine.waiting import around, live, reason_of
from workflows.reads import CaseView

__all__ = ["Around", "Explanation", "Reason", "Why", "explain"]


def explain(definition: Workflow, view: CaseView, calendar: Calendar, now: datetime) -> Explanation:
    """Say why the case of `view` stands where it stands at `now`.

    Args:
        definition: what the case runs.
        view: the case with everything live in it.
        calendar: the version that counts the remaining working time.
        now: aware UTC.
    """
    head = view.head
    if head.state is not State.RUNNING:
        return Explanation((Reason(Why.ENDED, since=head.last_at, detail=head.outcome),))
    if head.quarantine is not None:
        return Explanation((Reason(Why.QUARANTINED, since=head.last_at, detail=head.quarantine),))
    if head.gate is not None:
        return Explanation((Reason(Why.GATE, since=head.last_at, detail=head.gate),))
    found = sorted(_reasons(definition, view, calendar, now), key=_urgency)
    return Explanation(tuple(found) or (Reason(Why.UNDER_WAY, since=head.last_at),), around(definition, view))


def _reasons(definition: Workflow, view: CaseView, calendar: Calendar, now: datetime) -> Iterator[Reason]:
    """Everything waited for; the seats of a vote are one reason together."""
    own = own_values(view.activations)
    for item in view.items:
        if item.closed_at is None and item.kind != "vote":
            reason = _item_reason(definition, view, item, calendar, now)
            yield replace(reason, chosen_by=_chooser(definition, view, item, own))
    for one, step in live(definition, view):
        if isinstance(step, Wait):
            yield _wait_reason(view, one, step, calendar, now)
        elif (found := reason_of(view, one, step, calendar)) is not None:
            yield _timed(found, calendar, now)


def _timed(reason: Reason, calendar: Calendar, now: datetime) -> Reason:
    """The reason with what is left until it is due."""
    if reason.due_at is None:
        return reason
    shown = light(now, None, reason.due_at, paused=False, closed_at=None)
    return replace(reason, remaining=_remaining(calendar, now, reason.due_at), light=shown)


def _urgency(reason: Reason) -> tuple[bool, datetime, str]:
    return reason.due_at is None, reason.due_at or reason.since, reason.path or ""


def _item_reason(definition: Workflow, view: CaseView, item: WorkItem, calendar: Calendar, now: datetime) -> Reason:
    step = _asking_step(definition, item)
    escalates_at, escalates_to = _escalation(step, item, view.timers, calendar)
    return Reason(
        Why.ITEM,
        since=item.opened_at,
        path=item.path,
        kind=item.kind,
        holders=_holders(view.holders, item),
        chooses=chosen_for(definition, item.form, rights_at(definition, item.path)),
        verbs=_verbs(step, item),
        events=_answering_events(step, item),
        due_at=item.due_at,
        due_rule=item.due_rule,
        remaining=_remaining(calendar, now, item.due_at),
        light=light(now, item.yellow_at, item.due_at, item.paused_at is not None, None),
        escalates_at=escalates_at,
        escalates_to=escalates_to,
        by_itself=ahead_of(step, item, view.timers, calendar),
    )


def _asking_step(definition: Workflow, item: WorkItem) -> Step | None:
    """The step that asks; None for a proposal, which stands at no step."""
    if is_proposal(item.path):
        return None
    path = step_path(item.path)
    return index(definition)[path.removesuffix("/supplement") if item.kind == "supplement" else path].step


def _verbs(step: Step | None, item: WorkItem) -> tuple[str, ...]:
    if step is None:
        return PROPOSAL_VERBS
    if isinstance(step, Approve) and item.kind == "approve":
        return verbs_offered(step, item)
    return ("complete",)


def _answering_events(step: Step | None, item: WorkItem) -> tuple[str, ...]:
    if item.kind != "supplement" or not isinstance(step, Approve) or step.on_return is None:
        return ()
    return (step.on_return.answered_by,) if step.on_return.answered_by else ()


def _holders(holders: Mapping[str, tuple[Holder, ...]], item: WorkItem) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.who for one in holders.get(item.id, ())))


def _chooser(definition: Workflow, view: CaseView, item: WorkItem, own: Mapping[str, Mapping[str, JSON]]) -> str | None:
    step = _asking_step(definition, item)
    if step is None:
        return None
    fields = plain_seen(index(definition), view.head, own, item.path)
    return who_chose(step, fields, _holders(view.holders, item))


def _escalation(
    step: Step | None, item: WorkItem, timers: Iterable[Timer], calendar: Calendar
) -> tuple[datetime | None, str | None]:
    """When and to whom the ladder of `step` next escalates: only its next rung has a timer, the rest is counted."""
    if not isinstance(step, Approve | CarryOut) or item.due_at is None or item.kind == "supplement":
        return None, None
    ahead = min((one.rung for one in timers if one.path == item.path and one.kind == LADDER), default=None)
    if ahead is None:
        return None, None
    for rung in step.overdue[ahead:]:
        if isinstance(rung, Escalate):
            return shift_days(calendar, item.due_at, rung.at), rung.to.name
    return None, None


def _remaining(calendar: Calendar, now: datetime, due_at: datetime | None) -> int | None:
    if due_at is None:
        return None
    return minutes_between(calendar, now, due_at) if due_at >= now else -minutes_between(calendar, due_at, now)


# -- waits -------------------------------------------------------------------------------------------------


def _wait_reason(view: CaseView, waiting: Activation, step: Wait, calendar: Calendar, now: datetime) -> Reason:
    due_at = _silence_at(view.timers, waiting)
    awaited = tuple(sorted({one.type for one in view.subscriptions if _belongs(one, waiting)}))
    return Reason(
        Why.EVENT,
        since=waiting.entered_at,
        path=waiting.path,
        events=awaited or (step.event,),
        due_at=due_at,
        due_rule=kept_rule(waiting),
        remaining=_remaining(calendar, now, due_at),
        light=light(now, None, due_at, paused=False, closed_at=None),
    )


def _belongs(subscription: Subscription, waiting: Activation) -> bool:
    return (subscription.path, subscription.round) == (waiting.path, waiting.round)


def _silence_at(timers: Iterable[Timer], waiting: Activation) -> datetime | None:
    """When the wait gives up."""
    return min((one.due_at for one in timers if one.path == waiting.path and one.kind == "silence"), default=None)
