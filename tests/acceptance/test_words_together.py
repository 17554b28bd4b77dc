"""Words that reach across branches and cases, run through the office: what one of them does the others are told."""

from datetime import timedelta
from typing import Any

import pytest

from workflows.language.expressions import at_least, contains
from workflows.language.words import (
    Step,
    Workflow,
    always,
    approve,
    beside,
    call,
    carry_out,
    choice,
    do,
    end,
    exclusive,
    for_each,
    guard,
    join,
    loop,
    parallel,
    public_notice,
    race,
    remind,
    role,
    sequence,
    set_field,
    vote,
    wait,
    way,
    when,
    workflow,
)
from workflows.reads import ItemView
from workflows.testkit import Office, staff

PEOPLE = staff(head="office_head", clerk="clerk", ann="panel", ben="panel", eve="panel", dan="panel")
CLERK = role("clerk")


def process(name: str, *steps: Step, **more: Any) -> Workflow:
    """A workflow of its own that starts on "NAME.asked.v1"."""
    return workflow(name, starts_on=f"{name}.asked.v1", about="trial", steps=sequence(*steps), **more)


def task(name: str) -> Step:
    return carry_out(name, by=CLERK)


def started(office: Office, name: str, key: str = "k1", **plain: Any) -> str:
    (case,) = office.send(office.event(f"{name}.asked.v1", key=key, **plain)).cases
    return case


def happen(office: Office, name: str, key: str = "k1", **plain: Any) -> None:
    office.send(office.event(name, key=key, **plain))


def items(office: Office, user: str = "clerk") -> dict[str, ItemView]:
    """The open items of `user` by the place they stand in, without the beginning that all have."""
    return {one.item.path.removeprefix("steps/"): one for one in office.inbox(user)}


def finish(office: Office, place: str, user: str = "clerk", verb: str = "complete", **more: Any) -> None:
    assert office.act(user, items(office, user)[place], verb, **more).status == 200


def outcome(office: Office, case: str) -> tuple[str, str | None]:
    head = office.case(case).head
    return head.state.value, head.outcome


def children(office: Office, parent: str) -> dict[str, str]:
    """The sub-cases of a case, by their keys."""
    heads = (row.case for row in office.cases())
    return {head.key: head.id for head in heads if head.parent is not None and head.parent[0] == parent}


# -- call --------------------------------------------------------------------------------------------------

INSPECTION = process("inspection", task("look"), do("good", set_field("grade", value="good")), end("looked"))


def calling(**more: Any) -> Office:
    visit = process(
        "visit",
        call("inspections", workflow="inspection", over="sites", gives={"town": "town"}, outcome="said", **more),
        end("visited"),
    )
    return Office([visit, INSPECTION], PEOPLE)


def look(office: Office, key: str) -> None:
    """Finish the inspection of one site."""
    (item,) = [one for one in office.inbox("clerk") if one.case.key == key]
    assert office.act("clerk", item, "complete").status == 200


def test_a_call_waits_for_all_its_sub_cases_and_takes_what_they_found() -> None:
    office = calling(takes={"grades": "grade"})
    case = started(office, "visit", sites=["a", "b"], town="T1")

    look(office, "b")
    half_way = office.case(case).head
    look(office, "a")

    assert (half_way.state, half_way.fields["grades"], half_way.fields["said"]) == (
        "running",
        [None, "good"],
        [None, "looked"],
    )
    assert outcome(office, case) == ("completed", "visited")
    fields = office.case(case).head.fields
    assert (fields["grades"], fields["said"]) == (["good", "good"], ["looked", "looked"])
    called = office.case(children(office, case)["a"]).head
    assert (called.root, called.parent, called.fields["town"]) == (case, (case, "steps/inspections"), "T1")


def test_a_join_may_look_at_the_list_of_what_the_sub_cases_answered() -> None:
    office = calling(takes={"grades": "grade"}, join=join(once=contains("grades", "good")))
    case = started(office, "visit", sites=["a", "b", "c"])

    look(office, "c")

    assert outcome(office, case) == ("completed", "visited")
    assert office.case(case).head.fields["grades"] == [None, None, "good"]


def test_a_call_of_nothing_answers_an_empty_list() -> None:
    office = calling(takes={"grades": "grade"})

    case = started(office, "visit", sites=[])

    assert office.case(case).head.fields["grades"] == office.case(case).head.fields["said"] == []


