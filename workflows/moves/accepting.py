"""How events come in: deduplicated, stored, routed and committed together, each caller answered after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflows.machine.case import Lane
from workflows.moves.routing import Routed, route
from workflows.ports import CommitUnknown, Engine, Keyed, NewEvent, StoredEvent, Unit


@dataclass(frozen=True, slots=True)
class Submission:
    """What one caller sent; `whole` means all or nothing."""

    events: tuple[NewEvent, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one event: accepted, duplicate or conflict, and the cases that it started or woke."""

    status: str
    no: int
    cases: tuple[str, ...] = ()


Key = tuple[str, str]


class _SpoiledError(Exception):
    """All-or-nothing submissions lost a row to a conflict: nothing of this transaction may stay."""

    def __init__(self, spoiled: frozenset[int], answers: list[tuple[Accepted, ...]]) -> None:
        super().__init__()
        self.spoiled = spoiled
        self.answers = answers


@dataclass(slots=True)
class _Attempt:
    """What the runs of the transaction stored as new and woke; kept outside them for an unknown commit."""

    new: dict[Key, Accepted] = field(default_factory=dict)
    lanes: set[Lane] = field(default_factory=set)


def accept(engine: Engine, submissions: Sequence[Submission]) -> list[tuple[Accepted, ...]]:
    """Accept the events of several callers in one transaction.

    An all-or-nothing submission that holds a conflicting event stores nothing of itself; the others are not touched
    by that. When the outcome of the commit is unknown the keys are read back before anybody is answered.

    Returns:
        For each submission, what became of each of its events, in order; where an all-or-nothing submission holds a
        conflict, "accepted" tells only that this event was not the reason.

    Raises:
        StoreUnavailable: the database does not answer; nothing was stored, or the same ids are duplicates next time.
    """
    try:
        return _accept_together(engine, submissions)
    except _SpoiledError as error:
        return error.answers if len(submissions) == 1 else _accept_apart(engine, submissions, error.spoiled)


def _accept_apart(
    engine: Engine, submissions: Sequence[Submission], spoiled: frozenset[int]
) -> list[tuple[Accepted, ...]]:
    """The sound submissions together, then each spoiled one alone: what it met may not be stored after all."""
    sound = [number for number in range(len(submissions)) if number not in spoiled]
    answers = dict(zip(sound, accept(engine, [submissions[number] for number in sound]), strict=True)) if sound else {}
    for number in sorted(spoiled):
        [answers[number]] = accept(engine, [submissions[number]])
    return [answers[number] for number in range(len(submissions))]


def _accept_together(engine: Engine, submissions: Sequence[Submission]) -> list[tuple[Accepted, ...]]:
    lane = Lane.BULK if all(one.lane is Lane.BULK for sub in submissions for one in sub.events) else Lane.INTERACTIVE
    attempt = _Attempt()
    try:
        answers = engine.units.run(lambda unit: _store(engine, unit, submissions, attempt), lane)
    except CommitUnknown:
        ours = dict(attempt.new)
        answers = engine.units.run(lambda unit: _store(engine, unit, submissions, attempt), lane)
        answers = _claim_ours(submissions, answers, ours)
    for woken in sorted(attempt.lanes):
        engine.wake(woken)
    return answers


def _store(
    engine: Engine, unit: Unit, submissions: Sequence[Submission], attempt: _Attempt
) -> list[tuple[Accepted, ...]]:
    first: dict[Key, NewEvent] = {}
    for submission in submissions:
        for event in submission.events:
            first.setdefault((event.source, event.id), event)
    keyed = dict(zip(first, unit.key_events(list(first.values())), strict=True))
    answers, spoiled = _answers(submissions, first, keyed)
    if spoiled:
        raise _SpoiledError(spoiled, answers)
    new = [key for key in first if keyed[key].status == "new"]
    stored = [StoredEvent(keyed[key].no, first[key], unit.now) for key in new]
    unit.add_events(stored)
    routed = route(engine, unit, stored)
    attempt.new = {key: Accepted("accepted", keyed[key].no, routed.cases[keyed[key].no]) for key in new}
    attempt.lanes |= routed.lanes
    return [tuple(_with_cases(one, routed) for one in answer) for answer in answers]


def _answers(
    submissions: Sequence[Submission], first: dict[Key, NewEvent], keyed: dict[Key, Keyed]
) -> tuple[list[tuple[Accepted, ...]], frozenset[int]]:
    told: set[Key] = set()
    answers: list[tuple[Accepted, ...]] = []
    spoiled: set[int] = set()
    for number, submission in enumerate(submissions):
        answer = tuple(_answer(event, first, keyed, told) for event in submission.events)
        answers.append(answer)
        if submission.whole and any(one.status == "conflict" for one in answer):
            spoiled.add(number)
    return answers, frozenset(spoiled)


def _answer(event: NewEvent, first: dict[Key, NewEvent], keyed: dict[Key, Keyed], told: set[Key]) -> Accepted:
    key = (event.source, event.id)
    found = keyed[key]
    if found.status == "conflict" or first[key].body_hash != event.body_hash:
        return Accepted("conflict", found.no)
    if found.status == "duplicate" or key in told:
        return Accepted("duplicate", found.no)
    told.add(key)
    return Accepted("accepted", found.no)


def _with_cases(answer: Accepted, routed: Routed) -> Accepted:
    return (
        Accepted(answer.status, answer.no, routed.cases.get(answer.no, ())) if answer.status != "conflict" else answer
    )


def _claim_ours(
    submissions: Sequence[Submission], answers: list[tuple[Accepted, ...]], ours: dict[Key, Accepted]
) -> list[tuple[Accepted, ...]]:
    """After an unknown commit: what the second run calls a duplicate and the first one stored was accepted."""
    return [
        tuple(
            ours.pop((event.source, event.id), one) if one.status == "duplicate" else one
            for event, one in zip(submission.events, answer, strict=True)
        )
        for submission, answer in zip(submissions, answers, strict=True)
    ]
