"""Two connections to PostgreSQL at the same moment: each race is forced, in either order."""

import threading

import pytest

from adapters.sql.units import SqlUnit, SqlUnits
from tests.contract.conftest import START
from tests.contract.racing import Undone, meanwhile, standing, wait_until_blocked
from tests.contract.samples import a_case, a_timer, an_entry, an_event, an_inbox_row, stored
from workflows.machine.case import Effect, Lane, Subscription
from workflows.ports import ActRow, Changes, NewEvent
from workflows.reads import Reads

pytestmark = pytest.mark.postgres

PAIR = ("member.confirmed.v1", "M-1")
WAIT = Subscription("c1", "steps/wait", 1, *PAIR)


@pytest.fixture
def store() -> str:
    """Only here do several connections write at the same moment."""
    return "postgres"


def test_a_claim_skips_cases_that_somebody_holds_and_takes_them_up_when_they_are_free(units: SqlUnits) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1"), an_inbox_row("c1", event=2), an_inbox_row("c2")]))

    with standing(units, lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 1)) as holding:
        others = units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))
        named = units.read(lambda unit: unit.claim_cases(["c1"]))
        counted = units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 9))
        held = holding.commit()

    assert [(row.case, row.event) for row in held] == [("c1", 1), ("c1", 2)]
    assert [row.case for row in others] == ["c2"]
    assert named == []
    assert [row.case for row in counted] == ["c2"]
    assert [row.case for row in units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))] == ["c1", "c1"]


def test_a_row_posted_while_its_case_is_held_waits_for_the_next_claim(units: SqlUnits) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1")]))

    def take_all(unit: SqlUnit) -> None:
        unit.clear_inbox([row.no for row in unit.claim_fresh(Lane.INTERACTIVE, 9)])

    with standing(units, take_all) as holding:
        units.run(lambda unit: unit.post([an_inbox_row("c1", event=2)]))
        early = units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))
        holding.commit()

    assert early == []
    assert [row.event for row in units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))] == [2]


def test_of_two_saves_of_the_same_version_one_wins(units: SqlUnits) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1")]))

    with standing(units, lambda unit: unit.save_heads([(0, a_case("c1", version=1, outcome="first"))])) as first:
        with meanwhile(units, lambda unit: unit.save_heads([(0, a_case("c1", version=1, outcome="second"))])) as second:
            wait_until_blocked(units)
            won = first.commit()
        lost = second.result()

    assert (won, lost) == ({"c1"}, set())
    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head.outcome == "first"


def test_whoever_acts_waits_for_who_is_at_the_case_and_reads_what_that_one_left(units: SqlUnits) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1")]))

    def look(unit: SqlUnit) -> str | None:
        unit.hold_cases(["c1", "nowhere"])
        return unit.load(["c1"])["c1"].head.outcome

    with (
        standing(units, lambda unit: unit.save_heads([(0, a_case("c1", version=1, outcome="first"))])) as first,
        meanwhile(units, look) as second,
    ):
        wait_until_blocked(units)
        first.commit()

    assert second.result() == "first"


def test_a_save_whose_rival_rolled_back_wins(units: SqlUnits) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1")]))

    with (
        standing(units, lambda unit: unit.save_heads([(0, a_case("c1", version=1))]), fails=True) as first,
        meanwhile(units, lambda unit: unit.save_heads([(0, a_case("c1", version=1, outcome="second"))])) as second,
    ):
        wait_until_blocked(units)
        with pytest.raises(Undone):
            first.commit()

    assert second.result() == {"c1"}


def test_a_door_does_not_wait_for_a_save(units: SqlUnits) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1")]))

    with standing(units, lambda unit: unit.save_heads([(0, a_case("c1", version=1))])) as saving:
        units.run(lambda unit: unit.post([an_inbox_row("c1")]))
        loaded = units.read(lambda unit: unit.load(["c1"]))
        saving.commit()

    assert loaded["c1"].head.version == 0


def arrive(unit: SqlUnit) -> str:
    """What routing does with an event that a case may wait for."""
    unit.lock_correlations([PAIR])
    if unit.subscriptions_to([PAIR]):
        return "woke the case"
    unit.park_unmatched([stored(1, an_event("e1", type=PAIR[0], key=PAIR[1]))])
    return "parked"


def await_it(unit: SqlUnit) -> str:
    """What a case does when it begins to wait for an event."""
    unit.write(Changes(subscriptions_opened=[WAIT]))
    unit.lock_correlations([PAIR])
    return "found the event" if unit.take_unmatched([PAIR]) else "waits"


def test_an_event_that_arrives_first_is_found_by_the_case_that_begins_to_wait(units: SqlUnits) -> None:
    with standing(units, arrive) as first, meanwhile(units, await_it) as second:
        wait_until_blocked(units)
        outcome = first.commit()

    assert (outcome, second.result()) == ("parked", "found the event")


def test_a_case_that_waits_first_is_found_by_the_event_that_arrives(units: SqlUnits) -> None:
    with standing(units, await_it) as first, meanwhile(units, arrive) as second:
        wait_until_blocked(units)
        outcome = first.commit()

    assert (outcome, second.result()) == ("waits", "woke the case")


def test_other_correlations_do_not_wait(units: SqlUnits) -> None:
    with standing(units, arrive) as first:
        taken = units.run(lambda unit: unit.lock_correlations([("member.confirmed.v1", "M-2")]))
        first.commit()

    assert taken is None


def test_the_second_with_a_key_waits_and_is_told_the_first_ones_number(units: SqlUnits) -> None:
    with (
        standing(units, lambda unit: unit.key_events([an_event("e1")])) as first,
        meanwhile(units, lambda unit: unit.key_events([an_event("e1"), an_event("e2")])) as second,
    ):
        wait_until_blocked(units)
        (won,) = first.commit()

    assert [one.status for one in second.result()] == ["duplicate", "new"]
    assert second.result()[0].no == won.no


