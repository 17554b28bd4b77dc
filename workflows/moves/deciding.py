"""Load cases and decide what waits for them: what every move that runs cases has in common.

One bad case never spoils a batch: an exception in `decide` is caught for its case before any SQL (`batching.py` saves).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from traceback import extract_tb
from typing import Final

from workflows.language.words import Workflow
from workflows.machine.attachment import Attachment
from workflows.machine.case import Case, Slice, WorkItem
from workflows.machine.comment import Comment
from workflows.machine.decide import decide
from workflows.machine.decision import Decision, Ignored, Outcome, Quarantined, Refused, Wants, WantsBallots, WantsPast
from workflows.machine.facts import Facts
from workflows.machine.repair import MIGRATE, Repair
from workflows.machine.stimuli import Act, EventStimulus, Sign, Stimulus
from workflows.moves.loading import (
    Found,
    audiences_of,
    comments_of,
    facts_for,
    files_named,
    files_of,
    load_cases,
    look_up,
    part_for,
    places_of,
    stimulus_of,
    with_fired,
)
from workflows.moves.parts import Parts
from workflows.moves.raising import may_be_raised
from workflows.moves.recording import Recorded, record
from workflows.ports import Engine, InboxRow, StoredEvent, Unit

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class CaseRun:
    """What a batch did with one case: its slice, the rows it took, the decisions, and what stopped it, if anything.

    `handled` are the numbers of the rows that are done with; a quarantine leaves its own row and those after it.
    `parked` are events that nobody in the case waits for any more; they go to whoever does. `parts` is what has become
    of the case: each decision takes what it needs from it. `past` are its closed items as stored, once they were asked for,
    `ballots` the secret votes that one of the stimuli closes.
    """

    before: Slice
    rows: Sequence[InboxRow]
    parts: Parts = field(init=False)
    decisions: list[Decision] = field(init=False)
    recorded: Recorded | None = None
    handled: list[int] = field(init=False)
    parked: list[StoredEvent] = field(init=False)
    refused: Refused | None = None
    quarantined: str | None = None
    failed: BaseException | None = None
    past: tuple[WorkItem, ...] | None = None
    ballots: dict[tuple[str, int], Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin(self.before)

    @property
    def after(self) -> Slice:
        """The slice as the decisions left it."""
        return self.parts.whole()

    @property
    def head(self) -> Case:
        """The head as the decisions left it."""
        return self.parts.head

    def begin(self, before: Slice) -> None:
        """Begin with this slice, as if nothing had been decided."""
        self.before, self.parts = before, Parts(before)
        self.decisions, self.handled, self.parked = [], [], []


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the cases of a batch have in common; `places` are the steps that the acts are for ("" for the case).

    `files` are the attachments that the acts name, `comments` those of the cases whose act is about one,
    `audiences` whom the cases are shared with whose act mentions somebody.
    """

    engine: Engine
    unit: Unit
    acts: Mapping[str, Act]
    places: Mapping[str, str]
    files: Mapping[str, Attachment]
    comments: Mapping[str, Mapping[int, Comment]]
    audiences: Mapping[str, frozenset[str]]
    events: Mapping[int, StoredEvent]
    found: Found


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What all decisions of one case in a batch are taken on."""

    definition: Workflow
    facts: Facts


class _WantsMoreError(Exception):
    """A stimulus of the case reaches further than what was loaded."""

    def __init__(self, wanted: Wants | WantsPast | WantsBallots) -> None:
        super().__init__(wanted)
        self.wanted = wanted


def run_cases(
    engine: Engine, unit: Unit, rows: Sequence[InboxRow], acts: Mapping[str, Act] | None = None
) -> dict[str, CaseRun]:
    """Load the cases of `rows` (and of `acts`, one for a case) and decide every stimulus in order.

    Nothing is written yet; an act comes after what was in its case's inbox.
    """
    acts = acts or {}
    engine.library.look(unit)
    by_case = _by_case(rows, acts)
    places = places_of(unit, acts)
    events = unit.events([row.event for row in rows if row.event is not None])
    slices = load_cases(unit, by_case, places, events)
    found = look_up(engine, unit, slices, may_be_raised(slices, acts))
    wanted = acts.values()
    beside = files_of(unit, wanted), comments_of(unit, wanted), audiences_of(unit, wanted)
    batch = _Batch(engine, unit, acts, places, *beside, events, found)
    runs = {
        case: CaseRun(slices[case], _moving(slices[case], mine)) for case, mine in by_case.items() if case in slices
    }
    for run in runs.values():
        _run_case(batch, run)
    return runs


def note_failure(case: str, error: BaseException) -> None:
    """Log that a case stays behind: where and how it failed, never the words, which may be somebody's."""
    place = extract_tb(error.__traceback__)[-1:]
    where = f"{place[0].filename}:{place[0].lineno}" if place else "an unknown place"
    _log.error("case %s stays behind: %s at %s", case, type(error).__name__, where)