def test_calls_of_two_elements_collect_apart() -> None:
    each = for_each(
        "each",
        over=2,
        each="n",
        do=sequence(
            call("inspections", workflow="inspection", over="sites", outcome="said"),
            choice("which", when(contains("said", "looked"), task("after")), otherwise=task("nothing_said")),
        ),
    )
    office = Office([process("visit", each), INSPECTION], PEOPLE)
    case = started(office, "visit", sites=["a"])

    finish(office, "look")

    assert [place.partition("#")[2][1:] for place in sorted(items(office))] == ["/which/0", ""]
    assert "said" not in office.case(case).head.fields


def test_a_call_that_waits_for_any_goes_on_with_the_first_and_withdraws_the_others() -> None:
    office = calling(join=join(of=1))
    case = started(office, "visit", sites=["a", "b", "c"])

    look(office, "b")

    assert outcome(office, case) == ("completed", "visited")
    ended = {key: outcome(office, child) for key, child in children(office, case).items()}
    assert ended["b"] == ("completed", "looked")
    assert ended["a"] == ended["c"] == ("withdrawn", "withdrawn_with_parent")


def test_a_call_that_ignores_its_rest_goes_on_and_lets_the_rest_run() -> None:
    office = Office(
        [
            process(
                "visit",
                call("inspections", workflow="inspection", over="sites", join=join(of=1, rest="ignore")),
                task("report"),
            ),
            INSPECTION,
        ],
        PEOPLE,
    )
    case = started(office, "visit", sites=["a", "b"])

    look(office, "a")
    reporting = "report" in items(office)
    finish(office, "report")
    before = outcome(office, case)
    look(office, "b")

    assert reporting
    assert outcome(office, children(office, case)["b"]) == ("completed", "looked")
    assert (before[0], outcome(office, case)[0]) == ("running", "completed")


def test_a_call_that_does_not_wait_lets_its_sub_case_outlive_it() -> None:
    office = calling(waits=False)
    case = started(office, "visit", sites=["a"])

    child = children(office, case)["a"]
    before = outcome(office, child)
    look(office, "a")

    assert outcome(office, case) == ("completed", "visited")
    assert (before[0], outcome(office, child)) == ("running", ("completed", "looked"))


def test_a_sub_case_is_withdrawn_with_its_parent() -> None:
    office = calling()
    case = started(office, "visit", sites=["a", "b"])

    office.act("department:office", case, "withdraw")

    assert [outcome(office, child) for child in children(office, case).values()] == [
        ("withdrawn", "withdrawn_with_parent")
    ] * 2
    assert office.inbox("clerk") == ()


def test_a_key_that_is_listed_twice_is_called_once() -> None:
    office = calling()
    case = started(office, "visit", sites=["a", "a"])

    look(office, "a")

    assert outcome(office, case) == ("completed", "visited")


def test_a_call_of_a_workflow_that_is_not_there_quarantines_the_caller_and_says_why() -> None:
    office = Office([process("visit", call("gone", workflow="absent"))], PEOPLE)

    case = started(office, "visit")

    why = office.case(case).head.quarantine
    assert why is not None
    assert "step 'steps/gone' starts workflow 'absent'" in why


# -- exclusive ---------------------------------------------------------------------------------------------

ROOM = process("room", exclusive("booked", resource="room", of="room", do=task("meet")), end("met"))


def test_of_two_cases_that_want_one_resource_the_second_waits_for_the_first() -> None:
    office = Office([ROOM], PEOPLE)
    first, second = (started(office, "room", key=key, room="A") for key in ("k1", "k2"))
    other = started(office, "room", key="k3", room="B")

    meeting = [one.case.id for one in office.inbox("clerk")]
    office.act("clerk", office.inbox("clerk")[meeting.index(first)], "complete")

    assert set(meeting) == {first, other}
    assert {one.case.id for one in office.inbox("clerk")} == {second, other}


def test_who_waits_for_a_resource_gets_it_in_the_order_of_coming() -> None:
    office = Office([ROOM], PEOPLE)
    cases = [started(office, "room", key=key, room="A") for key in ("k3", "k1", "k2")]

    met = []
    for _ in cases:
        (item,) = office.inbox("clerk")
        met.append(item.case.id)
        office.act("clerk", item, "complete")

    assert met == cases


