"""Load, decide, save: what every move that runs cases has in common, for a batch in one transaction.

One bad case never spoils a batch: an exception in `decide` is caught for its case before any SQL, and the save starts
with one guarded update, after which only the cases that won get their rows. What is left behind stays in the inbox,
where the sweep counts its attempts.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from traceback import extract_tb

from workflows.language.words import Workflow
from workflows.machine.case import (
    Act,
    Decision,
    EventStimulus,
    Ignored,
    Lane,
    Quarantined,
    Refused,
    Slice,
    TimerStimulus,
)
from workflows.machine.decide import decide
from workflows.machine.facts import Facts, lookups_of, needs
from workflows.moves.emitting import emit_events
from workflows.moves.recording import Recorded, gather, record
from workflows.moves.routing import meet_parked
from workflows.ports import Engine, InboxRow, StoredEvent, Unit

_log = logging.getLogger(__name__)

Twins = dict[tuple[str, str], tuple[str, ...]]


@dataclass(slots=True)
class CaseRun:
    """What a batch did with one case: its slice, the rows it took, the decisions, and what stopped it, if anything.

    `handled` are the numbers of the rows that are done with; a quarantine leaves its own row and those after it.
    `parked` are events that nobody in the case waits for any more; they go to whoever does.
    """

    before: Slice
    rows: list[InboxRow]
    after: Slice
    decisions: list[Decision] = field(default_factory=list)
    recorded: Recorded | None = None
    handled: list[int] = field(default_factory=list)
    parked: list[StoredEvent] = field(default_factory=list)
    refused: Refused | None = None
    quarantined: str | None = None
    failed: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of a batch: how many inbox rows were handled, who won the guard, which lanes have work (again)."""

    handled: int
    won: frozenset[str]
    lanes: frozenset[Lane]


def run_cases(
    engine: Engine, unit: Unit, rows: Sequence[InboxRow], acts: Mapping[str, Act] | None = None
) -> dict[str, CaseRun]:
    """Load the cases of `rows` (and of `acts`, one for a case) and decide every stimulus in order.

    Nothing is written yet; an act comes after what was in its case's inbox.
    """
    acts = acts or {}
    by_case: dict[str, list[InboxRow]] = {}
    for row in rows:
        by_case.setdefault(row.case, []).append(row)
    for case in acts:
        by_case.setdefault(case, [])
    slices = {case: _with_fired(one, by_case[case]) for case, one in unit.load(sorted(by_case)).items()}
    events = unit.events([row.event for row in rows if row.event is not None])
    twins = unit.twins(wanted) if (wanted := _twins_wanted(engine, slices)) else {}
    runs = {
        case: CaseRun(before=slices[case], rows=mine, after=slices[case])
        for case, mine in by_case.items()
        if case in slices
    }
    for case, run in runs.items():
        _run_case(engine, unit, run, events, twins, acts.get(case))
    return runs


def save_runs(engine: Engine, unit: Unit, runs: dict[str, CaseRun]) -> Saved:
    """Save what the batch decided: guard first, then only the rows of the cases that won."""
    recorded = {case: run.recorded for case, run in sorted(runs.items()) if run.recorded is not None}
    won = unit.save_heads([(one.expected, one.head) for one in recorded.values()]) if recorded else set()
    winners = [recorded[case] for case in recorded if case in won]
    changes = gather(winners)
    unit.write(changes)
    done = [run for case, run in runs.items() if case in won or _settled(run)]
    lanes = {one.head.id: one.head.lane for one in winners}
    returned = [(event, run.before.head.id) for run in done for event in run.parked]
    met = meet_parked(unit, returned, changes.subscriptions_opened, lanes)
    emitted = [(one.head, event) for one in winners for decision in one.decisions for event in decision.emitted]
    routed = emit_events(engine, unit, emitted)
    _erase(unit, winners)
    handled = [number for run in done for number in run.handled]
    unit.clear_inbox(handled)
    lost = recorded.keys() - won
    for case, run in runs.items():
        if run.quarantined is not None and case not in lost:
            unit.quarantine(case, run.quarantined)
    again = {row.lane for row in met} | {row.lane for case in lost for row in runs[case].rows}
    woken = routed.lanes | again | ({Lane.INTERACTIVE} if changes.effects else set())
    return Saved(len(handled), frozenset(won), frozenset(woken))


def note_failure(case: str, error: BaseException) -> None:
    """Log that a case stays behind: where and how it failed, never the words, which may be somebody's."""
    place = extract_tb(error.__traceback__)[-1:]
    where = f"{place[0].filename}:{place[0].lineno}" if place else "an unknown place"
    _log.error("case %s stays behind: %s at %s", case, type(error).__name__, where)