def _by_case(rows: Sequence[InboxRow], acts: Mapping[str, Act]) -> dict[str, list[InboxRow]]:
    """The rows of each case in the order in which it takes them: first what moves its clocks."""
    by_case: dict[str, list[InboxRow]] = {}
    for row in rows:
        by_case.setdefault(row.case, []).append(row)
    for case in acts:
        by_case.setdefault(case, [])
    return {case: sorted(mine, key=_comes_later) for case, mine in by_case.items()}


def _moving(before: Slice, rows: list[InboxRow]) -> list[InboxRow]:
    """The rows that a case may take; one whose gate was closed since they were claimed leaves them where they are.

    Otherwise an act that opens the gate would carry them past it: the save refuses only what leaves the gate standing.
    """
    return rows if before.head.gate is None else []


_FIRST: Final = {Sign.RESUMED: 0, Sign.CALENDAR: 1}


def _comes_later(row: InboxRow) -> int:
    return len(_FIRST) if row.signal is None else _FIRST.get(row.signal.sign, len(_FIRST))


def _run_case(batch: _Batch, run: CaseRun) -> None:
    """Decide what waits for a case; from the beginning, where one of its stimuli wants more than was loaded.

    What is loaded meanwhile is loaded outside of what is caught: a store that fails fails the batch, and a unit whose
    connection broke must not go on as if one case had.
    """
    if run.before.head.quarantine is not None:
        return
    while (wanted := _wanted_after(batch, run)) is not None:
        _load_more(batch, run, wanted)


def _wanted_after(batch: _Batch, run: CaseRun) -> Wants | WantsPast | WantsBallots | None:
    """Decide every stimulus of the case; what it takes beside what was loaded, or None where that was enough."""
    try:
        _decide_all(batch, run)
        if run.decisions:
            run.recorded = record(run.before.head, run.decisions, batch.engine.vault)
    except _WantsMoreError as error:
        return error.wanted
    except Exception as error:  # noqa: BLE001  # one bad case must not spoil its batch; it stays and is counted
        note_failure(run.before.head.id, error)
        run.begin(run.before)
        run.failed = error
    return None


def _load_more(batch: _Batch, run: CaseRun, wanted: Wants | WantsPast | WantsBallots) -> None:
    case = run.before.head.id
    if isinstance(wanted, WantsPast):
        run.past = batch.unit.past([case])[case]
        run.begin(run.before)
        return
    if isinstance(wanted, WantsBallots):
        run.ballots[wanted.path, wanted.round] = batch.unit.ballots.count(case, wanted.path, wanted.round)
        run.begin(run.before)
        return
    larger = batch.unit.load([case], {case: [wanted.around or "", *(run.before.around or ())]})[case]
    run.begin(with_fired(larger, run.rows))


def _decide_all(batch: _Batch, run: CaseRun) -> None:
    """Decide every stimulus of a case.

    Raises:
        _WantsMoreError: one of them needs more than was loaded.
    """
    definition = batch.engine.library.by_hash(run.before.head.workflow_hash)
    grounds = _Grounds(definition, facts_for(batch.engine, run.before, batch.found))
    for row in run.rows:
        if run.quarantined is None:
            _decide_row(batch, run, grounds, row)
    act = batch.acts.get(run.before.head.id)
    if act is not None:
        _decide_act(batch, run, grounds, act)


def _decide_row(batch: _Batch, run: CaseRun, grounds: _Grounds, row: InboxRow) -> None:
    stimulus = stimulus_of(row, batch.events)
    match _decide(batch, run, grounds, stimulus, part_for(run.parts, row, stimulus)):
        case Ignored():
            if isinstance(stimulus, EventStimulus) and not stimulus.starts:
                run.parked.append(batch.events[stimulus.no])
        case Quarantined(why=why):
            run.quarantined = why
            return
        case Refused(code=code):
            message = f"case {run.before.head.id}: an event or timer was refused ({code})"
            raise RuntimeError(message)
    run.handled.append(row.no)


