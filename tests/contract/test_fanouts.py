"""Fan-outs: every case of a selection gets the signal once, whatever stops the slices, and what was not taken comes back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.clocks import Clock, as_text
from tests.contract.conftest import COUNTY, START
from tests.contract.dying import DyingUnits, Killed
from tests.contract.racing import both
from tests.contract.samples import a_case, a_timer, an_inbox_row, an_item
from workflows.language.words import approve, end, role, sequence, workflow
from workflows.machine.case import Lane, State
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.advance import advance
from workflows.moves.fanning import fan_out, start, undo
from workflows.policy import department_viewer, operator_viewer
from workflows.ports import Changes, Unit, Units, Vault
from workflows.ports.fanouts import Fanout, FanoutState, Selection
from workflows.reads import Reads
from workflows.testkit import Office, Store, staff

ANNOUNCED = Signal(Sign.ANNOUNCED, "", {"text": "样例：统一提交材料"})
ALL = Selection()
MakeStore = Callable[[str, Callable[[], datetime], Vault], Store]

CHECKED = workflow(
    "trial",
    starts_on="trial.began.v1",
    about="trial",
    steps=sequence(
        approve("check", by=role("officer"), on_reject=end("refused", "rejected")), end("granted", "approved")
    ),
)


def some(units: Units, count: int) -> list[str]:
    """So many running cases."""
    cases = [f"c{number:04}" for number in range(count)]
    units.run(lambda unit: unit.add_cases([a_case(case) for case in cases]))
    return cases


def started(units: Units, selection: Selection = ALL, signal: Signal = ANNOUNCED) -> str:
    return units.run(lambda unit: start(unit, signal, selection, by="head", reason="样例", key="k1"))


def selected(units: Units, selection: Selection) -> list[str]:
    return units.read(lambda unit: unit.fanouts.select(selection, "", 99))


# -- which cases -------------------------------------------------------------------------------------------


def test_a_selection_holds_the_cases_under_way_of_a_workflow_or_with_a_value_in_a_field(units: Units) -> None:
    cases = [
        a_case("c1"),
        a_case("c2", workflow="other"),
        a_case("c3", fields={"town": "330226002", "note": '"town":"330226001"'}),
        a_case("c4", state=State.APPROVED, outcome="done"),
        a_case("c5", state=State.REVOKING),
    ]
    units.run(lambda unit: unit.add_cases(cases))

    assert selected(units, ALL) == ["c1", "c2", "c3", "c5"]
    assert selected(units, Selection(workflow="other")) == ["c2"]
    assert selected(units, Selection(field=("town", "330226001"))) == ["c1", "c2", "c5"]
    assert units.read(lambda unit: unit.fanouts.count(Selection(field=("town", "330226002")))) == 1


def test_a_selection_holds_what_is_due_by_a_provisional_calendar_or_from_a_moment_on(units: Units) -> None:
    next_year = START + timedelta(days=400)
    some(units, 4)
    firm, provisional = (as_text(Clock(5, START, calendar="v1", provisional=one)) for one in (False, True))
    items = [
        an_item("i0", "c0000", due_rule=provisional),
        an_item("i1", "c0001", due_rule=firm, due_at=next_year),
        an_item("i2", "c0002", due_rule=provisional, closed_at=START, due_at=next_year),
    ]
    units.run(lambda unit: unit.write(Changes(items=items, timers_set=[a_timer("t3", "c0003", due_at=next_year)])))

    assert selected(units, Selection(provisional=True)) == ["c0000"]
    assert selected(units, Selection(due_from=next_year)) == ["c0001", "c0003"]


def test_a_selection_holds_what_was_resolved_on_another_roster(units: Units) -> None:
    some(units, 3)
    items = [
        an_item("i0", "c0000", roster="r1"),
        an_item("i1", "c0001", roster="r2"),
        an_item("i2", "c0002", roster="r1", closed_at=START),
    ]
    units.run(lambda unit: unit.write(Changes(items=items)))

    assert selected(units, Selection(roster="r2")) == ["c0000"]


def test_a_selection_goes_on_behind_the_case_it_came_to(units: Units) -> None:
    some(units, 5)

    found = units.read(lambda unit: unit.fanouts.select(ALL, "c0001", 2))

    assert found == ["c0002", "c0003"]


# -- rows --------------------------------------------------------------------------------------------------


def test_a_fan_out_is_stored_once_for_its_key_and_read_back_whole(units: Units, reads: Reads) -> None:
    selection = Selection("trial", ("town", "330226001"), provisional=True, due_from=START, roster="r2")
    first = started(units, selection)
    again = started(units)

    found = reads.fanout(operator_viewer(COUNTY), first)

    values = {"text": "样例：统一提交材料", "fanout": first}
    assert again == first
    assert found == Fanout(
        first, Signal(Sign.ANNOUNCED, "", values), selection, FanoutState.GOING, "head", "样例", START
    )
    assert reads.fanouts(operator_viewer(COUNTY)) == (found,)


def test_who_may_not_see_all_sees_no_fan_out(units: Units, reads: Reads) -> None:
    made = started(units)
    viewer = department_viewer(COUNTY, "a", frozenset(), frozenset({"read"}))

    assert reads.fanouts(viewer) == ()
    assert reads.fanout(viewer, made) is None


def test_two_workers_never_have_the_same_fan_out(units: Units) -> None:
    started(units)

    def first(unit: Unit, meet: Callable[[], object]) -> Fanout | None:
        found = unit.fanouts.claim()
        meet()
        assert found is not None
        unit.fanouts.save(replace(found, state=FanoutState.DONE))
        return found

    had = both(units, first, lambda unit: unit.fanouts.claim())

    assert had[0] is not None
    assert had[1] is None


def test_rows_that_were_taken_are_told_apart_from_those_that_come_back(units: Units) -> None:
    cases = some(units, 3)
    made = started(units)
    rows = [an_inbox_row(case, event=None, signal=ANNOUNCED) for case in cases]
    numbers = units.run(lambda unit: unit.post(rows))
    posted = list(zip(cases, numbers, strict=True))
    units.run(lambda unit: unit.fanouts.note(made, posted))
    units.run(lambda unit: unit.clear_inbox(numbers[:1]))

    found = units.run(lambda unit: unit.fanouts.withdraw(posted))
    units.run(lambda unit: unit.fanouts.forget(made, posted[:2]))

    assert (found.back, found.taken) == (tuple(posted[1:]), (posted[0],))
    assert units.read(lambda unit: unit.claim_cases(cases)) == []
    assert units.read(lambda unit: unit.fanouts.noted(made, 9)) == posted[2:]


# -- slices ------------------------------------------------------------------------------------------------


@pytest.fixture
def office(make_store: MakeStore) -> Office:
    """An office with five cases that wait for an officer."""
    here = Office([CHECKED], staff(officer="officer", head="office_head"), store=make_store)
    for number in range(5):
        here.send(here.event("trial.began.v1", key=f"k{number}", town="330226001"))
    return here


def announce(here: Office) -> str:
    return here.store.units.run(lambda unit: start(unit, ANNOUNCED, ALL, by="head", reason="样例", key="k1"))


def fanout_of(here: Office, id_: str) -> Fanout:
    found = here.store.reads.fanout(operator_viewer(here.county), id_)
    assert found is not None
    return found


def told(here: Office) -> list[list[str]]:
    """What each case was told by the house, by case."""
    return [
        [entry.body["what"] for entry in here.history(case) if entry.body["what"].startswith("signal:")]
        for case in sorted(row.case.id for row in here.cases())
    ]


def test_every_case_gets_the_signal_once_with_a_line_of_history_and_a_notice(office: Office) -> None:
    made = announce(office)

    office.drain()

    done = fanout_of(office, made)
    assert told(office) == [["signal:announced"]] * 5
    assert (done.state, done.total, done.posted, done.ended_at) == (FanoutState.DONE, 5, 5, office.clock())
    case = office.cases()[0].case.id
    entry = office.history(case)[-1].body
    notices = office.store.reads.told(operator_viewer(office.county), case)
    assert (entry["actor"], entry["delta"]["fanout"], entry["delta"]["text"]) == ("SYSTEM", made, "样例：统一提交材料")
    assert [one.body["template"] for one in notices] == ["announced"]


def test_progress_can_be_seen_slice_by_slice(office: Office) -> None:
    made = announce(office)
    before = fanout_of(office, made)

    fan_out(office.engine, 2)
    first = fanout_of(office, made)
    fan_out(office.engine, 2)
    fan_out(office.engine, 2)
    last = fanout_of(office, made)

    assert [(one.state, one.total, one.posted) for one in (before, first, last)] == [
        (FanoutState.GOING, None, 0),
        (FanoutState.GOING, 5, 2),
        (FanoutState.DONE, 5, 5),
    ]


def test_a_kill_before_the_commit_of_any_slice_loses_and_doubles_nothing(office: Office) -> None:
    announce(office)

    for _ in range(3):
        with pytest.raises(Killed):
            fan_out(replace(office.engine, units=DyingUnits(office.store.units)), 2)
        fan_out(office.engine, 2)
    office.drain()

    assert told(office) == [["signal:announced"]] * 5


def test_an_act_does_not_wait_for_the_slices(office: Office) -> None:
    made = announce(office)
    fan_out(office.engine, 2)
    item = office.inbox("officer")[0]

    answer = office.act("officer", item, "agree")

    assert answer.status == 200
    assert fanout_of(office, made).posted >= 2


def test_events_of_a_case_are_taken_before_what_the_house_lets_it_know_later(office: Office) -> None:
    announce(office)
    item = office.inbox("officer")[0]

    office.act("officer", item, "agree")

    assert told(office).count([]) == 1
    assert told(office).count(["signal:announced"]) == 4


# -- undo --------------------------------------------------------------------------------------------------


def test_undoing_stops_takes_back_and_counters(office: Office) -> None:
    made = announce(office)
    fan_out(office.engine, 2)
    advance(office.engine, Lane.BULK)
    fan_out(office.engine, 2)

    undone = undo(office.engine, made, by="head", reason="样例：发错了")
    fan_out(office.engine)
    office.drain()

    last = fanout_of(office, made)
    assert undone is not None
    assert (undone.state, undone.undone_by, undone.undone_reason) == (FanoutState.UNDOING, "head", "样例：发错了")
    assert (last.state, last.posted, last.taken_back, last.countered, last.kept) == (FanoutState.UNDONE, 4, 2, 2, 0)
    assert sorted(told(office)) == [[], [], [], *[["signal:announced", "signal:retracted"]] * 2]


def test_what_was_taken_stays_where_its_kind_has_no_counter_signal(office: Office) -> None:
    resumed = Signal(Sign.RESUMED, "", {"since": START.isoformat(), "until": START.isoformat()})
    made = office.store.units.run(lambda unit: start(unit, resumed, ALL, by="rule", reason="", key="k1"))
    office.drain()

    undo(office.engine, made, by="head", reason="样例")
    office.drain()

    last = fanout_of(office, made)
    assert (last.state, last.taken_back, last.countered, last.kept) == (FanoutState.UNDONE, 0, 0, 5)


def test_undoing_twice_changes_nothing_more(office: Office) -> None:
    made = announce(office)
    office.drain()
    undo(office.engine, made, by="head", reason="样例")
    office.drain()
    before = fanout_of(office, made)

    again = undo(office.engine, made, by="other", reason="样例：再一次")
    office.drain()

    assert again == before == fanout_of(office, made)
    assert told(office) == [["signal:announced", "signal:retracted"]] * 5


def test_nothing_of_an_unknown_id_is_undone(office: Office) -> None:
    assert undo(office.engine, "nothing", by="head", reason="样例") is None


def test_a_kill_before_the_commit_of_any_slice_of_an_undo_counters_nobody_twice(office: Office) -> None:
    made = announce(office)
    office.drain()
    undo(office.engine, made, by="head", reason="样例")

    for _ in range(3):
        with pytest.raises(Killed):
            fan_out(replace(office.engine, units=DyingUnits(office.store.units)), 2)
        fan_out(office.engine, 2)
    office.drain()

    assert told(office) == [["signal:announced", "signal:retracted"]] * 5
    assert fanout_of(office, made).countered == 5
