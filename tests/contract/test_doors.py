"""Doors and routing: an event is accepted once, keeps its body, and finds its cases in whatever order they come."""

from datetime import timedelta

from tests.contract.conftest import START
from tests.contract.samples import a_case, an_event, an_inbox_row, stored
from workflows.machine.case import Lane, Subscription
from workflows.ports import Changes, Keyed, Units


def test_an_event_is_new_once_then_a_duplicate_and_a_conflict_with_another_body(units: Units) -> None:
    first = units.run(lambda unit: unit.key_events([an_event("e1")]))

    again = units.run(lambda unit: unit.key_events([an_event("e1"), an_event("e1", body_hash="b1"), an_event("e2")]))

    assert [one.status for one in first + again] == ["new", "duplicate", "conflict", "new"]
    assert first[0].no == again[0].no == again[1].no != again[2].no


def test_an_event_twice_in_one_batch_is_new_and_duplicate(units: Units) -> None:
    outcomes = units.run(lambda unit: unit.key_events([an_event("e1"), an_event("e1")]))

    assert outcomes == [Keyed("new", outcomes[0].no), Keyed("duplicate", outcomes[0].no)]


def test_events_of_two_sources_may_carry_the_same_id(units: Units) -> None:
    outcomes = units.run(lambda unit: unit.key_events([an_event("e1"), an_event("e1", source="urn:dept:b")]))

    assert [one.status for one in outcomes] == ["new", "new"]


def test_a_unit_that_fails_keys_nothing(units: Units) -> None:
    def fail(unit: object) -> None:
        unit.key_events([an_event("e1")])  # type: ignore[attr-defined]  # a unit of any store
        raise LookupError("after the key")

    try:
        units.run(fail)
    except LookupError:
        outcome = units.run(lambda unit: unit.key_events([an_event("e1")]))

    assert outcome[0].status == "new"


def test_a_stored_event_reads_back_as_it_came(units: Units) -> None:
    event = an_event(
        "e1",
        person="P-1",
        personal={"name": "样例一", "groups": ["1", "2"]},
        plain={"n": 3, "list": ["甲", None, True], "deep": {"b": 1, "a": 2}},
        fingerprint="f1",
        sample=True,
        lane=Lane.BULK,
        attributes={"time": "2026-03-02T01:00:00Z"},
    )
    (keyed,) = units.run(lambda unit: unit.key_events([event]))
    units.run(lambda unit: unit.add_events([stored(keyed.no, event)]))

    found = units.read(lambda unit: unit.events([keyed.no, keyed.no + 1000]))

    assert found == {keyed.no: stored(keyed.no, event)}


def test_subscriptions_are_found_by_type_and_key_together(units: Units) -> None:
    here = Subscription("c1", "steps/wait", 1, "member.confirmed.v1", "M-1")
    there = Subscription("c2", "steps/wait", 1, "member.confirmed.v1", "M-2")
    other = Subscription("c3", "steps/wait", 1, "member.withdrawn.v1", "M-1")
    units.run(lambda unit: unit.write(Changes(subscriptions_opened=[here, there, other])))

    pairs = [("member.confirmed.v1", "M-1"), ("member.withdrawn.v1", "M-2")]
    found = units.read(lambda unit: unit.subscriptions_to(pairs))

    assert found == [here]


def test_a_parked_event_is_taken_once_and_the_oldest_first(units: Units) -> None:
    events = [an_event("e1"), an_event("e2"), an_event("e3", key="M-2")]
    keyed = units.run(lambda unit: unit.key_events(events))
    rows = [stored(one.no, event) for one, event in zip(keyed, events, strict=True)]
    units.run(lambda unit: unit.add_events(rows))
    units.run(lambda unit: unit.park_unmatched(rows[::-1]))

    taken = units.run(lambda unit: unit.take_unmatched([("member.applied.v1", "M-1")]))
    again = units.run(lambda unit: unit.take_unmatched([("member.applied.v1", "M-1")]))

    assert taken == [(row.no, "member.applied.v1", "M-1") for row in rows[:2]]
    assert again == []


def test_a_case_is_opened_once_and_reads_back_as_it_was_opened(units: Units) -> None:
    case = a_case("c1", person="P-1", personal={"name": "样例一"}, parent=("c0", "steps/call"), outcome="none")

    first = units.run(lambda unit: unit.add_cases([case, a_case("c2")]))
    again = units.run(lambda unit: unit.add_cases([a_case("c1", key="other"), a_case("c3")]))

    assert (first, again) == ({"c1", "c2"}, {"c3"})
    assert units.read(lambda unit: unit.load(["c1"]))["c1"].head == case


def test_inbox_rows_are_numbered_in_the_order_in_which_they_were_posted(units: Units) -> None:
    units.run(lambda unit: unit.post([an_inbox_row("c1", event=9), an_inbox_row("c1", event=3, starts=True)]))
    units.run(lambda unit: unit.post([an_inbox_row("c1", event=5, ready_at=START + timedelta(seconds=2))]))

    rows = units.read(lambda unit: unit.claim_fresh(Lane.INTERACTIVE, 10))

    assert [(row.event, row.starts) for row in rows] == [(9, False), (3, True), (5, False)]
    assert [row.no for row in rows] == sorted({row.no for row in rows})
    assert rows[2] == an_inbox_row("c1", no=rows[2].no, event=5, ready_at=START + timedelta(seconds=2))