def test_a_case_that_is_withdrawn_gives_its_resource_and_its_place_back() -> None:
    office = Office([ROOM], PEOPLE)
    first, second, third = (started(office, "room", key=key, room="A") for key in ("k1", "k2", "k3"))

    office.act("department:office", second, "withdraw")
    office.act("department:office", first, "withdraw")

    assert [one.case.id for one in office.inbox("clerk")] == [third]


def test_two_branches_of_one_case_take_their_turns_too() -> None:
    def booked(name: str) -> Step:
        return exclusive(name, resource="car", do=task("drive"))

    office = Office([process("trip", parallel("both", always(booked("a")), always(booked("b"))))], PEOPLE)
    case = started(office, "trip")

    at_first = set(items(office))
    finish(office, "0/both/0/do" if "0/both/0/do" in at_first else next(iter(at_first)))
    then = set(items(office))
    finish(office, next(iter(then)))

    assert (len(at_first), len(then)) == (1, 1)
    assert at_first.isdisjoint(then)
    assert outcome(office, case)[0] == "completed"


# -- suspension --------------------------------------------------------------------------------------------

SILENT = process(
    "silent",
    parallel(
        "both",
        always(wait("paid", event="paid.v1", takes=("receipt",), within=5, silence=end("unpaid"))),
        always(approve("sign", by=CLERK, within=5, overdue=(remind(-1),), on_reject=end("refused"))),
        on=(beside("noted.v1", task("note"), takes=("note",)),),
    ),
    end("done"),
)


def test_a_suspended_case_takes_no_act_and_says_why() -> None:
    office = Office([SILENT], PEOPLE)
    case = started(office, "silent")
    item = items(office)["both/1"]

    assert office.suspend("head", case, "待上级批复").status == 200
    answer = office.act("clerk", item, "agree")

    assert (answer.status, answer.body["code"]) == (409, "suspended")
    assert office.case(case).head.gate == "待上级批复"
    assert office.act("department:office", case, "withdraw").body["code"] == "suspended"


def test_only_the_head_of_the_office_suspends_and_resumes() -> None:
    office = Office([SILENT], PEOPLE)
    case = started(office, "silent")

    by_clerk = office.suspend("clerk", case, "x")
    without_reason = office.suspend("head", case, "")
    too_early = office.resume("head", case)
    office.suspend("head", case, "待批复")
    resumed_by_clerk = office.resume("clerk", case)

    assert [one.status for one in (by_clerk, without_reason, too_early, resumed_by_clerk)] == [403, 422, 409, 403]


def test_a_suspension_and_its_end_stand_in_the_history_with_who_and_why() -> None:
    office = Office([SILENT], PEOPLE)
    case = started(office, "silent")

    office.suspend("head", case, "待批复")
    office.resume("head", case)

    said = [(one.body["what"], one.body["actor"]) for one in office.history(case)][1:]
    assert said == [("act:suspend", "head"), ("act:resume", "head"), ("signal:resumed", "SYSTEM")]
    assert office.history(case)[1].body["delta"]["opinion"] == "待批复"


def test_what_comes_while_a_case_is_suspended_is_kept_in_its_order() -> None:
    office = Office([SILENT], PEOPLE)
    case = started(office, "silent")
    office.suspend("head", case, "待批复")

    for note in ("first", "second", "third"):
        happen(office, "noted.v1", note=note)
    happen(office, "paid.v1", receipt="r1")
    kept = [one.body["what"] for one in office.history(case)]
    office.resume("head", case)

    after = [one.body["what"] for one in office.history(case)][len(kept) + 1 :]
    assert kept == ["event:silent.asked.v1", "act:suspend"]
    assert after == ["signal:resumed", *["event:noted.v1"] * 3, "event:paid.v1"]
    assert office.case(case).head.fields["note"] == "third"


