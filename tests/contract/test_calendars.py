"""A calendar is published while a thousand cases are open: every date that follows from it moves, once, and says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.calendars import statutory_calendar
from adapters.sql.library import SqlLibrary
from adapters.sql.units import SqlUnits
from adapters.vault import OfficeVault
from domain.clocks import from_text
from domain.numbers import Numbers
from tests.contract.conftest import COUNTY, Clock
from workflows.language.words import Workflow, approve, carry_out, end, remind, role, sequence, wait, workflow
from workflows.machine.case import Lane
from workflows.machine.foretelling import Moves, moves
from workflows.memory import MemoryLibrary
from workflows.memory.blobs import MemoryBlobs
from workflows.moves.accepting import Submission, accept
from workflows.moves.advance import advance
from workflows.moves.recounting import GRACE
from workflows.moves.running import drain
from workflows.moves.sweeping import sweep
from workflows.policy import operator_viewer
from workflows.ports import Engine, Files, NewEvent, Units
from workflows.reads import Reads
from workflows.testkit import staff

CHINA = ZoneInfo("Asia/Shanghai")
BEFORE_NEW_YEAR = datetime(2026, 12, 29, 1, 0, tzinfo=UTC)
STATUTORY = statutory_calendar("2026-1")
NOTICE_OF_2027 = replace(
    STATUTORY,
    version="2027-1",
    days={**STATUTORY.days, date(2027, 1, 1): False, date(2027, 1, 4): False, date(2027, 1, 9): True},
    known_through=date(2027, 12, 31),
)
ALL = operator_viewer(COUNTY)


def office_workflows() -> list[Workflow]:
    check = approve("check", by=role("officer"), within=5, overdue=(remind(-1),), on_reject=end("no", "rejected"))
    answer = wait("answer", event="trial.answered.v1", within=5, overdue=(remind(-1),), silence=end("silent"))
    urgent = carry_out("urgent", by=role("officer"), within=1)
    return [
        workflow("checked", starts_on="trial.checked.v1", about="trial", steps=sequence(check, end("done"))),
        workflow("awaited", starts_on="trial.awaited.v1", about="trial", steps=sequence(answer, end("done"))),
        workflow("urgent", starts_on="trial.urgent.v1", about="trial", steps=sequence(urgent, end("done"))),
    ]


@pytest.fixture
def engine(units: Units, clock: Clock, vault: OfficeVault) -> Engine:
    """An office before the New Year, its library where its store is."""
    clock.time = BEFORE_NEW_YEAR
    roster, numbers = staff(officer="officer"), Numbers("n1", {})
    library: MemoryLibrary | SqlLibrary = MemoryLibrary(office_workflows(), roster, STATUTORY, numbers)
    if isinstance(units, SqlUnits):
        library = SqlLibrary(units)
        library.install(office_workflows(), roster, STATUTORY, numbers)
    return Engine(units, library, vault, {}, wake=lambda _: None, files=Files(MemoryBlobs()))


def opened(engine: Engine, kind: str, n: int, lane: Lane = Lane.INTERACTIVE) -> list[str]:
    events = tuple(_event(kind, number, lane) for number in range(n))
    [accepted] = accept(engine, [Submission(events, whole=True)])
    return [case for one in accepted for case in one.cases]


def _event(kind: str, number: int, lane: Lane) -> NewEvent:
    key = f"{kind}-{number:04}"
    type_ = f"trial.{kind}.v1"
    return NewEvent(COUNTY, "urn:test", key, type_, key, None, {}, {}, f"hash {key}", "office", lane=lane)


def work_off(engine: Engine) -> None:
    while drain(engine) + sweep(engine):
        pass


def publish(engine: Engine, clock: Clock) -> None:
    engine.library.set_calendar(NOTICE_OF_2027)
    clock.turn(seconds=GRACE.total_seconds() + 1)


def day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def lines(reads: Reads, case: str) -> list[str]:
    return [str(one.body["what"]) for one in reads.history(ALL, case) if one.body["what"] == "signal:calendar"]


def test_a_thousand_open_cases_are_counted_again_once_each_with_a_line_in_each_history(
    engine: Engine, reads: Reads, clock: Clock
) -> None:
    checked, awaited, urgent = (
        opened(engine, kind, n) for kind, n in (("checked", 500), ("awaited", 300), ("urgent", 200))
    )
    work_off(engine)

    publish(engine, clock)
    work_off(engine)
    work_off(engine)

    dates = Counter(day(one.due_at) for one in reads.open_terms(ALL))
    assert dates == {date(2027, 1, 7): 800, date(2026, 12, 30): 200}
    told = Counter(len(lines(reads, case)) for case in (*checked, *awaited))
    assert told == {1: 800}
    assert Counter(len(lines(reads, case)) for case in urgent) == {0: 200}
    assert not [one for one in reads.open_terms(ALL) if (clock_ := from_text(one.rule)) and clock_.provisional]


def test_a_calendar_that_is_published_while_cases_are_being_opened_misses_none_and_tells_none_twice(
    engine: Engine, reads: Reads, clock: Clock
) -> None:
    cases = opened(engine, "checked", 1000, Lane.BULK)
    advance(engine, Lane.BULK)

    publish(engine, clock)
    work_off(engine)

    terms = reads.open_terms(ALL)
    assert Counter(day(one.due_at) for one in terms) == {date(2027, 1, 7): 1000}
    assert Counter(clock_.calendar for one in terms if (clock_ := from_text(one.rule))) == {"2027-1": 1000}
    told = Counter(len(lines(reads, case)) for case in cases)
    assert told.keys() == {0, 1}


def test_the_line_says_who_by_which_rule_from_when_to_when_and_by_which_version(
    engine: Engine, reads: Reads, clock: Clock
) -> None:
    [case] = opened(engine, "checked", 1)
    work_off(engine)

    publish(engine, clock)
    work_off(engine)

    entry = reads.history(ALL, case)[-1].body
    before, after = datetime(2027, 1, 5, 9, tzinfo=UTC), datetime(2027, 1, 7, 9, tzinfo=UTC)
    assert (entry["actor"], entry["authority"], entry["facts"]["calendar"]) == ("SYSTEM", "rule:checked", "2027-1")
    assert entry["delta"]["recounted"] == [["steps/check", 1, 0, before.isoformat(), after.isoformat(), False]]


def test_a_case_that_stands_still_is_counted_again_when_it_goes_on(
    engine: Engine, units: Units, reads: Reads, clock: Clock
) -> None:
    [case] = opened(engine, "checked", 1)
    work_off(engine)
    units.run(lambda unit: unit.close_gate(case, "head", "样例"))

    publish(engine, clock)
    work_off(engine)
    meanwhile = lines(reads, case)
    units.run(lambda unit: unit.open_gate(case))
    work_off(engine)

    assert meanwhile == []
    assert lines(reads, case) == ["signal:calendar"]


def test_the_differences_tell_beforehand_how_many_dates_of_each_workflow_will_move(
    engine: Engine, reads: Reads
) -> None:
    for kind, n in (("checked", 4), ("awaited", 3), ("urgent", 2)):
        opened(engine, kind, n)
    work_off(engine)

    found = moves(reads.open_terms(ALL), NOTICE_OF_2027)

    assert found == (Moves("awaited", 3, later=3), Moves("checked", 4, later=4), Moves("urgent", 2))


def test_nobody_is_told_before_every_process_must_know_the_version(engine: Engine, reads: Reads, clock: Clock) -> None:
    [case] = opened(engine, "checked", 1)
    work_off(engine)
    engine.library.set_calendar(NOTICE_OF_2027)
    work_off(engine)
    at_once = lines(reads, case)

    clock.turn(seconds=timedelta(seconds=6).total_seconds())
    work_off(engine)

    assert at_once == [] or isinstance(engine.library, MemoryLibrary)
    assert lines(reads, case) == ["signal:calendar"]


def test_versions_of_the_calendar_are_kept_with_when_they_were_published(engine: Engine, clock: Clock) -> None:
    clock.turn(days=1)

    engine.library.set_calendar(NOTICE_OF_2027)

    assert [one.calendar for one in engine.library.calendars()] == [NOTICE_OF_2027, STATUTORY]
    assert engine.library.calendar() == NOTICE_OF_2027
    assert engine.library.calendar("2026-1") == STATUTORY
    with pytest.raises(ValueError, match="2026-1"):
        engine.library.set_calendar(replace(STATUTORY, known_through=date(2030, 1, 1)))
    with pytest.raises(KeyError):
        engine.library.calendar("2050-1")
