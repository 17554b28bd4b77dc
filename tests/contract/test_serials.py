"""Serials: in order, without a gap, never twice, whoever asks at the same moment and whatever is killed."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.contract.conftest import COUNTY
from tests.contract.dying import DyingUnits, Killed
from workflows.language.words import approve, do, emit, end, number, role, sequence, serial, set_field, workflow
from workflows.machine.case import Lane, State
from workflows.machine.decision import SerialAsked
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.serials import give_serials
from workflows.policy import department_viewer, operator_viewer
from workflows.ports import Changes, InboxRow, Units, Vault
from workflows.ports.serials import Serial
from workflows.reads import Reads
from workflows.testkit import Office, Store, staff

MakeStore = Callable[[str, Callable[[], datetime], Vault], Store]

NUMBERED = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    steps=sequence(
        do(
            "number_it",
            set_field("stage", value="asked"),
            serial("plaque", into="plaque_no", digits=number("trial.digits", 3)),
            serial("letter", into="letter_no", digits=2),
            emit("trial.numbered.v1"),
        ),
        approve("check", by=role("officer"), on_reject=end("refused", "rejected")),
        end("granted", "approved"),
    ),
)


def asked(name: str, series: str = "plaque", year: int = 2026) -> SerialAsked:
    return SerialAsked(name, f"case {name}", "steps/number_it", series, year, 3)


def ask(units: Units, *wanted: SerialAsked) -> None:
    units.run(lambda unit: unit.write(Changes(serials=list(wanted))))


def texts(reads: Reads, series: str = "plaque") -> list[str]:
    """The numbers that were given, the first one first."""
    return [one.text for one in reversed(reads.serials(operator_viewer(COUNTY), series, 999))]


@pytest.fixture
def office(make_store: MakeStore) -> Office:
    return Office([NUMBERED], staff(officer="officer", head="office_head"), store=make_store)


# -- the store ---------------------------------------------------------------------------------------------


def test_what_was_asked_first_is_taken_first_and_once(units: Units) -> None:
    ask(units, asked("b"), asked("a"))
    ask(units, asked("c"))

    first = units.run(lambda unit: unit.serials.take(2))
    rest = units.run(lambda unit: unit.serials.take(2))

    assert (first, rest) == ([asked("b"), asked("a")], [asked("c")])


def test_each_series_counts_for_itself_in_each_year(units: Units, reads: Reads) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    given = [
        Serial("plaque", 2026, 1, "2026-001", "c1", "steps/a", "a1", now),
        Serial("plaque", 2026, 2, "2026-002", "c2", "steps/a", "a2", now),
        Serial("plaque", 2027, 1, "2027-001", "c3", "steps/a", "a3", now),
    ]
    units.run(lambda unit: unit.serials.keep(given))

    last = units.read(lambda unit: unit.serials.last([("plaque", 2026), ("plaque", 2027), ("letter", 2026)]))

    assert last == {("plaque", 2026): 2, ("plaque", 2027): 1, ("letter", 2026): 0}
    assert reads.serials(operator_viewer(COUNTY)) == (given[2], given[1], given[0])
    assert reads.serials(operator_viewer(COUNTY), "letter") == ()


def test_only_who_sees_all_sees_the_numbers(units: Units, reads: Reads) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    units.run(lambda unit: unit.serials.keep([Serial("plaque", 2026, 1, "2026-001", "c1", "steps/a", "a1", now)]))

    assert reads.serials(department_viewer(COUNTY, "a", frozenset(), frozenset({"read"}))) == ()


# -- the move ----------------------------------------------------------------------------------------------


def test_the_step_stays_open_until_its_numbers_are_there_and_then_goes_on_behind_them(office: Office) -> None:
    (case,) = office.send(office.event("trial.began.v1", key="k1")).cases

    head = office.case(case).head
    emitted = [one.body["type"] for one in office.effects() if one.gateway == "publish"]

    assert (head.fields["stage"], head.fields["plaque_no"], head.fields["letter_no"]) == (
        "asked",
        "2026-001",
        "2026-01",
    )
    assert emitted == ["trial.numbered.v1"]
    assert [one.item.path for one in office.inbox("officer")] == ["steps/check"]
    assert [entry.body["what"] for entry in office.history(case)] == [
        "event:trial.began.v1",
        "signal:numbered",
        "signal:numbered",
    ]


def test_the_year_is_that_of_the_decision_on_the_wall_of_the_calendar(office: Office) -> None:
    office.turn_to(datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    (old,) = office.send(office.event("trial.began.v1", key="k1")).cases
    office.turn_to(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))

    (new,) = office.send(office.event("trial.began.v1", key="k2")).cases

    assert office.case(old).head.fields["plaque_no"] == "2026-001"
    assert office.case(new).head.fields["plaque_no"] == "2027-001"


def test_a_number_stays_given_when_its_case_is_withdrawn_and_is_not_given_again(office: Office) -> None:
    office.send(office.event("trial.began.v1", key="k1"))
    office.act("officer", office.inbox("officer")[0], "reject", opinion="样例：不同意")

    office.send(office.event("trial.began.v1", key="k2"))

    assert texts(office.store.reads) == ["2026-001", "2026-002"]


def test_the_number_of_a_void_case_stays_with_it_and_is_not_given_again(office: Office) -> None:
    office.send(office.event("trial.began.v1", key="k1"))
    office.act("officer", office.inbox("officer")[0], "reject", opinion="样例：不同意")
    [row] = office.cases()
    assert office.act("head", row.case.id, "void", opinion="样例：登记错误").status == 200

    office.send(office.event("trial.began.v1", key="k2"))

    void = office.case(row.case.id).head
    assert (void.state, void.fields["plaque_no"]) == (State.VOID, "2026-001")
    assert texts(office.store.reads) == ["2026-001", "2026-002"]


def test_fifty_at_once_get_fifty_numbers_without_a_gap(office: Office) -> None:
    units, together = office.store.units, threading.Barrier(10)
    units.run(lambda unit: unit.now)  # SQLite opens its writer with its first unit

    def ask_and_give(worker: int) -> None:
        together.wait(20)
        for one in range(5):
            ask(units, asked(f"w{worker}-{one}"))
            give_serials(office.engine, Lane.INTERACTIVE)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(ask_and_give, range(10)))
    while give_serials(office.engine, Lane.INTERACTIVE):
        pass

    assert texts(office.store.reads) == [f"2026-{no:03}" for no in range(1, 51)]
    given = office.store.reads.serials(operator_viewer(COUNTY), "plaque", 999)
    assert len({one.asked for one in given}) == 50


def test_a_kill_before_the_commit_gives_no_number_away(office: Office) -> None:
    ask(office.store.units, asked("a"), asked("b"))

    for _ in range(3):
        with pytest.raises(Killed):
            give_serials(replace(office.engine, units=DyingUnits(office.store.units)), Lane.INTERACTIVE)
    give_serials(office.engine, Lane.INTERACTIVE)
    ask(office.store.units, asked("c"))
    give_serials(office.engine, Lane.INTERACTIVE)

    given = reversed(office.store.reads.serials(operator_viewer(COUNTY)))
    assert [(one.number, one.asked) for one in given] == [(1, "a"), (2, "b"), (3, "c")]


def test_a_number_that_comes_twice_or_too_late_changes_nothing(office: Office) -> None:
    (case,) = office.send(office.event("trial.began.v1", key="k1")).cases
    before = office.case(case).head
    signal = Signal(Sign.NUMBERED, "steps/number_it", {"asked": "other", "text": "2026-009"})
    row = InboxRow(0, office.county, case, Lane.INTERACTIVE, 0, office.clock(), signal=signal)

    office.store.units.run(lambda unit: unit.post([row]))
    office.drain()

    assert office.case(case).head == before