def test_the_second_with_a_key_is_new_when_the_first_rolled_back(units: SqlUnits) -> None:
    with (
        standing(units, lambda unit: unit.key_events([an_event("e1")]), fails=True) as first,
        meanwhile(units, lambda unit: unit.key_events([an_event("e1")])) as second,
    ):
        wait_until_blocked(units)
        with pytest.raises(Undone):
            first.commit()

    assert [one.status for one in second.result()] == ["new"]


def test_two_batches_with_the_same_keys_in_opposite_order_never_wait_for_each_other(units: SqlUnits) -> None:
    start = threading.Barrier(2)
    events = [an_event(f"e{number:03}") for number in range(200)]

    def key(unit: SqlUnit, mine: list[NewEvent]) -> list[str]:
        start.wait(5)
        return [one.status for one in unit.key_events(mine)]

    with (
        meanwhile(units, lambda unit: key(unit, events)) as first,
        meanwhile(units, lambda unit: key(unit, events[::-1])) as second,
    ):
        outcomes = first.result(30) + second.result(30)

    assert sorted(outcomes) == ["duplicate"] * 200 + ["new"] * 200


def test_two_clicks_with_one_key_get_one_answer(units: SqlUnits) -> None:
    answer = ActRow("k1", "user:a", "h1", {"status": 200})

    def click(unit: SqlUnit) -> ActRow:
        found = unit.find_acts(["k1"]).get("k1")
        if found is None:
            unit.add_acts([answer])
        return found or answer

    with standing(units, click) as first, meanwhile(units, click) as second:
        wait_until_blocked(units)
        first.commit()

    assert second.result() == answer


def test_two_units_that_open_the_same_case_open_it_once(units: SqlUnits) -> None:
    with (
        standing(units, lambda unit: unit.add_cases([a_case("c1", outcome="first")])) as first,
        meanwhile(units, lambda unit: unit.add_cases([a_case("c1", outcome="second")])) as second,
    ):
        wait_until_blocked(units)
        first.commit()

    assert second.result() == set()
    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head.outcome == "first"


def test_two_units_that_meet_a_new_person_at_once_use_one_key(units: SqlUnits) -> None:
    first_case = a_case("c1", person="P-1", personal={"name": "样例一"})
    second_case = a_case("c2", person="P-1", personal={"name": "样例二"})

    with (
        standing(units, lambda unit: unit.add_cases([first_case])) as first,
        meanwhile(units, lambda unit: unit.add_cases([second_case])) as second,
    ):
        wait_until_blocked(units)
        first.commit()
        second.result()

    found = units.read(lambda unit: unit.load(["c1", "c2"]))
    assert (found["c1"].head, found["c2"].head) == (first_case, second_case)


def test_an_effect_is_leased_by_one_of_two(units: SqlUnits) -> None:
    effects = [Effect(f"f{number}", "c1", "publish", {}) for number in range(4)]
    units.run(lambda unit: unit.write(Changes(effects=effects)))

    with standing(units, lambda unit: unit.lease_effects(2, 30)) as first:
        second = units.run(lambda unit: unit.lease_effects(9, 30))
        leased = first.commit()

    keys = [due.effect.key for due in leased + second]
    assert (len(keys), len(set(keys))) == (4, 4)


def test_a_timer_is_fired_by_one_of_two(units: SqlUnits) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1")]))
    timers = [a_timer(f"t{number}", due_at=START) for number in range(4)]
    units.run(lambda unit: unit.write(Changes(timers_set=timers)))

    with standing(units, lambda unit: unit.fire_timers(2)) as first:
        second = units.run(lambda unit: unit.fire_timers(9))
        fired = first.commit()

    assert (fired, second) == (2, 2)
    rows = units.read(lambda unit: unit.claim_cases(["c1"]))
    assert sorted(row.timer.id for row in rows if row.timer) == ["t0", "t1", "t2", "t3"]


def test_of_two_seals_one_seals_and_the_other_finds_nothing_to_do(units: SqlUnits, reads: Reads) -> None:
    history = [an_entry(f"c{number}") for number in range(4)]
    heads = [a_case(one.case, seq=1, prev_hash=one.hash) for one in history]
    units.run(lambda unit: unit.add_cases(heads))
    units.run(lambda unit: unit.write(Changes(history=history)))
    units.run(lambda unit: unit.seal(1))

    with standing(units, lambda unit: unit.seal(2)) as first:
        second = units.run(lambda unit: unit.seal(9))
        sealed = first.commit()
    rest = units.run(lambda unit: unit.seal(9))

    assert (sealed, second, rest) == (2, 0, 1)
    assert reads.verify().where is None


def test_a_deadlock_costs_one_of_two_a_second_try_and_nobody_an_error(units: SqlUnits) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1"), a_case("c2")]))
    both_have_one = threading.Barrier(2)
    tries: list[str] = []

    def cross(unit: SqlUnit, one: str, other: str) -> None:
        tries.append(one)
        unit.quarantine(one, f"by {one}")
        if len(tries) <= 2:
            both_have_one.wait(5)
        unit.quarantine(other, f"by {one}")

    with (
        meanwhile(units, lambda unit: cross(unit, "c1", "c2")) as first,
        meanwhile(units, lambda unit: cross(unit, "c2", "c1")) as second,
    ):
        first.result(30)
        second.result(30)

    found = units.read(lambda unit: unit.load(["c1", "c2"]))
    assert len(tries) == 3
    assert found["c1"].head.quarantine == found["c2"].head.quarantine
