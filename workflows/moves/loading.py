"""What a batch loads to decide on: of each case what its stimuli are about, their events, and the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workflows.machine.attaching import DETACH
from workflows.machine.attachment import Attachment
from workflows.machine.case import JSON, Slice
from workflows.machine.comment import ABOUT_COMMENTS, MENTIONS, Comment
from workflows.machine.facts import Facts, Lookups, lookups_of, needs
from workflows.machine.operations import PICTURE
from workflows.machine.stimuli import Act, EventStimulus, SignalStimulus, Stimulus, TimerStimulus
from workflows.moves.parts import Parts
from workflows.moves.raising import raised_by
from workflows.ports import Engine, InboxRow, StoredEvent, Unit

Events = Mapping[int, StoredEvent]


def places_of(unit: Unit, acts: Mapping[str, Act]) -> dict[str, str]:
    """The steps that the acts are for; what is no item of theirs may be anywhere."""
    items = [act.item for act in acts.values() if act.item is not None]
    found = unit.places(items) if items else {}
    return {case: found.get(act.item or "", "") for case, act in acts.items()}


def files_named(act: Act) -> frozenset[str]:
    """The attachments that an act names: those that go with it, the one that it withdraws, the picture that it is signed with."""
    withdrawn = {str(act.fields.get("attachment"))} if act.verb == DETACH else set()
    picture = act.fields.get(PICTURE)
    return frozenset(act.attachments) | withdrawn | (set() if picture is None else {str(picture)})


def files_of(unit: Unit, acts: Iterable[Act]) -> dict[str, Attachment]:
    """What stands behind the ids that these acts name; what is not there is left out."""
    named = sorted({one for act in acts for one in files_named(act)})
    return unit.attachments.find(named) if named else {}


def comments_of(unit: Unit, acts: Iterable[Act]) -> dict[str, dict[int, Comment]]:
    """What was said about the cases of those acts that are about a comment, by case."""
    cases = sorted({act.case for act in acts if act.verb in ABOUT_COMMENTS})
    return unit.comments(cases) if cases else {}


def audiences_of(unit: Unit, acts: Iterable[Act]) -> dict[str, frozenset[str]]:
    """Whom the cases are shared with in which an act mentions somebody, by case."""
    cases = sorted({act.case for act in acts if act.fields.get(MENTIONS)})
    return unit.audiences(cases) if cases else {}


def load_cases(
    unit: Unit, by_case: Mapping[str, Sequence[InboxRow]], places: Mapping[str, str], events: Events
) -> dict[str, Slice]:
    """What is live in these cases, near what their rows and acts are about: other turns of a block need not be loaded.

    Args:
        unit: the transaction.
        by_case: the inbox rows of each case.
        places: the steps that acts are for, by case.
        events: the events of the rows, by number.
    """
    near = {case: {path_of(row) for row in rows if not _pairs(row, events)} for case, rows in by_case.items()}
    for case, place in places.items():
        near[case].add(place)
    heard = {case: {pair for row in rows for pair in _pairs(row, events)} for case, rows in by_case.items()}
    slices = unit.load(sorted(by_case), near, {case: pairs for case, pairs in heard.items() if pairs})
    return {case: with_fired(one, by_case[case]) for case, one in slices.items()}


def _pairs(row: InboxRow, events: Events) -> list[tuple[str, str]]:
    """What is to be heard of a row: the (type, key) of an event that is for whoever in the case asks for it."""
    stored = None if row.starts else events.get(row.event or 0)
    return [] if stored is None else [(stored.event.type, stored.event.key)]


def path_of(row: InboxRow) -> str:
    """The step that a row is for; "" for the case itself."""
    if row.timer is not None:
        return row.timer.path
    return "" if row.signal is None else row.signal.path


def with_fired(live: Slice, rows: Sequence[InboxRow]) -> Slice:
    """The slice with the timers that fell due and wait in its inbox: they are the case's until a decision clears them."""
    fired = {row.timer.id: row.timer for row in rows if row.timer is not None}
    return replace(live, timers={**fired, **live.timers}) if fired else live


def part_for(parts: Parts, row: InboxRow, stimulus: Stimulus) -> Slice:
    """What of a case a decision about a row has to see."""
    if isinstance(stimulus, EventStimulus) and not stimulus.starts:
        return parts.hearing(stimulus.type, stimulus.key)
    return parts.near(path_of(row))


def stimulus_of(row: InboxRow, events: Mapping[int, StoredEvent]) -> Stimulus:
    if row.timer is not None:
        timer = row.timer
        return TimerStimulus(row.no, timer.id, timer.path, timer.round, timer.kind, timer.rung, timer.due_at)
    if row.signal is not None:
        return SignalStimulus(row.no, row.signal)
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


@dataclass(frozen=True, slots=True)
class Found:
    """What the registers hold for the look-ups of a batch, and what the departments of its cases have raised (加急)."""

    twins: Mapping[tuple[str, str], tuple[str, ...]]
    rows: Mapping[tuple[str, str], Mapping[str, JSON]]
    raised: Mapping[str, frozenset[str]]


def look_up(engine: Engine, unit: Unit, slices: Mapping[str, Slice], raising: Iterable[str] = ()) -> Found:
    """What these cases may look up in the registers, read once for all; `raising` are those that may become urgent."""
    wanted = [needs(_lookups(engine, one.head.workflow_hash), one.head) for one in slices.values()]
    twins = sorted({pair for one in wanted for pair in one.twins})
    rows = sorted({pair for one in wanted for pair in one.rows})
    found = unit.registers(rows) if rows else {}
    raised = raised_by(engine, unit, (slices[case] for case in raising))
    return Found(unit.twins(twins) if twins else {}, {pair: row.values for pair, row in found.items()}, raised)


_LOOKUPS: dict[str, Lookups] = {}


def _lookups(engine: Engine, workflow_hash: str) -> Lookups:
    """The look-ups of a definition, worked out once per hash (a hash never changes its meaning)."""
    if workflow_hash not in _LOOKUPS:
        try:
            _LOOKUPS[workflow_hash] = lookups_of(engine.library.by_hash(workflow_hash))
        except KeyError:
            # Its cases fail one by one where they are decided; the others of the batch must not.
            return Lookups()
    return _LOOKUPS[workflow_hash]


def facts_for(engine: Engine, before: Slice, found: Found) -> Facts:
    library = engine.library
    numbers = library.numbers(before.head.numbers)
    fingerprint = engine.vault.fingerprint
    return Facts(
        library.roster(), library.calendar(), numbers, found.twins, fingerprint, found.rows, raised=found.raised
    )