def _run_case(  # what one case needs, spelled out
    engine: Engine, unit: Unit, run: CaseRun, events: dict[int, StoredEvent], twins: Twins, act: Act | None
) -> None:
    if run.before.head.quarantine is not None:
        return
    try:
        definition = engine.library.by_hash(run.before.head.workflow_hash)
        facts = _facts(engine, run.before, twins)
        for row in run.rows:
            if run.quarantined is None:
                _decide_row(definition, run, row, events, facts, unit)
        if act is not None and run.quarantined is None and run.after.head.seq > 0:
            _decide_act(definition, run, act, facts, unit)
        if run.decisions:
            run.recorded = record(run.before.head, run.decisions, engine.vault)
    except Exception as error:  # noqa: BLE001  # one bad case must not spoil its batch; it stays and is counted
        note_failure(run.before.head.id, error)
        run.failed, run.decisions, run.after, run.parked, run.handled = error, [], run.before, [], []


def _decide_row(  # what one row needs, spelled out
    definition: Workflow, run: CaseRun, row: InboxRow, events: dict[int, StoredEvent], facts: Facts, unit: Unit
) -> None:
    stimulus = _stimulus(row, events)
    match decide(definition, run.after, stimulus, facts, unit.now):
        case Decision() as decision:
            run.decisions.append(decision)
            run.after = decision.after
        case Ignored():
            if isinstance(stimulus, EventStimulus) and not stimulus.starts:
                run.parked.append(events[stimulus.no])
        case Quarantined(why=why):
            run.quarantined = why
            return
        case Refused(code=code):
            message = f"case {run.before.head.id}: an event or timer was refused ({code})"
            raise RuntimeError(message)
    run.handled.append(row.no)


def _decide_act(definition: Workflow, run: CaseRun, act: Act, facts: Facts, unit: Unit) -> None:
    match decide(definition, run.after, act, facts, unit.now):
        case Decision() as decision:
            run.decisions.append(decision)
            run.after = decision.after
        case Refused() as refused:
            run.refused = refused
        case Quarantined(why=why):
            run.quarantined = why
        case Ignored(why=why):
            message = f"case {act.case}: an act was ignored ({why})"
            raise RuntimeError(message)


def _with_fired(live: Slice, rows: Sequence[InboxRow]) -> Slice:
    """The slice with the timers that fell due and wait in its inbox: they are the case's until a decision clears them."""
    fired = {row.timer.id: row.timer for row in rows if row.timer is not None}
    return replace(live, timers={**live.timers, **fired}) if fired else live


def _stimulus(row: InboxRow, events: dict[int, StoredEvent]) -> EventStimulus | TimerStimulus:
    if row.timer is not None:
        timer = row.timer
        return TimerStimulus(row.no, timer.id, timer.path, timer.round, timer.kind, timer.rung, timer.due_at)
    stored = events[row.event or 0]
    event = stored.event
    return EventStimulus(
        no=stored.no,
        source=event.source,
        id=event.id,
        type=event.type,
        key=event.key,
        plain=event.plain,
        personal=event.personal,
        starts=row.starts,
    )


def _settled(run: CaseRun) -> bool:
    """Whether a case without a decision is done with its rows: every one of them was ignored."""
    idle = not run.decisions and run.failed is None and run.quarantined is None
    return idle and run.before.head.quarantine is None


def _twins_wanted(engine: Engine, slices: dict[str, Slice]) -> list[tuple[str, str]]:
    wanted: set[tuple[str, str]] = set()
    for one in slices.values():
        wanted.update(needs(_lookups(engine, one.head.workflow_hash), one.head).lookups)
    return sorted(wanted)


_LOOKUPS: dict[str, tuple[tuple[str, str], ...]] = {}


def _lookups(engine: Engine, workflow_hash: str) -> tuple[tuple[str, str], ...]:
    """The look-ups of a definition, worked out once per hash (a hash never changes its meaning)."""
    if workflow_hash not in _LOOKUPS:
        try:
            _LOOKUPS[workflow_hash] = lookups_of(engine.library.by_hash(workflow_hash))
        except KeyError:
            # Its cases fail one by one where they are decided; the others of the batch must not.
            return ()
    return _LOOKUPS[workflow_hash]


def _facts(engine: Engine, before: Slice, twins: Twins) -> Facts:
    library = engine.library
    numbers = library.numbers(before.head.numbers)
    return Facts(library.roster(), library.calendar(), numbers, twins, engine.vault.fingerprint)


def _erase(unit: Unit, winners: Sequence[Recorded]) -> None:
    persons = sorted({person for one in winners for decision in one.decisions for person in decision.erases})
    if persons:
        unit.erase(persons)
