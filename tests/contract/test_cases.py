"""Cases: claimed together or not at all, loaded with what is live, saved under the guard of their version."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.conftest import START, Clock
from tests.contract.samples import (
    a_case,
    a_holder,
    a_timer,
    an_activation,
    an_entry,
    an_inbox_row,
    an_item,
)
from workflows.machine.case import (
    Access,
    Activation,
    ActivationState,
    Capacity,
    Case,
    ItemState,
    Lane,
    Slice,
    State,
    Subscription,
)
from workflows.ports import Changes, InboxRow, Unit, Units


def begun(units: Units, *cases: Case) -> None:
    """Cases that have made one decision."""
    units.run(lambda unit: unit.add_cases([replace(case, version=1, seq=1) for case in cases]))


def claimed(rows: list[InboxRow]) -> list[tuple[str, int | None]]:
    return [(row.case, row.event) for row in rows]


# -- claims ------------------------------------------------------------------------------------------------


def test_a_claim_takes_all_rows_of_a_case_oldest_first(units: Units) -> None:
    rows = [an_inbox_row("c1", event=1), an_inbox_row("c2", event=2), an_inbox_row("c1", event=3)]
    units.run(lambda unit: unit.post(rows))

    assert claimed(units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 1))) == [("c1", 1), ("c1", 3)]
    assert claimed(units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 2))) == [("c1", 1), ("c2", 2), ("c1", 3)]


def test_a_claim_takes_only_its_own_lane(units: Units) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1"), an_inbox_row("c2", lane=Lane.BULK)]))

    assert claimed(units.read(lambda unit: unit.claim_fresh(Lane.BULK, 9))) == [("c2", 1)]


def test_a_case_counts_by_its_oldest_row_so_that_nothing_slides_past_an_earlier_event(units: Units) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1", lane=Lane.BULK, event=1), an_inbox_row("c1", event=2)]))

    assert units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9)) == []
    assert claimed(units.read(lambda unit: unit.claim_fresh(Lane.BULK, 9))) == [("c1", 1), ("c1", 2)]


def test_a_fresh_claim_leaves_out_cases_with_a_counted_attempt_and_a_named_claim_does_not(units: Units) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1", event=1), an_inbox_row("c1", event=2)]))
    units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 9))

    assert units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9)) == []
    assert claimed(units.read(lambda unit: unit.claim_cases(["c1", "absent"]))) == [("c1", 1), ("c1", 2)]


def test_a_fresh_claim_takes_rows_that_are_not_ready_yet(units: Units) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1", ready_at=START + timedelta(seconds=5))]))

    assert claimed(units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))) == [("c1", 1)]


def test_an_attempt_is_counted_on_the_oldest_ready_row_which_then_rests(units: Units, clock: Clock) -> None:
    later = an_inbox_row("c3", event=3, ready_at=START + timedelta(seconds=1))
    units.run(lambda unit: unit.post([an_inbox_row("c1", event=1), an_inbox_row("c1", event=2), later]))

    first = units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 9))
    at_once = units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 9))
    clock.turn(minutes=10)
    second = units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 9))

    assert [(row.case, row.event, row.attempts) for row in first] == [("c1", 1, 1)]
    assert first[0].ready_at > START
    assert at_once == []
    assert [(row.case, row.event, row.attempts) for row in second] == [("c1", 1, 2), ("c3", 3, 1)]


def test_handled_rows_are_cleared_and_the_others_stay(units: Units) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1", event=1), an_inbox_row("c1", event=2)]))
    rows = units.read(lambda unit: unit.claim_cases(["c1"]))

    units.run(lambda unit: unit.clear_inbox([rows[0].no]))

    assert claimed(units.read(lambda unit: unit.claim_cases(["c1"]))) == [("c1", 2)]


def test_a_quarantined_case_keeps_its_rows_and_is_not_due_any_more(units: Units) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1")]))
    units.run(lambda unit: unit.post([an_inbox_row("c1")]))

    units.run(lambda unit: unit.quarantine("c1", "five attempts failed"))

    assert units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9)) == []
    assert units.read(lambda unit: unit.claim_cases(["c1"])) == []
    assert units.run(lambda unit: unit.count_attempts(Lane.INTERACTIVE, 9)) == []
    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head.quarantine == "five attempts failed"


# -- load and save -----------------------------------------------------------------------------------------


def test_a_slice_holds_what_is_live_and_nothing_else(units: Units) -> None:
    begun(units, a_case("c1"), a_case("c2"))
    live, done = an_activation("c1"), an_activation("c1", "steps/0", state=ActivationState.DONE)
    open_, closed = an_item("i1"), an_item("i2", state=ItemState.APPROVED, closed_at=START, closed_by="user:b")
    timer, subscription = a_timer("t1"), Subscription("c1", "on/0", 1, "member.withdrawn.v1", "M-c1")
    units.run(
        lambda unit: unit.write(
            Changes(
                activations=[live, done, an_activation("c2")],
                items=[open_, closed],
                holders_opened=[a_holder("user:b"), a_holder("role:clerk:"), a_holder("user:c", "i2")],
                items_closed=[],
                timers_set=[timer, a_timer("t2", "c2")],
                subscriptions_opened=[subscription],
            )
        )
    )

    found = units.read(lambda unit: unit.load(["c1", "absent"]))

    assert found == {
        "c1": Slice(
            head=a_case("c1", version=1, seq=1),
            activations={("steps/check", 1): live},
            items={"i1": open_},
            holders={"i1": (a_holder("role:clerk:"), a_holder("user:b"))},
            timers={"t1": timer},
            subscriptions=frozenset({subscription}),
        )
    }


def test_an_item_is_found_open_or_closed(units: Units) -> None:
    closed = an_item("i2", state=ItemState.APPROVED, closed_at=START, closed_by="user:b", paused_at=START, form="f.v1")
    units.run(lambda unit: unit.write(Changes(items=[an_item("i1"), closed])))

    assert units.read(lambda unit: unit.item("i1")) == an_item("i1")
    assert units.read(lambda unit: unit.item("i2")) == closed
    assert units.read(lambda unit: unit.item("absent")) is None


def test_the_places_of_items_are_told_open_or_closed(units: Units) -> None:
    closed = an_item("i2", path="steps/each/do#2", state=ItemState.APPROVED, closed_at=START, closed_by="user:b")
    units.run(lambda unit: unit.write(Changes(items=[an_item("i1"), closed])))

    found = units.read(lambda unit: unit.places(["i1", "i2", "absent"]))

    assert found == {"i1": "steps/check", "i2": "steps/each/do#2"}


def test_a_save_changes_only_the_heads_that_still_have_the_version_expected(units: Units) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1"), a_case("c2", version=7)]))
    first = a_case("c1", version=1, seq=1, state=State.COMPLETED, outcome="registered", fields={"x": [1, "二"]})

    saved = units.run(lambda unit: unit.save_heads([(0, a_case("c2", version=1)), (0, first), (0, a_case("absent"))]))

    assert saved == {"c1"}
    found = units.read(lambda unit: unit.load(["c1", "c2"]))
    assert found["c1"].head == first
    assert found["c2"].head.version == 7


def test_a_save_writes_the_personal_values_too(units: Units) -> None:
    units.run(lambda unit: unit.add_cases([a_case("c1", person="P-1", personal={"name": "样例一"})]))

    saved = a_case("c1", person="P-1", personal={"name": "样例二"}, version=1)
    units.run(lambda unit: unit.save_heads([(0, saved)]))

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head == saved


def test_rows_with_the_same_key_are_replaced_by_the_last_of_the_batch(units: Units) -> None:
    begun(units, a_case("c1"))
    units.run(lambda unit: unit.write(Changes(activations=[an_activation(agree=0)], items=[an_item("i1")])))
    steps: list[Activation] = [an_activation(agree=1), an_activation(agree=2)]

    units.run(lambda unit: unit.write(Changes(activations=steps, items=[an_item("i1", version=3)])))

    found = units.read(lambda unit: unit.load(["c1"]))["c1"]
    assert found.activations[("steps/check", 1)].agree == 2
    assert found.items["i1"].version == 3


def test_what_a_batch_closes_and_opens_again_is_open(units: Units) -> None:
    begun(units, a_case("c1"))
    waiting = Subscription("c1", "steps/wait", 1, "member.confirmed.v1", "M-c1")
    opened = Changes(
        items=[an_item("i1")],
        holders_opened=[a_holder("user:a")],
        timers_set=[a_timer()],
        subscriptions_opened=[waiting],
    )
    units.run(lambda unit: unit.write(opened))

    again = replace_closing(opened)
    units.run(lambda unit: unit.write(again))

    found = units.read(lambda unit: unit.load(["c1"]))["c1"]
    assert found.holders["i1"] == (a_holder("user:a"),)
    assert (set(found.timers), found.subscriptions) == ({"t1"}, frozenset({waiting}))


def replace_closing(opened: Changes) -> Changes:
    return replace(
        opened,
        items_closed=["i1"],
        timers_cleared=["t1"],
        subscriptions_closed=list(opened.subscriptions_opened),
    )


def test_what_is_closed_is_no_longer_live(units: Units) -> None:
    begun(units, a_case("c1"))
    waiting = Subscription("c1", "steps/wait", 1, "member.confirmed.v1", "M-c1")
    units.run(
        lambda unit: unit.write(
            Changes(
                items=[an_item("i1")],
                holders_opened=[a_holder("user:a")],
                timers_set=[a_timer()],
                subscriptions_opened=[waiting],
            )
        )
    )

    units.run(
        lambda unit: unit.write(Changes(items_closed=["i1"], timers_cleared=["t1"], subscriptions_closed=[waiting]))
    )

    found = units.read(lambda unit: unit.load(["c1"]))["c1"]
    assert found.holders.get("i1", ()) == ()
    assert (found.timers, found.subscriptions) == ({}, frozenset())


def test_a_unit_that_fails_after_writing_leaves_nothing(units: Units) -> None:
    begun(units, a_case("c1"))

    def write_and_fail(unit: Unit) -> None:
        unit.write(
            Changes(
                items=[an_item("i1")],
                access=[Access("c1", "user:a", "holder")],
                history=[an_entry("c1", 1, opinion="同意")],
            )
        )
        raise LookupError("after the write")

    with pytest.raises(LookupError, match="after the write"):
        units.run(write_and_fail)

    assert units.read(lambda unit: unit.load(["c1"]))["c1"].items == {}
    assert units.run(lambda unit: unit.seal(10)) == 0


def test_what_a_reading_unit_writes_is_thrown_away(units: Units) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1")]))

    units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))

    assert claimed(units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 9))) == [("c1", 1)]


# -- assign ------------------------------------------------------------------------------------------------


def test_a_seat_that_wants_the_least_loaded_is_narrowable_until_somebody_owns_it(units: Units) -> None:
    begun(units, a_case("c1"))
    wanted, owned = an_item("i1", pick="least_loaded"), an_item("i2", pick="least_loaded", seat=2)
    waiting = an_item("i3", pick="least_loaded", state=ItemState.WAITING)
    candidates = [a_holder("user:a"), a_holder("user:b"), a_holder("user:a", "i2", capacity=Capacity.OWNER)]
    units.run(
        lambda unit: unit.write(Changes(items=[wanted, owned, waiting, an_item("i4")], holders_opened=candidates))
    )

    assert units.read(lambda unit: unit.narrowable(9)) == [(wanted, (a_holder("user:a"), a_holder("user:b")))]
    assert units.read(lambda unit: unit.open_counts(["a", "b"])) == {"a": 1, "b": 0}

    units.run(lambda unit: unit.own([a_holder("user:b")]))

    assert units.read(lambda unit: unit.narrowable(9)) == []
    assert units.read(lambda unit: unit.open_counts(["a", "b"])) == {"a": 1, "b": 1}


def test_nobody_becomes_owner_of_an_item_that_is_closed_or_owned(units: Units) -> None:
    begun(units, a_case("c1"))
    closed = an_item("i1", pick="least_loaded", state=ItemState.CANCELLED, closed_at=START)
    owner = a_holder("user:a", "i2", capacity=Capacity.OWNER)
    units.run(lambda unit: unit.write(Changes(items=[closed, an_item("i2")], holders_opened=[owner])))

    units.run(lambda unit: unit.own([a_holder("user:b", "i1"), a_holder("user:b", "i2")]))

    assert units.read(lambda unit: unit.open_counts(["a", "b"])) == {"a": 1, "b": 0}


# -- slices by need ----------------------------------------------------------------------------------------


def a_case_of_turns(units: Units) -> None:
    """A case with three turns, each with an item, its holder, a timer and a wait, and handlers around them."""
    begun(units, a_case("c1"), a_case("c2"))
    turns = [f"steps/each/do#{number}" for number in (1, 2, 11)]
    paths = ["steps", "steps/each", "steps/aside", *turns, *(f"{turn}/check" for turn in turns)]
    handlers = ["on/0", "steps/each/on/0", "steps/aside/on/0", *(f"{turn}/wait" for turn in turns)]
    units.run(
        lambda unit: unit.write(
            Changes(
                activations=[an_activation("c1", path) for path in paths],
                items=[an_item(f"i{turn[-2:]}", path=f"{turn}/check") for turn in turns],
                holders_opened=[a_holder("user:a", f"i{turn[-2:]}") for turn in turns],
                timers_set=[a_timer(f"t{turn[-2:]}", path=f"{turn}/check") for turn in turns],
                subscriptions_opened=[Subscription("c1", path, 1, "member.left.v1", "M") for path in handlers],
            )
        )
    )


def test_a_slice_near_a_turn_holds_that_turn_and_what_is_around_it(units: Units) -> None:
    a_case_of_turns(units)

    found = units.read(lambda unit: unit.load(["c1"], {"c1": ["steps/each/do#1/check"]}))["c1"]

    assert found.around == ("steps/each/do#1",)
    assert {path for path, _ in found.activations} == {
        "steps",
        "steps/each",
        "steps/each/do#1",
        "steps/each/do#1/check",
    }
    assert (set(found.items), set(found.timers)) == ({"i#1"}, {"t#1"})
    assert found.holders["i#1"] == (a_holder("user:a", "i#1"),)
    assert {one.path for one in found.subscriptions} == {"on/0", "steps/each/on/0", "steps/each/do#1/wait"}


def test_a_slice_near_a_place_outside_of_every_turn_is_the_whole_case(units: Units) -> None:
    a_case_of_turns(units)

    found = units.read(lambda unit: unit.load(["c1", "c2"], {"c1": ["steps/aside"], "c2": ["steps/each/do#1"]}))

    assert found["c1"] == units.read(lambda unit: unit.load(["c1"]))["c1"]
    assert (len(found["c1"].items), found["c1"].around) == (3, None)
    assert found["c2"].activations == {}


def test_a_slice_for_an_event_is_near_what_asks_for_it(units: Units) -> None:
    a_case_of_turns(units)
    asks = Subscription("c1", "steps/each/do#11/wait", 1, "member.paid.v1", "M")
    around = Subscription("c1", "steps/each/on/0", 1, "member.paid.v1", "M")
    units.run(lambda unit: unit.write(Changes(subscriptions_opened=[asks, around])))
    paid, left, unknown = ("member.paid.v1", "M"), ("member.left.v1", "M"), ("member.paid.v1", "X")

    found = units.read(lambda unit: unit.load(["c1"], {"c1": []}, {"c1": [paid]}))["c1"]
    more = units.read(lambda unit: unit.load(["c1"], {"c1": ["steps/each/do#2"]}, {"c1": [paid]}))["c1"]
    beside = units.read(lambda unit: unit.load(["c1"], {}, {"c1": [left]}))["c1"]
    unheard = units.read(lambda unit: unit.load(["c1"], {}, {"c1": [unknown]}))["c1"]

    assert (found.around, set(found.items)) == (("steps/each/do#11",), {"i11"})
    assert found.hears == {paid}
    assert {asks, around} <= found.subscriptions
    assert (more.around, set(more.items)) == (("steps/each/do#11", "steps/each/do#2"), {"i11", "i#2"})
    # A block beside the turns asks as well, and nobody asks at all: the whole case.
    assert (beside.around, unheard.around) == (None, None)


def test_a_slice_near_several_turns_holds_each_of_them_once(units: Units) -> None:
    a_case_of_turns(units)

    paths = ["steps/each/do#11", "steps/each/do#1/check", "steps/each/do#1"]
    found = units.read(lambda unit: unit.load(["c1"], {"c1": paths}))["c1"]

    assert found.around == ("steps/each/do#1", "steps/each/do#11")
    assert set(found.items) == {"i#1", "i11"}
    assert found.holders["i11"] == (a_holder("user:a", "i11"),)
