"""Queries: what a page shows, in which order, page by page; each answers the same on every store."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.conftest import COUNTY, START, Clock
from tests.contract.samples import (
    a_case,
    a_holder,
    a_timer,
    an_activation,
    an_entry,
    an_event,
    an_inbox_row,
    an_item,
    stored,
)
from workflows.machine.case import (
    Access,
    ActivationState,
    Capacity,
    Case,
    Effect,
    Holder,
    ItemState,
    State,
    Subscription,
    Urgency,
    WorkItem,
)
from workflows.policy import Viewer, department_viewer, operator_viewer
from workflows.ports import Changes, Units
from workflows.reads import CaseFilter, ItemCounts, ItemFilter, Reads, said_in

OPERATOR = operator_viewer(COUNTY)
EVERY = CaseFilter()


def officer(*principals: str, **changed: object) -> Viewer:
    viewer = Viewer(COUNTY, "a", frozenset(principals), sees_all=False, department="a", post="a/1")
    return replace(viewer, **changed)  # type: ignore[arg-type]  # the fields of a viewer


def put(units: Units, changes: Changes, *cases: Case) -> None:
    units.run(lambda unit: unit.add_cases([replace(case, version=1, seq=0) for case in cases]))
    units.run(lambda unit: unit.write(changes))


def ids(reads: Reads, wanted: CaseFilter, viewer: Viewer = OPERATOR) -> list[str]:
    return [row.case.id for row in reads.cases(viewer, wanted).rows]


def later(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_cases_come_most_recently_changed_first_and_page_by_page(units: Units, reads: Reads) -> None:
    put(units, Changes(), *(a_case(f"c{number}", last_at=later(number // 2)) for number in range(7)))

    pages = [reads.cases(OPERATOR, EVERY, limit=3)]
    while pages[-1].cursor is not None:
        pages.append(reads.cases(OPERATOR, EVERY, limit=3, cursor=pages[-1].cursor))

    assert [[row.case.id for row in page.rows] for page in pages] == [["c6", "c5", "c4"], ["c3", "c2", "c1"], ["c0"]]


def test_a_page_that_holds_exactly_the_rest_has_no_cursor(units: Units, reads: Reads) -> None:
    put(units, Changes(), a_case("c1"), a_case("c2"))

    assert reads.cases(OPERATOR, EVERY, limit=2).cursor is None


def test_a_line_shows_the_most_urgent_item_and_everybody_who_holds_one(units: Units, reads: Reads) -> None:
    urgent, relaxed = an_item("i1", due_at=later(5)), an_item("i2", due_at=later(9), seat=2)
    never, closed = an_item("i3", due_at=None, seat=3), an_item("i4", due_at=later(1), closed_at=START, seat=4)
    holders = [a_holder("user:b", "i2"), a_holder("user:a", "i1"), a_holder("user:b", "i1"), a_holder("user:c", "i4")]
    put(units, Changes(items=[relaxed, urgent, never, closed], holders_opened=holders), a_case("c1"), a_case("c2"))
    units.run(lambda unit: unit.write(Changes(items_closed=["i4"])))

    rows = {row.case.id: row for row in reads.cases(OPERATOR, EVERY).rows}

    assert rows["c1"].item == urgent
    assert rows["c1"].holders == ("user:a", "user:b")
    assert (rows["c2"].item, rows["c2"].holders) == (None, ())


def test_a_line_shows_nothing_personal(units: Units, reads: Reads) -> None:
    put(units, Changes(), a_case("c1", person="P-1", personal={"name": "样例一"}))

    assert [row.case.personal for row in reads.cases(OPERATOR, EVERY).rows] == [{}]


HEADS: dict[str, tuple[CaseFilter, dict[str, Any]]] = {
    "a workflow": (CaseFilter(workflow="w2"), {"workflow": "w2"}),
    "a state": (CaseFilter(state="completed"), {"state": State.COMPLETED}),
    "a department": (CaseFilter(department="b"), {"department": "b"}),
    "a subject": (CaseFilter(subject="M-9"), {"key": "M-9"}),
    "a text in the key, whatever its case": (CaseFilter(text="mem-ABC_1"), {"key": "Mem-abc_1x"}),
    "a text in the id": (CaseFilter(text="YES"), {}),
    "a text in the workflow": (CaseFilter(text="retent"), {"workflow": "member_retention"}),
}


@pytest.mark.parametrize("what", HEADS)
def test_cases_are_filtered_by(what: str, units: Units, reads: Reads) -> None:
    wanted, changed = HEADS[what]
    put(units, Changes(), a_case("yes", **changed), a_case("no", key="Mem-abcx1"))

    assert ids(reads, wanted) == ["yes"]


def test_cases_are_filtered_by_quarantine_either_way(units: Units, reads: Reads) -> None:
    put(units, Changes(), a_case("c1"), a_case("c2"))
    units.run(lambda unit: unit.quarantine("c2", "five attempts failed"))

    assert ids(reads, CaseFilter(quarantined=True)) == ["c2"]
    assert ids(reads, CaseFilter(quarantined=False)) == ["c1"]
    assert reads.pending()["quarantined"] == 1


def test_cases_are_filtered_by_holder_round_and_due_date(units: Units, reads: Reads) -> None:
    second = an_item("i2", "c2", round=2, due_at=later(60))
    closed = an_item("i3", "c3", round=3, closed_at=START)
    put(
        units,
        Changes(items=[an_item("i1", "c1", due_at=later(10)), second, closed], holders_opened=[a_holder("user:a")]),
        a_case("c1"),
        a_case("c2"),
        a_case("c3"),
    )

    assert ids(reads, CaseFilter(holder="user:a")) == ["c1"]
    assert ids(reads, CaseFilter(round=2)) == ["c2"]
    assert ids(reads, CaseFilter(round=3)) == ["c3"]
    assert ids(reads, CaseFilter(due_before=later(60))) == ["c1"]
    assert ids(reads, CaseFilter(due_after=later(60))) == ["c2"]
    assert ids(reads, CaseFilter(due_after=later(5), due_before=later(61))) == ["c2", "c1"]


def test_cases_are_filtered_by_the_light_of_the_moment(units: Units, reads: Reads, clock: Clock) -> None:
    items = [
        an_item("i1", "green", yellow_at=later(10), due_at=later(20)),
        an_item("i2", "yellow", yellow_at=START, due_at=later(20)),
        an_item("i3", "red", yellow_at=later(-20), due_at=later(-10)),
        an_item("i4", "grey", yellow_at=later(-20), due_at=later(-10), paused_at=START),
        an_item("i5", "timeless", yellow_at=None, due_at=None),
        an_item("i6", "just", yellow_at=later(-20), due_at=START),
    ]
    put(units, Changes(items=items), *(a_case(item.case) for item in items), a_case("idle"))

    lights = {
        light: sorted(ids(reads, CaseFilter(light=light))) for light in ("green", "yellow", "red", "grey", "blue")
    }
    clock.turn(minutes=15)

    assert lights == {
        "green": ["green", "timeless"],
        "yellow": ["just", "yellow"],
        "red": ["red"],
        "grey": ["grey"],
        "blue": [],
    }
    assert sorted(ids(reads, CaseFilter(light="red"))) == ["just", "red"]
    assert sorted(ids(reads, CaseFilter(light="yellow"))) == ["green", "yellow"]


def test_what_stands_in_a_suspended_tree_is_grey_until_it_goes_on(units: Units, reads: Reads) -> None:
    holder = Holder("i1", "child", "user:a", Capacity.OWNER, later(-10))
    item = an_item("i1", "child", yellow_at=later(-20), due_at=later(-10))
    put(
        units,
        Changes(items=[item], holders_opened=[holder], access=[Access("child", "user:a", "item")]),
        a_case("root"),
        a_case("child", root="root", parent=("root", "steps")),
    )
    units.run(lambda unit: unit.close_gate("root", "head", "样例"))

    suspended = ids(reads, CaseFilter(light="grey")), ids(reads, CaseFilter(light="red"))
    held = reads.items(officer("user:a"), wanted=ItemFilter(light="grey"))
    counted = reads.item_counts(officer("user:a"))
    units.run(lambda unit: unit.open_gate("root"))

    assert suspended == (["child"], [])
    assert [one.item.id for one in held] == ["i1"]
    assert (counted.open, counted.red) == (1, 0)
    assert ids(reads, CaseFilter(light="red")) == ["child"]
    assert reads.item_counts(officer("user:a")).red == 1


def test_counts_are_by_workflow_and_state_and_for_the_viewer_only(units: Units, reads: Reads) -> None:
    put(
        units,
        Changes(access=[Access("c1", "user:a", "holder")]),
        a_case("c1"),
        a_case("c2"),
        a_case("c3", state=State.COMPLETED),
    )

    assert reads.counts(OPERATOR) == {("member_registration", "running"): 2, ("member_registration", "completed"): 1}
    assert reads.counts(officer("user:a")) == {("member_registration", "running"): 1}


def test_a_case_is_shown_with_everything_that_ever_was_in_it(units: Units, reads: Reads) -> None:
    done = an_activation("c1", "steps/0", state=ActivationState.DONE, entered_at=later(-5))
    closed = an_item("i1", opened_at=later(-5), state=ItemState.APPROVED, closed_at=START, closed_by="user:a")
    waits = Subscription("c1", "on/0", 1, "member.withdrawn.v1", "M-c1")
    put(
        units,
        Changes(
            activations=[an_activation("c1"), done],
            items=[an_item("i2", seat=2), closed],
            holders_opened=[a_holder("user:b", "i2"), a_holder("user:a", "i2")],
            timers_set=[a_timer("t2"), a_timer("t1", due_at=START)],
            subscriptions_opened=[waits],
        ),
        a_case("c1"),
    )

    view = reads.case(OPERATOR, "c1")

    assert view is not None
    assert view.activations == (done, an_activation("c1"))
    assert view.items == (closed, an_item("i2", seat=2))
    assert view.holders == {"i1": (), "i2": (a_holder("user:a", "i2"), a_holder("user:b", "i2"))}
    assert [timer.id for timer in view.timers] == ["t1", "t2"]
    assert view.subscriptions == (waits,)


def test_an_inbox_is_in_order_of_urgency_and_goes_on_after_its_last_item(units: Units, reads: Reads) -> None:
    items = [an_item(f"i{number}", seat=number, due_at=later(9 - number // 2)) for number in range(5)]
    items.append(an_item("i9", seat=9, due_at=None))
    holders = [a_holder("user:a", item.id, due_at=item.due_at) for item in items]
    put(
        units,
        Changes(items=items, holders_opened=holders, access=[Access("c1", "user:a", "holder")]),
        a_case("c1"),
    )

    first = reads.items(officer("user:a"), limit=4)
    rest = reads.items(officer("user:a"), limit=4, cursor=first[-1].item.id)

    assert [view.item.id for view in first + rest] == ["i4", "i2", "i3", "i0", "i1", "i9"]
    assert first[0].holders == (a_holder("user:a", "i4", due_at=later(7)),)


def test_in_an_inbox_the_urgent_cases_stand_first_page_by_page(units: Units, reads: Reads) -> None:
    urgencies = {"c1": Urgency.NORMAL, "c2": Urgency.URGENT, "c3": Urgency.MOST_URGENT}
    items = [an_item(f"i{number}{case}", case, due_at=later(number)) for case in urgencies for number in (1, 2)]
    holders = [a_holder("user:a", item.id, item.case, due_at=item.due_at) for item in items]
    access = [Access(case, "user:a", "holder") for case in urgencies]
    cases = [a_case(case, urgency=urgency) for case, urgency in urgencies.items()]
    put(units, Changes(items=items, holders_opened=holders, access=access), *cases)

    first = reads.items(officer("user:a"), limit=3)
    rest = reads.items(officer("user:a"), limit=9, cursor=first[-1].item.id)

    assert [view.item.id for view in first + rest] == ["i1c3", "i2c3", "i1c2", "i2c2", "i1c1", "i2c1"]


def test_an_inbox_holds_only_open_items_that_the_viewer_holds_now(units: Units, reads: Reads) -> None:
    waiting = an_item("i2", state=ItemState.WAITING)
    put(
        units,
        Changes(
            items=[an_item("i1"), waiting, an_item("i3"), an_item("i4")],
            holders_opened=[a_holder("role:clerk:", "i1"), a_holder("user:a", "i2"), a_holder("user:b", "i3")],
            access=[Access("c1", "role:clerk:", "holder")],
        ),
        a_case("c1"),
    )

    assert [view.item.id for view in reads.items(officer("user:a", "role:clerk:"))] == ["i1"]
    assert reads.items(officer("user:a")) == ()


def test_an_inbox_is_filtered_by_workflow_light_text_and_by_who_else_may_take_it(units: Units, reads: Reads) -> None:
    items = [
        an_item("late", "c1", yellow_at=later(-20), due_at=later(-10)),
        an_item("near", "c1", yellow_at=START, due_at=later(20), seat=2),
        an_item("other", "c2", yellow_at=later(10), due_at=later(20)),
    ]
    holders = [
        a_holder("role:clerk:", "late"),
        a_holder("user:a", "near"),
        a_holder("role:clerk:", "near"),
        a_holder("role:clerk:", "other", "c2"),
    ]
    access = [Access(case, "role:clerk:", "holder") for case in ("c1", "c2")]
    put(
        units,
        Changes(items=items, holders_opened=holders, access=access),
        a_case("c1", key="M-100%"),
        a_case("c2", workflow="member_retention"),
    )
    clerk = officer("user:a", "role:clerk:")

    found = {
        what: [view.item.id for view in reads.items(clerk, wanted=wanted)]
        for what, wanted in {
            "workflow": ItemFilter(workflow="member_retention"),
            "red": ItemFilter(light="red"),
            "yellow": ItemFilter(light="yellow"),
            "text": ItemFilter(text="m-100%"),
            "shared": ItemFilter(shared=True),
            "all": ItemFilter(workflow="member_retention", light="red"),
        }.items()
    }

    assert found == {
        "workflow": ["other"],
        "red": ["late"],
        "yellow": ["near"],
        "text": ["late", "near"],
        "shared": ["late", "other"],
        "all": [],
    }
    assert reads.item_counts(clerk) == ItemCounts(open=3, shared=2, yellow=1, red=1)
    assert reads.item_counts(officer("user:b")) == ItemCounts()


def test_what_a_colleague_has_claimed_waits_for_nobody_else(units: Units, reads: Reads) -> None:
    items = [an_item("mine", claimed_by="a"), an_item("theirs", claimed_by="b", seat=2), an_item("free", seat=3)]
    holders = [a_holder("role:clerk:", item.id) for item in items]
    put(
        units,
        Changes(items=items, holders_opened=holders, access=[Access("c1", "role:clerk:", "holder")]),
        a_case("c1"),
    )
    clerk = officer("role:clerk:")

    assert {view.item.id for view in reads.items(clerk)} == {"mine", "free"}
    assert [view.item.id for view in reads.items(clerk, wanted=ItemFilter(shared=True))] == ["free"]
    assert reads.item_counts(clerk) == ItemCounts(open=2, shared=1)


def test_what_somebody_decided_is_listed_last_first_and_page_by_page(units: Units, reads: Reads) -> None:
    def decided(id_: str, case: str, at: int, by: str = "a") -> WorkItem:
        return an_item(id_, case, state=ItemState.APPROVED, closed_at=later(at), closed_by=by)

    items = [
        decided("i1", "c1", 1),
        decided("i2", "c2", 3),
        decided("i3", "c1", 3),
        decided("i4", "hidden", 4),
        decided("i5", "c1", 5, by="b"),
        an_item("i6", "c1"),
    ]
    access = [Access(case, "user:a", "holder") for case in ("c1", "c2")]
    put(
        units,
        Changes(items=items, access=access),
        a_case("c1"),
        a_case("c2", workflow="member_retention"),
        a_case("hidden"),
    )
    clerk = officer("user:a")

    first = reads.done(clerk, limit=2)
    rest = reads.done(clerk, limit=2, cursor=first[-1].item.id)

    assert [view.item.id for view in first + rest] == ["i3", "i2", "i1"]
    assert [view.item.id for view in reads.done(clerk, wanted=ItemFilter(workflow="member_retention"))] == ["i2"]
    assert [view.item.id for view in reads.done(clerk, wanted=ItemFilter(text="m-c1"))] == ["i3", "i1"]


def test_a_case_tells_whom_it_told(units: Units, reads: Reads, clock: Clock) -> None:
    put(units, Changes(access=[Access("c1", "user:a", "holder")]), a_case("c1"), a_case("c2"))
    first = Effect("n1", "c1", "notice", {"to": ["user:a", "role:clerk:"], "template": "assigned", "case": "c1"})
    units.run(
        lambda unit: unit.add_notices([first, replace(first, key="n3", case="c2", body={**first.body, "case": "c2"})])
    )
    clock.turn(minutes=1)
    units.run(lambda unit: unit.add_notices([replace(first, key="n2", body={**first.body, "to": ["user:b"]})]))

    told = reads.told(officer("user:a"), "c1")

    assert [(one.key, one.to) for one in told] == [("n2", "user:b"), ("n1", "user:a"), ("n1", "role:clerk:")]
    assert reads.told(officer("user:b"), "c1") == ()


def test_an_item_is_shown_open_or_closed_to_whoever_may_see_its_case(units: Units, reads: Reads) -> None:
    closed = an_item("i1", state=ItemState.APPROVED, closed_at=START)
    put(units, Changes(items=[closed], access=[Access("c1", "user:a", "holder")]), a_case("c1"))

    view = reads.item(officer("user:a"), "i1")

    assert view is not None
    assert (view.item, view.case.id, view.holders) == (closed, "c1", ())
    assert reads.item(officer("user:b"), "i1") is None
    assert reads.item(OPERATOR, "absent") is None


def test_what_may_not_be_seen_is_answered_as_what_does_not_exist(units: Units, reads: Reads) -> None:
    put(units, Changes(items=[an_item("i1")], access=[Access("c1", "user:a", "holder")]), a_case("c1"))
    stranger = officer("user:b")

    assert (reads.case(stranger, "c1"), reads.case(stranger, "absent")) == (None, None)
    assert (reads.history(stranger, "c1"), reads.history(stranger, "absent")) == ((), ())
    assert (reads.item(stranger, "i1"), reads.item(stranger, "absent")) == (None, None)
    assert reads.personal(stranger, "c1", "查看") == reads.personal(stranger, "absent", "查看") == {}


def test_personal_values_are_for_those_who_hold_or_held_an_item_and_may_see_the_case(
    units: Units, reads: Reads
) -> None:
    put(
        units,
        Changes(
            items=[an_item("i1")],
            holders_opened=[a_holder("user:a"), a_holder("user:c")],
            access=[Access("c1", "user:a", "holder"), Access("c1", "user:b", "sender")],
        ),
        a_case("c1", person="P-1", personal={"name": "样例一"}),
    )
    said = an_entry("c1", 1, opinion="同意")
    units.run(lambda unit: unit.write(Changes(items_closed=["i1"], history=[said])))

    shown = {user: reads.personal(officer(f"user:{user}"), "c1", "核对资料") for user in ("a", "b", "c")}

    assert shown == {"a": {"name": "样例一", said_in(1): "同意"}, "b": {}, "c": {}}
    assert reads.personal(OPERATOR, "c1", "核对资料") == {}


def test_an_event_tells_what_became_of_it(units: Units, reads: Reads) -> None:
    events = [an_event("waits"), an_event("parked"), an_event("done")]
    keyed = units.run(lambda unit: unit.key_events(events))
    rows = [stored(one.no, event) for one, event in zip(keyed, events, strict=True)]
    units.run(lambda unit: unit.add_events(rows))
    units.run(lambda unit: unit.park_unmatched([rows[1]]))
    units.run(lambda unit: unit.post([an_inbox_row("c2", event=rows[0].no), an_inbox_row("c1", event=rows[0].no)]))
    units.run(lambda unit: unit.post([an_inbox_row("c3", event=rows[2].no)]))
    done = units.read(lambda unit: unit.claim_cases(["c3"]))
    units.run(lambda unit: unit.clear_inbox([row.no for row in done]))

    views = [reads.event(OPERATOR, event.source, event.id) for event in events]

    assert [(view.status, view.cases, view.at) for view in views if view] == [
        ("waiting", ("c1", "c2"), START),
        ("unmatched", (), START),
        ("applied", ("c3",), START),
    ]


def test_an_event_is_shown_to_the_department_that_sent_it(units: Units, reads: Reads) -> None:
    (keyed,) = units.run(lambda unit: unit.key_events([an_event("e1")]))
    units.run(lambda unit: unit.add_events([stored(keyed.no, an_event("e1"))]))
    sender = department_viewer(COUNTY, "a", frozenset(), frozenset({"submit"}))

    assert reads.event(sender, "urn:dept:a", "e1") is not None
    assert reads.event(replace(sender, department="b"), "urn:dept:a", "e1") is None
    assert reads.event(sender, "urn:dept:a", "absent") is None


def test_a_notice_reaches_each_of_its_recipients_once_and_the_newest_first(
    units: Units, reads: Reads, clock: Clock
) -> None:
    first = Effect("n1", "c1", "notice", {"to": ["user:a", "role:clerk:"], "template": "assigned", "case": "c1"})
    second = replace(first, key="n2", body={"to": ["user:a"], "template": "reminder", "case": "c1"})
    units.run(lambda unit: unit.add_notices([first]))
    clock.turn(minutes=1)
    units.run(lambda unit: unit.add_notices([first, second]))

    assert [(one.key, one.to, one.at) for one in reads.notices(officer("user:a"))] == [
        ("n2", "user:a", later(1)),
        ("n1", "user:a", START),
    ]
    assert [one.key for one in reads.notices(officer("role:clerk:"))] == ["n1"]
    assert [one.body for one in reads.notices(officer("user:a"), limit=1)] == [second.body]


def test_pending_counts_what_is_left_to_do(units: Units, reads: Reads) -> None:
    put(
        units,
        Changes(
            timers_set=[a_timer("t1", due_at=START), a_timer("t2", due_at=later(1))],
            effects=[Effect("f1", "c1", "publish", {}), Effect("f2", "c1", "publish", {})],
        ),
        a_case("c1"),
    )
    units.run(lambda unit: unit.post([an_inbox_row("c1")]))
    units.run(lambda unit: unit.park_unmatched([stored(1)]))
    leased = units.run(lambda unit: unit.lease_effects(1, 30))
    units.run(lambda unit: unit.record_sent(leased))

    assert reads.pending() == {
        "inbox": 1,
        "effects": 1,
        "timers": 1,
        "quarantined": 0,
        "unsealed": 0,
        "unmatched": 1,
    }


def test_the_clock_of_the_store_is_the_clock_of_its_queries(reads: Reads, clock: Clock) -> None:
    clock.turn(hours=5)

    assert reads.now() == START + timedelta(hours=5)