def test_clocks_stand_still_while_a_case_is_suspended_and_nothing_fires_in_a_burst() -> None:
    office = Office([SILENT], PEOPLE)
    case = started(office, "silent")
    due = items(office)["both/1"].item.due_at
    assert due is not None

    office.suspend("head", case, "待批复")
    office.turn(days=28)
    told = office.notices("clerk")
    office.resume("head", case)

    moved = items(office)["both/1"].item.due_at
    assert (outcome(office, case)[0], told, office.notices("clerk")) == ("running", (), ())
    assert moved == due + timedelta(days=28)
    office.turn(days=6)
    assert [notice.body["template"] for notice in office.notices("clerk")] == ["remind"]
    assert outcome(office, case)[0] == "running"
    office.turn(days=2)
    assert outcome(office, case) == ("completed", "unpaid")


def test_two_pauses_count_both() -> None:
    office = Office([SILENT], PEOPLE)
    case = started(office, "silent")
    due = items(office)["both/1"].item.due_at
    assert due is not None

    for _ in range(2):
        office.suspend("head", case, "待批复")
        office.turn(days=7)
        office.resume("head", case)

    assert items(office)["both/1"].item.due_at == due + timedelta(days=14)


def test_a_tree_is_suspended_with_its_sub_cases_and_from_its_root_only() -> None:
    office = calling()
    case = started(office, "visit", sites=["a"])
    child = children(office, case)["a"]
    (item,) = office.inbox("clerk")

    from_below = office.suspend("head", child, "待批复")
    office.suspend("head", case, "待批复")
    answer = office.act("clerk", item, "complete")
    office.resume("head", case)

    assert (from_below.status, from_below.body["code"]) == (409, "not_root")
    assert (answer.status, answer.body["code"]) == (409, "suspended")
    look(office, "a")
    assert outcome(office, case) == ("completed", "visited")


# -- votes and notices -------------------------------------------------------------------------------------


def voting() -> Office:
    panel = vote(
        "panel",
        by=role("panel"),
        quorum="1/2",
        passes="1/2",
        within=5,
        fails=end("failed"),
        tie=end("tied"),
        no_quorum=end("too_few"),
    )
    return Office([process("election", panel, end("passed"))], PEOPLE)


@pytest.mark.parametrize(
    ("cast", "ended"),
    [
        ({"ann": "agree", "ben": "agree", "eve": "agree"}, "passed"),
        ({"ann": "reject", "ben": "reject", "eve": "reject"}, "failed"),
        ({"ann": "agree", "ben": "reject", "eve": "agree", "dan": "reject"}, "tied"),
    ],
)
def test_a_vote_is_closed_as_soon_as_its_result_is_certain(cast: dict[str, str], ended: str) -> None:
    office = voting()
    case = started(office, "election")

    for user, verb in cast.items():
        finish(office, "panel", user, verb)

    assert outcome(office, case) == ("completed", ended)
    assert [office.inbox(user) for user in ("ann", "ben", "eve", "dan")] == [()] * 4


@pytest.mark.parametrize(
    ("cast", "ended"), [({"ann": "agree"}, "too_few"), ({"ann": "agree", "ben": "agree"}, "passed")]
)
def test_when_the_time_of_a_vote_is_over_the_votes_cast_decide(cast: dict[str, str], ended: str) -> None:
    office = voting()
    case = started(office, "election")
    for user, verb in cast.items():
        finish(office, "panel", user, verb)

    office.turn(days=8)

    assert outcome(office, case) == ("completed", ended)


NOTICE = process(
    "notice",
    public_notice("shown", lasts=5, on=(beside("objected.v1", task("inquiry"), pauses=True),)),
    end("shown"),
)


def test_a_notice_stands_for_its_time() -> None:
    office = Office([NOTICE], PEOPLE)
    case = started(office, "notice")

    office.turn(days=6)
    before = outcome(office, case)
    office.turn(days=2)

    assert (before[0], outcome(office, case)) == ("running", ("completed", "shown"))


def test_an_objection_stops_the_clock_of_a_notice_until_it_was_looked_into() -> None:
    office = Office([NOTICE], PEOPLE)
    case = started(office, "notice")
    office.turn(days=1)

    happen(office, "objected.v1")
    office.turn(days=14)
    paused = outcome(office, case)
    (item,) = office.inbox("clerk")
    office.act("clerk", item, "complete")
    office.turn(days=5)
    almost = outcome(office, case)
    office.turn(days=2)

    assert (paused[0], almost[0]) == ("running", "running")
    assert outcome(office, case) == ("completed", "shown")


# -- for-each, joins, loop, race, guard --------------------------------------------------------------------


