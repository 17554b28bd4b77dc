"""Between cases: sub-cases, signals, resources that are had one at a time, and trees that stand still."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from tests.contract.conftest import COUNTY, START, Clock
from tests.contract.racing import both
from tests.contract.samples import a_case, a_timer, an_activation, an_inbox_row
from workflows.machine.case import Case, Effect, Lane, State
from workflows.machine.decision import Claim
from workflows.machine.stimuli import Sign, Signal
from workflows.policy import operator_viewer
from workflows.ports import Changes, Gate, Unit, Units
from workflows.reads import CaseFilter, Reads

T = TypeVar("T")


def a_tree(units: Units, *others: Case) -> None:
    """A root with a sub-case, both of which have made a decision, and other cases."""
    cases = [a_case("c1"), a_case("c0", root="c1", parent=("c1", "steps/call")), *others]
    units.run(lambda unit: unit.add_cases([replace(case, version=1, seq=1) for case in cases]))


# -- sub-cases and signals ---------------------------------------------------------------------------------


def test_a_sub_case_knows_who_called_it_and_keeps_that_when_it_is_saved(units: Units) -> None:
    a_tree(units)

    saved = units.run(
        lambda unit: unit.save_heads([(1, a_case("c0", root="c1", version=2, parent=("c1", "steps/call")))])
    )

    assert saved == {"c0"}
    assert units.read(lambda unit: unit.load(["c0"]))["c0"].head.parent == ("c1", "steps/call")


def test_values_of_a_turn_are_kept_with_its_activation(units: Units) -> None:
    a_tree(units)
    turn = an_activation("c1", "steps/each/do#1", values={"site": "甲", "n": 3})

    units.run(lambda unit: unit.write(Changes(activations=[turn])))

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].activations["steps/each/do#1", 1] == turn


def test_a_case_shows_which_of_its_sub_cases_run(units: Units, reads: Reads) -> None:
    others = (
        a_case("c2", root="c1", parent=("c1", "steps/call")),
        a_case("c3", root="c1", parent=("c1", "steps/call"), state=State.COMPLETED),
        a_case("c4", root="c1", parent=("c0", "steps/call")),
    )
    a_tree(units, *others)

    shown = [reads.case(operator_viewer(COUNTY), case) for case in ("c1", "c0", "c4")]

    assert [one and one.open_cases for one in shown] == [("c0", "c2"), ("c4",), ()]


def test_a_case_shows_how_many_stand_before_it(units: Units, reads: Reads) -> None:
    waiting = an_activation("c1", path="steps/meet", values={"resource": "room:1"})
    a_tree(units, a_case("c5"))
    units.run(lambda unit: unit.write(Changes(activations=[waiting])))

    units.run(lambda unit: unit.claim_resources([Claim("c5", "steps/meet", "room:1")], []))
    units.run(lambda unit: unit.claim_resources([Claim("c1", "steps/meet", "room:1")], []))

    shown = reads.case(operator_viewer(COUNTY), "c1")
    assert shown is not None
    assert shown.places == {"steps/meet": 1}


def test_a_signal_waits_in_the_inbox_as_it_was_posted(units: Units) -> None:
    signal = Signal(Sign.CHILD_ENDED, "steps/call", {"child": "c0", "fields": {"grade": "甲"}})

    units.run(lambda unit: unit.post([an_inbox_row("c1", event=None, signal=signal)]))

    (row,) = units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))
    assert (row.signal, row.event, row.timer) == (signal, None, None)


def test_a_timer_does_not_fire_past_a_signal_that_waits_for_its_case(units: Units) -> None:
    a_tree(units)
    units.run(lambda unit: unit.write(Changes(timers_set=[a_timer("t1", due_at=START)])))
    units.run(lambda unit: unit.post([an_inbox_row("c1", event=None, signal=Signal(Sign.RESUMED, ""))]))

    meanwhile = units.run(lambda unit: unit.fire_timers(9))
    (row,) = units.read(lambda unit: unit.claim_cases(["c1"]))
    units.run(lambda unit: unit.clear_inbox([row.no]))

    assert meanwhile == 0
    assert units.run(lambda unit: unit.fire_timers(9)) == 1


# -- resources ---------------------------------------------------------------------------------------------


def claim(case: str, resource: str = "room:A", path: str = "steps/booked") -> Claim:
    return Claim(case, path, resource)


def claimed(units: Units, *claims: Claim) -> list[Claim]:
    return units.run(lambda unit: unit.claim_resources(claims, []))


def released(units: Units, *claims: Claim) -> list[Claim]:
    return units.run(lambda unit: unit.claim_resources([], claims))


def test_the_first_to_claim_a_resource_has_it_and_each_resource_has_its_own_queue(units: Units) -> None:
    first = claimed(units, claim("c1"), claim("c2"), claim("c3", "room:B"))

    assert first == [claim("c1"), claim("c3", "room:B")]
    assert claimed(units, claim("c4")) == []


def test_a_release_grants_the_next_in_the_order_of_coming(units: Units) -> None:
    claimed(units, claim("c9"), claim("c3"), claim("c1"))

    assert released(units, claim("c9")) == [claim("c3")]
    assert released(units, claim("c3")) == [claim("c1")]
    assert released(units, claim("c1")) == []
    assert claimed(units, claim("c2")) == [claim("c2")]


def test_a_release_of_a_claim_that_still_waits_only_takes_it_out_of_the_queue(units: Units) -> None:
    claimed(units, claim("c1"), claim("c2"), claim("c3"))

    assert released(units, claim("c2")) == []
    assert released(units, claim("c1")) == [claim("c3")]


def test_a_claim_that_stands_keeps_its_place_and_a_release_of_nothing_grants_nothing(units: Units) -> None:
    claimed(units, claim("c1"), claim("c2"))

    assert claimed(units, claim("c1")) == []
    assert released(units, claim("c7")) == []
    assert released(units, claim("c1")) == [claim("c2")]


def test_what_is_given_back_and_claimed_in_one_go_goes_to_whoever_waited(units: Units) -> None:
    claimed(units, claim("c1"), claim("c2"))

    granted = units.run(lambda unit: unit.claim_resources([claim("c1", path="steps/again")], [claim("c1")]))

    assert granted == [claim("c2")]


def test_of_two_claims_at_the_same_moment_one_is_granted(units: Units) -> None:
    def first(unit: Unit, meet: Callable[[], object]) -> list[Claim]:
        granted = unit.claim_resources([claim("c1")], [])
        meet()
        return granted

    granted = both(units, first, lambda unit: unit.claim_resources([claim("c2")], []))

    assert sorted(len(one) for one in granted) == [0, 1]
    (holder,) = granted[0] + granted[1]
    assert [one.case for one in released(units, holder)] == [{"c1": "c2", "c2": "c1"}[holder.case]]


def test_a_release_and_a_claim_at_the_same_moment_leave_nobody_waiting_for_nothing(units: Units) -> None:
    claimed(units, claim("c1"))

    def give_back(unit: Unit, meet: Callable[[], object]) -> list[Claim]:
        granted = unit.claim_resources([], [claim("c1")])
        meet()
        return granted

    granted = both(units, give_back, lambda unit: unit.claim_resources([claim("c2")], []))

    assert granted[0] + granted[1] == [claim("c2")]


# -- gates -------------------------------------------------------------------------------------------------


def close(units: Units) -> None:
    units.run(lambda unit: unit.close_gate("c1", "head", "待批复"))


def cases_claimed(units: Units) -> set[str]:
    return {row.case for row in units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))}


def test_no_case_of_a_tree_behind_a_gate_is_claimed_and_the_others_are(units: Units) -> None:
    a_tree(units, a_case("c2"))
    units.run(lambda unit: unit.post([an_inbox_row(case) for case in ("c0", "c1", "c2")]))

    close(units)

    assert cases_claimed(units) == {"c2"}
    assert units.read(lambda unit: unit.claim_cases(["c0", "c1"])) == []
    assert {row.case for row in units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 9))} == {"c2"}


def test_what_was_kept_behind_a_gate_is_claimed_once_it_is_open(units: Units, clock: Clock) -> None:
    a_tree(units)
    close(units)
    units.run(lambda unit: unit.post([an_inbox_row("c0", event=1), an_inbox_row("c0", event=2)]))
    clock.turn(days=1)

    since = units.run(lambda unit: unit.open_gate("c1"))
    again = units.run(lambda unit: unit.open_gate("c1"))

    assert (since, again) == (START, None)
    assert [row.event for row in units.read(lambda unit: unit.claim_cases(["c0"]))] == [1, 2]


def test_a_gate_tells_who_closed_it_and_every_case_of_the_tree_why(units: Units, reads: Reads) -> None:
    a_tree(units, a_case("c2"))

    close(units)

    loaded = units.read(lambda unit: unit.load(["c0", "c1", "c2"]))
    seen = {row.case.id: row.case.gate for row in reads.cases(operator_viewer(COUNTY), CaseFilter()).rows}
    assert units.read(lambda unit: unit.gate_of("c1")) == Gate("c1", "head", "待批复", START)
    assert units.read(lambda unit: unit.gate_of("c2")) is None
    assert {case: one.head.gate for case, one in loaded.items()} == {"c0": "待批复", "c1": "待批复", "c2": None}
    assert seen == {"c0": "待批复", "c1": "待批复", "c2": None}


def test_a_tree_is_its_running_cases(units: Units) -> None:
    ended = a_case("c3", root="c1", parent=("c1", "steps/call"), state=State.COMPLETED)
    a_tree(units, a_case("c2"), ended)

    assert units.read(lambda unit: unit.tree("c1")) == ("c0", "c1")
    assert units.read(lambda unit: unit.tree("c2")) == ("c2",)


def test_no_timer_behind_a_gate_fires(units: Units) -> None:
    a_tree(units, a_case("c2"))
    timers = [a_timer(f"t{case}", case, due_at=START) for case in ("c0", "c1", "c2")]
    units.run(lambda unit: unit.write(Changes(timers_set=timers)))

    close(units)

    assert units.run(lambda unit: unit.fire_timers(9)) == 1
    units.run(lambda unit: unit.open_gate("c1"))
    assert units.run(lambda unit: unit.fire_timers(9)) == 2


def test_a_save_behind_a_gate_has_lost_whatever_its_version(units: Units) -> None:
    a_tree(units)
    close(units)

    child = a_case("c0", root="c1", parent=("c1", "steps/call"), version=2)

    assert units.run(lambda unit: unit.save_heads([(1, child), (1, a_case("c1", version=2))])) == set()


def test_a_gate_that_closes_while_a_batch_decides_makes_its_save_lose(units: Units, store: str) -> None:
    a_tree(units)
    units.run(lambda unit: unit.post([an_inbox_row("c1")]))

    def batch(unit: Unit, meet: Callable[[], object]) -> set[str]:
        unit.claim_cases(["c1"])
        unit.load(["c1"])
        meet()
        return unit.save_heads([(1, a_case("c1", version=2))])

    def gate(unit: Unit) -> set[str]:
        unit.close_gate("c1", "head", "待批复")
        return set()

    saved, _ = both(units, batch, gate)

    # SQLite's one writer takes them one after the other: there the batch was first.
    assert saved == {"sqlite": {"c1"}}.get(store, set())
    assert units.read(lambda unit: unit.gate_of("c1")) is not None


def test_no_save_commits_after_the_gate_that_closed_beside_it(units: Units) -> None:
    a_tree(units)
    seen: list[int] = []

    def batch(unit: Unit, meet: Callable[[], object]) -> set[str]:
        saved = unit.save_heads([(1, a_case("c1", version=2))])
        meet()
        return saved

    def gate(unit: Unit) -> set[str]:
        unit.close_gate("c1", "head", "待批复")
        seen.append(unit.load(["c1"])["c1"].head.version)
        return set()

    saved, _ = both(units, batch, gate)

    version = units.read(lambda unit: unit.load(["c1"]))["c1"].head.version
    assert version == seen[-1]
    assert version == (2 if saved else 1)


def test_of_two_that_open_a_gate_at_the_same_moment_one_did_it(units: Units) -> None:
    a_tree(units)
    close(units)

    def first(unit: Unit, meet: Callable[[], object]) -> object:
        since = unit.open_gate("c1")
        meet()
        return since

    opened = both(units, first, lambda unit: unit.open_gate("c1"))

    assert sorted(opened, key=str) == [START, None]


def test_effects_that_a_gate_does_not_hold_are_shown_in_flight(units: Units, reads: Reads, clock: Clock) -> None:
    a_tree(units, a_case("c2"))
    effects = [Effect(f"f{case}", case, "publish", {"id": case}) for case in ("c0", "c1", "c2")]
    units.run(lambda unit: unit.write(Changes(effects=effects)))
    leased = units.run(lambda unit: unit.lease_effects(9, 30))
    (failed,) = [one for one in leased if one.effect.key == "fc0"]
    again = START + timedelta(minutes=1)
    units.run(lambda unit: unit.record_failed([(failed, "connection refused", again)]))
    units.run(lambda unit: unit.record_sent([one for one in leased if one.effect.key == "fc1"]))

    (shown,) = reads.in_flight(operator_viewer(COUNTY), "c1")

    assert (shown.effect, shown.attempts, shown.due_at, shown.error) == (effects[0], 1, again, "connection refused")
