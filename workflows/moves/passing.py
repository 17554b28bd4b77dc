"""Who would hold open items under another roster (离职转交): looked at as every case looks when it is adopted, and thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.roster import Roster
from workflows.machine.case import Slice, WorkItem
from workflows.machine.decide import decide
from workflows.machine.decision import Decision
from workflows.machine.reseating import RESEATED
from workflows.machine.stimuli import Sign, Signal, SignalStimulus
from workflows.moves.loading import Found, facts_for, look_up
from workflows.ports import Engine, Unit


@dataclass(frozen=True, slots=True)
class Passing:
    """An open item: the principals who hold it now and who would hold it then, by which rules; nobody where it is closed.

    `drafts` tells how many of those who let go have a draft for it, which stays theirs alone.
    """

    item: WorkItem
    now: tuple[str, ...]
    then: tuple[str, ...]
    rules: tuple[str, ...] = ()
    drafts: int = 0


def passed_on(engine: Engine, roster: Roster, items: Sequence[WorkItem]) -> list[Passing]:
    """Who would hold each of these items if the roster were adopted now.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    return engine.units.read(lambda unit: _passed_on(engine, unit, roster, items)) if items else []


def _passed_on(engine: Engine, unit: Unit, roster: Roster, items: Sequence[WorkItem]) -> list[Passing]:
    engine.library.look(unit)
    cases = sorted({one.case for one in items})
    past = unit.past(cases)
    before = {case: replace(one, past=past[case]) for case, one in unit.load(cases).items()}
    found = look_up(engine, unit, before)
    looked = {case: _looked(engine, one, roster, found, unit) for case, one in before.items()}
    return [_passing(unit, one, before[one.case], looked[one.case]) for one in items if one.case in before]


def _looked(engine: Engine, whole: Slice, roster: Roster, found: Found, unit: Unit) -> Decision | None:
    """What a case does when it is told of the roster; None where nothing follows, or it stands still."""
    if whole.head.quarantine is not None:
        return None
    facts = replace(facts_for(engine, whole, found), roster=roster)
    told = SignalStimulus(0, Signal(Sign.ROSTER, ""))
    outcome = decide(engine.library.by_hash(whole.head.workflow_hash), whole, told, facts, unit.now)
    return outcome if isinstance(outcome, Decision) else None


def _passing(unit: Unit, item: WorkItem, before: Slice, looked: Decision | None) -> Passing:
    now = _holders(before, item)
    if looked is None:
        return Passing(item, now, now)
    then = _holders(looked.after, item)
    lines = looked.entry.delta.get(RESEATED, ())
    place = [item.path, item.round, item.seat]
    rules = next((tuple(str(rule) for rule in line[5:]) for line in lines if line[:3] == place), ())
    gone = [who.removeprefix("user:") for who in now if who not in then and who.startswith("user:")]
    return Passing(item, now, then, rules, sum(unit.drafts.find(item.id, user) is not None for user in gone))


def _holders(live: Slice, item: WorkItem) -> tuple[str, ...]:
    return tuple(one.who for one in live.holders.get(item.id, ()))
