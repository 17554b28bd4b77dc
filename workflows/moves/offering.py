"""What somebody may do now to a case and to items of it: looked at in one reading of the case, nothing is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workflows.machine.decision import Refused
from workflows.machine.offering import NOT_YET, STOPPED, Offered, offered
from workflows.machine.operations import ON_CASES, ON_ITEMS
from workflows.machine.stimuli import Act
from workflows.moves.loading import facts_for, look_up
from workflows.ports import Engine, Unit


def offers(engine: Engine, asking: Sequence[Act]) -> list[tuple[Offered, ...]]:
    """What may be done about each of several things of one case: the case itself, or items of it.

    Raises:
        KeyError: there is no such case.
        StoreUnavailable: the database does not answer.
    """
    return engine.units.read(lambda unit: _offers(engine, unit, asking))


def _offers(engine: Engine, unit: Unit, asking: Sequence[Act]) -> list[tuple[Offered, ...]]:
    case = asking[0].case
    engine.library.look(unit)
    live = unit.load([case])[case]
    if live.head.quarantine is not None or live.head.seq == 0:
        why = NOT_YET if live.head.quarantine is None else STOPPED
        return [_all_refused(one, why) for one in asking]
    whole = replace(live, past=unit.past([case])[case])
    facts = facts_for(engine, whole, look_up(engine, unit, {case: whole}, raising=[case]))
    definition = engine.library.by_hash(live.head.workflow_hash)
    files = {one.id: one for one in unit.attachments.of_case(case)}
    known = [_knowing(unit, replace(one, files=files)) for one in asking]
    return [offered(definition, whole, one, facts, unit.now) for one in known]


def _knowing(unit: Unit, asking: Act) -> Act:
    """With what was said about the case and who sees it, where the case itself is asked about: no item needs it."""
    if asking.item is not None:
        return asking
    comments, audiences = unit.comments([asking.case]), unit.audiences([asking.case])
    return replace(asking, comments=comments[asking.case], audience=audiences[asking.case])


def _all_refused(asking: Act, why: Refused) -> tuple[Offered, ...]:
    operations = (ON_CASES if asking.item is None else ON_ITEMS).values()
    return tuple(Offered(one, why) for one in operations)
