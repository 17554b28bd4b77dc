"""Look ahead: what an act would do, decided as the act itself is and thrown away; and the whole way that lies ahead."""

from __future__ import annotations

from workflows.machine.facts import Facts
from workflows.machine.following import Consequences, told
from workflows.machine.preview import Ahead, ahead
from workflows.machine.stimuli import Act
from workflows.moves.acting import BUSY, PROBLEM, Answer, answered
from workflows.moves.deciding import run_cases
from workflows.ports import Engine, Unit


def foresee(engine: Engine, wanted: Act) -> Consequences | Answer:
    """What an act would do, or how it would be refused; nothing is done, and no key is used up.

    It is decided on the case as it was saved last: what lies in its inbox comes first when the act itself is carried
    out.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    return engine.units.read(lambda unit: _foresee(engine, unit, wanted))


def _foresee(engine: Engine, unit: Unit, wanted: Act) -> Consequences | Answer:
    run = run_cases(engine, unit, (), {wanted.case: wanted}).get(wanted.case)
    found = answered(unit, run, wanted)
    if run is None or found is None or found.status >= PROBLEM or not run.decisions:
        return found or BUSY
    return told(run.before, run.decisions[0])


def way_ahead(engine: Engine, case: str) -> Ahead:
    """The way ahead of a case as it stands now: who would be asked, by when, and how sure that is.

    Raises:
        KeyError: there is no such case.
    """
    live, now = engine.units.read(lambda unit: (unit.load([case])[case], unit.now))
    library = engine.library
    facts = Facts(library.roster(), library.calendar(), library.numbers(live.head.numbers))
    return ahead(library.by_hash(live.head.workflow_hash), live, facts, now)