def test_a_for_each_that_grows_waits_for_what_joined_it() -> None:
    growing = for_each("each", over="sites", each="site", do=task("look"), grows_on="site.added.v1", takes="site")
    office = Office([process("tour", growing, end("toured"))], PEOPLE)
    case = started(office, "tour", sites=["a", "b"])

    finish(office, "each/do#1")
    happen(office, "site.added.v1", site="c")
    places = set(items(office))
    finish(office, "each/do#2")
    before = outcome(office, case)
    finish(office, "each/do#3")

    assert places == {"each/do#2", "each/do#3"}
    assert (before[0], outcome(office, case)) == ("running", ("completed", "toured"))
    values = {one.path: one.values["site"] for one in office.case(case).activations if "do#" in one.path}
    assert values == {"steps/each/do#1": "a", "steps/each/do#2": "b", "steps/each/do#3": "c"}


def touring(rest: Any) -> Office:
    each = for_each("each", over=3, each="site", do=task("look"), join=join(of=2, rest=rest))
    return Office([process("tour", each, task("report"))], PEOPLE)


def test_a_partial_join_cancels_the_rest() -> None:
    office = touring("cancel")
    started(office, "tour")

    finish(office, "each/do#3")
    finish(office, "each/do#1")

    assert set(items(office)) == {"report"}


def test_a_partial_join_may_ignore_the_rest_which_goes_on_for_itself() -> None:
    office = touring("ignore")
    case = started(office, "tour")

    finish(office, "each/do#3")
    finish(office, "each/do#1")
    at_the_join = set(items(office))
    finish(office, "report")
    before = outcome(office, case)
    finish(office, "each/do#2")

    assert at_the_join == {"each/do#2", "report"}
    assert (before[0], outcome(office, case)[0]) == ("running", "completed")


def test_a_join_may_look_at_how_many_have_come() -> None:
    each = for_each("each", over=4, each="n", do=task("look"), join=join(once=at_least("each.arrived", 3)))
    office = Office([process("tour", each, end("toured"))], PEOPLE)
    case = started(office, "tour")

    for number in (4, 2, 1):
        finish(office, f"each/do#{number}")

    assert outcome(office, case) == ("completed", "toured")


def test_a_loop_asks_again_until_its_condition_holds_and_no_more_often_than_it_may() -> None:
    asking = loop("again", do=wait("told", event="told.v1", takes=("n",)), until=at_least("n", 3), at_most=4)
    office = Office([process("asking", asking, end("told"))], PEOPLE)
    patient, short = started(office, "asking", key="k1"), started(office, "asking", key="k2")

    for n in (1, 1, 1, 1):
        happen(office, "told.v1", key="k1", n=n)
    for n in (1, 3):
        happen(office, "told.v1", key="k2", n=n)

    heard = [[one.body["what"] for one in office.history(case)].count("event:told.v1") for case in (patient, short)]
    assert (outcome(office, patient), outcome(office, short)) == (("completed", "told"),) * 2
    assert heard == [4, 2]


def test_the_first_way_of_a_race_is_taken_and_the_others_are_called_off() -> None:
    ways = race("first", way(wait("paid", event="paid.v1"), end("paid")), way(task("waive"), end("waived")))
    office = Office([process("fee", ways)], PEOPLE)
    paid, waived = started(office, "fee", key="k1"), started(office, "fee", key="k2")

    happen(office, "paid.v1", key="k1")
    (item,) = office.inbox("clerk")
    office.act("clerk", item, "complete")
    happen(office, "paid.v1", key="k2")

    assert (outcome(office, paid)[1], outcome(office, waived)[1]) == ("paid", "waived")


def test_a_guard_lets_a_case_be_withdrawn_only_up_to_its_milestone() -> None:
    guarded = process("guarded", task("early"), task("late"), guards=(guard("withdraw", while_in=("early",)),))
    office = Office([guarded], PEOPLE)
    early, late = started(office, "guarded", key="k1"), started(office, "guarded", key="k2")
    (item,) = [one for one in office.inbox("clerk") if one.case.id == late]
    office.act("clerk", item, "complete")

    answers = [office.act("department:office", case, "withdraw") for case in (early, late)]

    assert [one.status for one in answers] == [200, 409]
    assert outcome(office, late)[0] == "running"
