"""Time and ways out: timers fire once, plans come again, effects go out under lease and fence, hints are levels."""

from dataclasses import replace
from datetime import timedelta

from tests.contract.conftest import START, Clock
from tests.contract.samples import a_case, a_plan, a_timer
from workflows.machine.case import Effect, Lane
from workflows.ports import Changes, Units


def test_a_due_timer_becomes_a_stimulus_of_its_case_in_the_lane_of_the_case_once(units: Units, clock: Clock) -> None:
    due, later = a_timer("t1", due_at=START), a_timer("t2", due_at=START + timedelta(hours=1))
    units.run(lambda unit: unit.add_cases([a_case("c1", lane=Lane.BULK)]))
    units.run(lambda unit: unit.write(Changes(timers_set=[due, later])))

    fired = units.run(lambda unit: unit.fire_timers(9))
    again = units.run(lambda unit: unit.fire_timers(9))

    (row,) = units.read(lambda unit: unit.claim_fresh(Lane.BULK, 9))
    assert (fired, again) == (1, 0)
    assert (row.case, row.timer, row.event, row.starts) == ("c1", due, None, False)
    clock.turn(hours=2)
    assert units.run(lambda unit: unit.fire_timers(9)) == 1


def test_timers_fire_the_longest_due_first_and_no_more_than_asked_for(units: Units) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1"), a_case("c2")]))
    timers = [a_timer("t1", "c1", due_at=START), a_timer("t2", "c2", due_at=START - timedelta(days=1))]
    units.run(lambda unit: unit.write(Changes(timers_set=timers)))

    units.run(lambda unit: unit.fire_timers(1))

    assert [row.timer for row in units.read(lambda unit: unit.claim_cases(["c1", "c2"]))] == [timers[1]]


def test_due_plans_are_finished_or_moved_to_their_next_occurrence(units: Units, clock: Clock) -> None:
    again, once, later = (
        a_plan("p1"),
        a_plan("p2", recurrence=None, person=None),
        a_plan("p3", due_at=START + timedelta(1)),
    )
    units.run(lambda unit: unit.write(Changes(plans=[again, once, later])))

    due = units.read(lambda unit: unit.due_plans(9))
    following = replace(again, due_at=START + timedelta(days=365), occurrence=2)
    units.run(lambda unit: unit.advance_plans(["p2"], [following]))

    assert due == [again, once]
    assert units.read(lambda unit: unit.due_plans(9)) == []
    clock.turn(days=400)
    assert units.read(lambda unit: unit.due_plans(9)) == [later, following]


def an_effect(key: str = "f1", **changed: object) -> Effect:
    effect = Effect(key, "c1", "publish", {"id": key, "type": "case.changed.v1"})
    return replace(effect, **changed)  # type: ignore[arg-type]  # the fields of an effect


def test_an_effect_is_leased_once_at_a_time(units: Units, clock: Clock) -> None:
    units.run(lambda unit: unit.write(Changes(effects=[an_effect()])))

    (first,) = units.run(lambda unit: unit.lease_effects(9, 30))
    meanwhile = units.run(lambda unit: unit.lease_effects(9, 30))
    clock.turn(seconds=31)
    (second,) = units.run(lambda unit: unit.lease_effects(9, 30))

    assert meanwhile == []
    assert first.effect == second.effect == an_effect()
    assert (first.attempts, second.attempts) == (1, 2)
    assert second.fence > first.fence


def test_a_late_result_of_an_older_lease_counts_for_nothing(units: Units, clock: Clock) -> None:
    units.run(lambda unit: unit.write(Changes(effects=[an_effect()])))
    (first,) = units.run(lambda unit: unit.lease_effects(9, 30))
    clock.turn(seconds=31)
    (second,) = units.run(lambda unit: unit.lease_effects(9, 30))

    assert units.run(lambda unit: unit.record_sent([first])) == set()
    assert units.run(lambda unit: unit.record_failed([(first, "late", START)])) == set()
    assert units.run(lambda unit: unit.record_sent([second])) == {"f1"}


def test_what_was_sent_is_never_leased_again(units: Units, clock: Clock) -> None:
    units.run(lambda unit: unit.write(Changes(effects=[an_effect()])))
    leased = units.run(lambda unit: unit.lease_effects(9, 30))
    units.run(lambda unit: unit.record_sent(leased))
    clock.turn(days=1)

    assert units.run(lambda unit: unit.record_failed([(leased[0], "late", START)])) == set()
    assert units.run(lambda unit: unit.lease_effects(9, 30)) == []


def test_a_failed_effect_is_due_again_when_it_was_put_off_to(units: Units, clock: Clock) -> None:
    units.run(lambda unit: unit.write(Changes(effects=[an_effect()])))
    (leased,) = units.run(lambda unit: unit.lease_effects(9, 3600))

    failed = units.run(lambda unit: unit.record_failed([(leased, "connection refused", START + timedelta(seconds=8))]))

    assert failed == {"f1"}
    assert units.run(lambda unit: unit.lease_effects(9, 30)) == []
    clock.turn(seconds=9)
    assert [due.attempts for due in units.run(lambda unit: unit.lease_effects(9, 30))] == [2]


def test_the_same_effect_is_stored_once_whatever_became_of_it(units: Units, clock: Clock) -> None:
    units.run(lambda unit: unit.write(Changes(effects=[an_effect()])))
    leased = units.run(lambda unit: unit.lease_effects(9, 30))
    units.run(lambda unit: unit.record_sent(leased))

    units.run(lambda unit: unit.write(Changes(effects=[an_effect(), an_effect("f2")])))

    assert [due.effect.key for due in units.run(lambda unit: unit.lease_effects(9, 30))] == ["f2"]


def test_a_hint_is_a_level_not_a_count(units: Units, clock: Clock) -> None:
    raised = [units.run(lambda unit: unit.raise_hint(Lane.BULK)) for _ in range(3)]
    other = units.run(lambda unit: unit.raise_hint(Lane.INTERACTIVE))
    units.run(lambda unit: unit.clear_hint(Lane.BULK))

    assert raised == [True, False, False]
    assert other
    assert units.run(lambda unit: unit.raise_hint(Lane.BULK))


def test_a_hint_older_than_two_seconds_counts_as_lost(units: Units, clock: Clock) -> None:
    units.run(lambda unit: unit.raise_hint(Lane.BULK))

    clock.turn(seconds=1.9)
    soon = units.run(lambda unit: unit.raise_hint(Lane.BULK))
    clock.turn(seconds=0.2)

    assert not soon
    assert units.run(lambda unit: unit.raise_hint(Lane.BULK))