def _decide_act(batch: _Batch, run: CaseRun, grounds: _Grounds, act: Act) -> None:
    if run.quarantined is not None or run.parts.head.seq == 0:
        return
    match _decide(batch, run, grounds, _wanted(batch, act), run.parts.near(batch.places[act.case])):
        case Refused() as refused:
            run.refused = refused
        case Quarantined(why=why):
            run.quarantined = why
        case Ignored(why=why):
            message = f"case {act.case}: an act was ignored ({why})"
            raise RuntimeError(message)


def _decide(batch: _Batch, run: CaseRun, grounds: _Grounds, stimulus: Stimulus | Repair, part: Slice) -> Outcome:
    """Decide on as much of the case as the stimulus needs, and keep the decision if it can be carried out.

    Raises:
        _WantsMoreError: it needs more than was loaded.
    """
    outcome = decide(grounds.definition, part, stimulus, grounds.facts, batch.unit.now)
    while isinstance(outcome, Wants | WantsPast | WantsBallots):
        part = _more(run, part, outcome)
        outcome = decide(grounds.definition, part, stimulus, grounds.facts, batch.unit.now)
    if not isinstance(outcome, Decision):
        return outcome
    impossible = _unknown_workflow(batch.engine, outcome)
    if impossible is not None:
        return Quarantined(impossible)
    run.decisions.append(outcome)
    run.parts.put(part, outcome.after)
    return outcome


def _more(run: CaseRun, part: Slice, wanted: Wants | WantsPast | WantsBallots) -> Slice:
    """The part with what a decision asks for beside it, as far as it was loaded."""
    if isinstance(wanted, WantsPast):
        if run.past is None:
            raise _WantsMoreError(wanted)
        return replace(part, past=_past(run, run.past))
    if isinstance(wanted, WantsBallots):
        return replace(part, ballots=_opened(run, wanted))
    if not run.parts.has(wanted.around):
        raise _WantsMoreError(wanted)
    return replace(run.parts.near(wanted.around or ""), past=part.past)


def _opened(run: CaseRun, wanted: WantsBallots) -> dict[tuple[str, int], Mapping[str, int]]:
    """The ballots of a secret vote: those that were stored, and those that this batch has taken itself."""
    place = (wanted.path, wanted.round)
    if place not in run.ballots:
        raise _WantsMoreError(wanted)
    taken = (one.choice for decision in run.decisions for one in decision.ballots if (one.path, one.round) == place)
    return {place: Counter(run.ballots[place]) + Counter(taken)}


def _past(run: CaseRun, stored: Sequence[WorkItem]) -> tuple[WorkItem, ...]:
    """The closed items of the case, those that this batch has closed last."""
    changed = {one.id: one for decision in run.decisions for one in decision.items}
    closed = [one for one in {**{one.id: one for one in stored}, **changed}.values() if one.closed_at is not None]
    return tuple(sorted(closed, key=lambda one: (one.closed_at, one.id)))


def _wanted(batch: _Batch, act: Act) -> Act | Repair:
    """The act as the machine takes it: with its files and comments; a move to another version with that version."""
    if act.verb != MIGRATE:
        files = {one: batch.files[one] for one in files_named(act) if one in batch.files}
        audience = batch.audiences.get(act.case, frozenset())
        return replace(act, files=files, comments=batch.comments.get(act.case, {}), audience=audience)
    to_hash = str(act.form.get("to", ""))
    try:
        return Repair(act, to_hash, batch.engine.library.by_hash(to_hash))
    except KeyError:
        return Repair(act, to_hash, None)


def _unknown_workflow(engine: Engine, decision: Decision) -> str | None:
    """Why a decision cannot be carried out: it starts, or plans, a case of a workflow that the office does not have."""
    wanted = [(child.path, child.workflow) for child in decision.children]
    wanted += [(plan.name, plan.starts) for plan in decision.plans if plan.starts is not None]
    for step, name in wanted:
        try:
            engine.library.named(name)
        except KeyError:
            return f"step '{step}' starts workflow '{name}', which is not in this office: add it, then retry"
    return None
