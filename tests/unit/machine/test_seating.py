"""Whom the resolvers find, and what happens where they find nobody, or the initiator."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.organisation import Appointment, Department, Grant, Handover, Post, Proxy
from domain.roster import Roster
from tests.unit.machine.desk import MONDAY, Desk, flow
from workflows.language.expressions import at_least
from workflows.language.words import (
    Mode,
    Nobody,
    Who,
    approve,
    carry_out,
    chosen,
    department,
    depending,
    either,
    end,
    named_in,
    nobody,
    panel,
    post,
    role,
    sequence,
    superiors,
    vote,
)

DAY = MONDAY.date()
ADMINS = ("role:process_admin:", "candidate")

POSTS: dict[str, tuple[str, str | None, tuple[str, ...]]] = {
    # post: its department, its superior, its roles
    "clerk": ("town", "section_head", ("liaison",)),
    "section_head": ("town", "mayor", ()),
    "mayor": ("town", "secretary", ("member_leader:town",)),
    "secretary": ("county", None, ()),
    "office_head": ("meeting", "minister", ("office_head",)),
    "minister": ("meeting", None, ()),
    "administrator": ("meeting", None, ("process_admin",)),
    "judge_one": ("finance", None, ("panel_member:bases",)),
    "judge_two": ("culture", None, ("panel_member",)),
    "judge_three": ("town", None, ("panel_member:visits",)),
}
HELD = {name: (name,) for name in POSTS}


def roster(*, without: tuple[str, ...] = (), **more: Any) -> Roster:
    """Everybody in a post of their own name but those who are left out; `more` appoints to posts, or adds stand-ins."""
    held = {name: users for name, users in HELD.items() if name not in without}
    held |= {name: users for name, users in more.items() if name in POSTS}
    return Roster(
        version="r1",
        county="330226",
        departments=tuple(Department(one, one, one, DAY) for one in sorted({row[0] for row in POSTS.values()})),
        posts=tuple(
            Post(code, unit, code, code, tuple(_grant(one) for one in roles), DAY, superior=above)
            for code, (unit, above, roles) in POSTS.items()
        ),
        appointments=tuple(Appointment(user, code, DAY) for code, users in held.items() for user in users),
        proxies=more.get("proxies", ()),
        handovers=more.get("handovers", ()),
    )


def _grant(text: str) -> Grant:
    name, _, scope = text.partition(":")
    return Grant(name, scope or None)


def ask(who: Who, mode: Mode = Mode.ONE, *, people: Roster | None = None, **rules: Any) -> Desk:
    """A case that asks for one approval; words that are no rule of the step are fields of the case."""
    own = {name: rules.pop(name) for name in ("nobody", "own_case", "recused") if name in rules}
    step = approve("decision", by=who, mode=mode, on_reject=end("refused", "rejected"), **own)
    return Desk(
        flow(sequence(step, end("granted")), person=False), person=None, roster=people or roster(), fields=rules
    )


def asked(desk: Desk) -> list[str]:
    return [who.removeprefix("user:") for who, _ in desk.holders("steps/decision")]


def rules(desk: Desk) -> list[list[Any]]:
    """(seat, rules…) of the seats of the newest decision that rules have made."""
    return [row[2:] for row in desk.last.entry.delta.get("rules", [])]


# -- posts, departments, panels ----------------------------------------------------------------------------


def test_a_post_is_asked_whoever_holds_it() -> None:
    desk = ask(post("mayor"), people=roster(mayor=("wang", "li")))

    assert desk.holders("steps/decision") == [("user:li", "candidate"), ("user:wang", "candidate")]


@pytest.mark.parametrize(
    ("held_by", "found"),
    [("liaison", ["clerk"]), ("leader", ["mayor"]), ("anybody", ["clerk", "judge_three", "mayor", "section_head"])],
)
def test_a_department_is_its_liaison_its_leader_or_anybody(held_by: Any, found: list[str]) -> None:
    assert asked(ask(department("town", held_by))) == found


def test_a_panel_has_a_seat_for_each_member_of_it_and_of_all_panels() -> None:
    assert asked(ask(panel("bases"), Mode.ALL)) == ["judge_one", "judge_two"]


# -- superiors ---------------------------------------------------------------------------------------------


def test_superiors_are_asked_level_by_level_from_the_nearest() -> None:
    desk = ask(superiors(2), Mode.ALL, initiator="clerk")

    assert asked(desk) == ["section_head", "mayor"]
    assert rules(desk) == [[0, "superiors.level:section_head"], [1, "superiors.level:mayor"]]
    assert desk.last.entry.facts["roster"] == "r1"


def test_superiors_up_to_a_post_may_be_asked_from_the_highest() -> None:
    assert asked(ask(superiors(up_to="mayor", first="highest"), Mode.ALL, initiator="clerk")) == [
        "mayor",
        "section_head",
    ]


def test_the_line_may_begin_at_the_post_or_user_that_a_field_names() -> None:
    assert asked(ask(superiors(1, of="lead"), lead="section_head")) == ["mayor"]
    assert asked(ask(superiors(1, of="lead"), lead="office_head")) == ["minister"]


def test_a_vacant_level_is_skipped_by_rule_and_counts_for_nobody() -> None:
    desk = ask(superiors(3), Mode.ALL, initiator="clerk", people=roster(without=("mayor",)))

    assert asked(desk) == ["section_head", "secretary"]
    assert desk.closed() == {("steps/decision", 1, 1): ("skipped", "rule:superiors.vacant:mayor")}
    assert desk.live.activations["steps/decision", 1].n == 2


def test_a_vacant_level_may_be_filled_instead() -> None:
    people = roster(without=("mayor",))

    desk = ask(superiors(2, vacant="ask"), Mode.ALL, initiator="clerk", people=people, nobody=nobody("climb"))

    assert asked(desk) == ["section_head", "secretary"]


def test_who_stands_on_two_levels_is_asked_once() -> None:
    people = roster(section_head=("chen",), mayor=("chen",), secretary=("wu",))

    desk = ask(superiors(3), Mode.ALL, initiator="clerk", people=people)

    assert asked(desk) == ["chen", "wu"]
    assert desk.closed()["steps/decision", 1, 1] == ("skipped", "rule:superiors.same:mayor")


@pytest.mark.parametrize(
    ("vacant", "order"),
    [
        ((), ["section_head", "mayor", "secretary"]),
        (("section_head",), ["mayor", "secretary"]),
        (("mayor",), ["section_head", "secretary"]),
    ],
)
def test_levels_in_sequence_are_asked_one_after_the_other_over_what_is_skipped(
    vacant: tuple[str, ...], order: list[str]
) -> None:
    desk = ask(superiors(3), Mode.SEQUENCE, initiator="clerk", people=roster(without=vacant))

    one_by_one = []
    for user in order:
        one_by_one += asked(desk)
        desk.act(user, "agree", "steps/decision")

    assert one_by_one == order
    assert desk.state == ("completed", "granted")


def test_a_line_of_vacant_levels_is_nobody_found_and_no_consent() -> None:
    desk = ask(superiors(2), Mode.ALL, initiator="clerk", people=roster(without=("section_head", "mayor")))

    assert asked(desk) == ["role:office_head:"]


def test_somebody_without_a_superior_has_nobody_above() -> None:
    assert asked(ask(superiors(2), Mode.ALL, initiator="secretary")) == ["role:office_head:"]


levels = st.none() | st.integers(1, 4)
lasts = st.sampled_from([None, "section_head", "mayor", "secretary", "minister"])
holders = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple)


@given(levels, lasts, st.sampled_from(["nearest", "highest"]), st.tuples(holders, holders, holders))
@settings(max_examples=300, deadline=None)
def test_superiors_are_those_of_a_plain_reading_of_the_line(
    n: int | None, last: str | None, first: Any, held: tuple[tuple[str, ...], ...]
) -> None:
    line = dict(zip(("section_head", "mayor", "secretary"), held, strict=True))

    desk = ask(superiors(n, up_to=last, first=first), Mode.ALL, initiator="clerk", people=roster(**line))

    found = [user for user in asked(desk) if not user.startswith("role:")]
    assert found == naive_superiors(line, n, last, first)


def naive_superiors(line: dict[str, tuple[str, ...]], n: int | None, last: str | None, first: str) -> list[str]:
    """Walk the line post by post with a finger."""
    posts = list(line)
    if last is not None:
        posts = posts[: posts.index(last) + 1] if last in posts else []
    posts = posts[: 4 if n is None else n]
    order = posts if first == "nearest" else posts[::-1]
    found: list[str] = []
    for code in order:
        found += [user for user in sorted(line[code]) if user not in found]
    return found


# -- fields, choices, conditions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "value", "found"),
    [
        ("user", "mayor", ["mayor"]),
        ("user", ["mayor", "clerk", "mayor"], ["mayor", "clerk"]),
        ("post", ["minister"], ["minister"]),
        ("department", "town", ["clerk"]),
        ("user", "stranger", ["role:office_head:"]),
        ("user", None, ["role:office_head:"]),
    ],
)
def test_a_field_names_whoever_is_asked(names: Any, value: Any, found: list[str]) -> None:
    assert asked(ask(named_in("lead", names), Mode.ALL, lead=value)) == found


def test_whom_the_initiator_chose_is_asked_in_the_order_of_the_choice() -> None:
    assert asked(ask(chosen("signers", at_most=3), Mode.ALL, signers=["mayor", "clerk"])) == ["mayor", "clerk"]


def test_whom_the_initiator_chose_and_who_left_has_a_seat_that_is_filled_by_rule() -> None:
    people = roster(without=("mayor",))
    people = replace(people, appointments=(*people.appointments, Appointment("wang", "mayor", date(2026, 1, 1), DAY)))
    later = MONDAY.replace(day=9)

    desk = Desk(
        flow(
            sequence(
                approve(
                    "decision",
                    by=chosen("signers", at_most=3),
                    mode=Mode.ALL,
                    nobody=nobody("climb"),
                    on_reject=end("refused", "rejected"),
                ),
                end("granted"),
            ),
            person=False,
        ),
        person=None,
        roster=people,
        now=later,
        fields={"signers": ["clerk", "wang"]},
    )

    assert asked(desk) == ["clerk", "secretary"]
    assert rules(desk) == [[1, "nobody.climb", "climb:secretary"]]


def test_the_successor_of_whom_the_initiator_chose_is_asked_instead() -> None:
    people = roster(without=("mayor",))
    people = replace(
        people,
        appointments=(*people.appointments, Appointment("wang", "mayor", date(2026, 1, 1), date(2026, 2, 1))),
        handovers=(Handover("wang", "clerk", DAY),),
    )

    assert asked(ask(chosen("signers"), Mode.ALL, people=people, signers=["wang"])) == ["clerk"]


def test_who_is_asked_may_depend_on_the_case() -> None:
    who = depending((at_least("amount", 10), post("minister")), otherwise=department("town"))

    assert asked(ask(who, amount=10)) == ["minister"]
    assert asked(ask(who, amount=9)) == ["clerk"]
    assert asked(ask(who)) == ["clerk"]


def test_several_resolvers_make_one_seat_for_each_holder_in_their_order() -> None:
    who = either(post("minister"), department("town"), post("minister"), panel("bases"))

    assert asked(ask(who, Mode.ALL)) == ["minister", "clerk", "judge_one", "judge_two"]


# -- nobody found ------------------------------------------------------------------------------------------

VACANT = post("mayor")


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (nobody("office"), ["role:office_head:"]),
        (nobody("ask", post("minister")), ["minister"]),
        (nobody("ask", role("unheard_of")), ["role:process_admin:"]),
        (nobody("admin"), ["role:process_admin:"]),
        (nobody("climb"), ["secretary"]),
        (nobody("block"), ["role:process_admin:"]),
    ],
)
def test_a_seat_that_nobody_can_take_is_filled_by_the_rule_of_the_step(rule: Nobody, found: list[str]) -> None:
    desk = ask(VACANT, people=roster(without=("mayor",)), nobody=rule)

    assert asked(desk) == found
    assert rules(desk)[0][:2] == [0, f"nobody.{rule.then}"]


def test_where_nobody_found_passes_the_case_goes_on_and_nobody_has_agreed() -> None:
    desk = ask(VACANT, people=roster(without=("mayor",)), nobody=nobody("pass"))

    assert desk.state == ("completed", "granted")
    assert desk.closed() == {("steps/decision", 1, 0): ("skipped", "rule:nobody.pass")}
    assert desk.last.entry.actor == "SYSTEM"


def test_where_nobody_found_rejects_the_case_goes_the_way_of_a_refusal() -> None:
    people = roster(without=("mayor",))

    desk = ask(either(VACANT, post("clerk")), Mode.ALL, people=people, nobody=nobody("reject"))

    assert desk.state == ("rejected", "refused")
    assert {state for state, _ in desk.closed().values()} == {"skipped", "cancelled"}


def test_where_one_decision_is_enough_a_vacant_seat_beside_one_that_is_held_counts_for_nothing() -> None:
    desk = ask(either(VACANT, post("clerk")), Mode.ANY, people=roster(without=("mayor",)), nobody=nobody("reject"))

    assert asked(desk) == ["clerk"]


def test_where_the_office_is_empty_too_the_administrators_have_it_and_are_told() -> None:
    desk = ask(VACANT, people=roster(without=("mayor", "office_head")))

    assert desk.holders("steps/decision") == [ADMINS]
    assert desk.told() == [("nobody_found", ("role:process_admin:",))]


def test_where_there_are_no_administrators_the_seat_still_waits_for_them() -> None:
    desk = ask(VACANT, people=roster(without=("mayor", "office_head", "administrator")))

    assert desk.holders("steps/decision") == [ADMINS]


def test_the_vacant_seat_of_a_department_climbs_to_its_leader_where_no_superior_is_known() -> None:
    assert asked(ask(department("finance"), nobody=nobody("climb"))) == ["role:process_admin:"]
    assert asked(ask(department("town"), people=roster(without=("clerk",)), nobody=nobody("climb"))) == ["section_head"]


def test_a_vacant_seat_lowers_the_base_of_a_vote() -> None:
    step = vote("decision", by=panel("bases"), quorum="2/3", passes="1/2", fails=end("lost"), recused=("subject",))
    desk = Desk(flow(sequence(step, end("won")), person=False), person=None, roster=roster(without=("judge_one",)))

    desk.act("judge_two", "agree", "steps/decision")

    assert desk.state == ("completed", "won")


def test_a_vote_that_nobody_can_cast_has_no_quorum() -> None:
    step = vote("decision", by=panel("bases"), quorum="1/2", passes="1/2", fails=end("lost"), nobody=nobody("pass"))
    desk = Desk(
        flow(sequence(step, end("won")), person=False),
        person=None,
        roster=roster(without=("judge_one", "judge_two")),
    )

    assert desk.state == ("completed", "lost")


# -- the initiator, and who stands too near ----------------------------------------------------------------


def test_the_initiator_has_no_seat_in_a_pool_and_may_not_act() -> None:
    desk = ask(department("town", "anybody"), initiator="mayor")

    refused = desk.take(desk.wanted("mayor", "agree", desk.item_of("mayor", "steps/decision").id))

    assert asked(desk) == ["clerk", "judge_three", "section_head"]
    assert refused.code == "not_holder"


def test_an_initiator_who_comes_into_the_pool_later_is_refused_all_the_same() -> None:
    desk = ask(role("office_head"), initiator="clerk")
    desk.facts = replace(desk.facts, roster=roster(office_head=("clerk", "office_head")))

    refused = desk.act("clerk", "agree", "steps/decision")

    assert (refused.status, refused.code) == (403, "recused")


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("decide", ["mayor"]),
        ("superior", ["secretary"]),
        ("leader", ["role:office_head:"]),
        ("forbid", ["role:office_head:"]),
    ],
)
def test_the_initiators_own_seat_goes_where_the_step_says(rule: Any, found: list[str]) -> None:
    assert asked(ask(post("mayor"), initiator="mayor", own_case=rule)) == found


def test_the_initiators_own_seat_may_go_to_the_leader_of_the_department() -> None:
    assert asked(ask(post("clerk"), initiator="clerk", own_case="leader")) == ["mayor"]


def test_the_initiators_own_seat_may_be_skipped_as_the_systems_act() -> None:
    desk = ask(either(post("mayor"), post("clerk")), Mode.ALL, initiator="mayor", own_case="skip")

    assert asked(desk) == ["clerk"]
    assert desk.closed() == {("steps/decision", 1, 0): ("skipped", "rule:own_case.skip")}

    desk.act("clerk", "agree", "steps/decision")

    assert desk.state == ("completed", "granted")


def test_what_is_carried_out_may_be_the_initiators_own() -> None:
    step = carry_out("decision", by=post("mayor"))

    desk = Desk(flow(step, person=False), person=None, roster=roster(), fields={"initiator": "mayor"})

    assert [who for who, _ in desk.holders("steps")] == ["user:mayor"]


def test_whoever_belongs_to_the_unit_that_the_case_is_about_is_recused() -> None:
    step = vote(
        "decision",
        by=either(panel("bases"), post("judge_three")),
        quorum="1/2",
        passes="1/2",
        fails=end("lost"),
        recused=("subject",),
        nobody=nobody("pass"),
    )
    desk = Desk(flow(sequence(step, end("won")), person=False), person=None, begun=False, roster=roster())
    desk.live = replace(desk.live, head=replace(desk.live.head, key="culture"))

    desk.begin()

    assert asked(desk) == ["judge_one", "judge_three"]
    assert rules(desk) == [[1, "recused:judge_two", "nobody.pass"]]


def test_colleagues_of_the_department_that_sent_the_case_are_recused() -> None:
    step = approve("decision", by=panel("visits"), mode=Mode.ALL, recused=("department",), on_reject=end("no"))
    desk = Desk(flow(sequence(step, end("granted")), person=False), person=None, begun=False, roster=roster())
    desk.live = replace(desk.live, head=replace(desk.live.head, department="town"))

    desk.begin()

    assert asked(desk) == ["role:office_head:", "judge_two"]


# -- who stands in -----------------------------------------------------------------------------------------


def test_a_proxy_holds_the_seat_beside_the_one_who_is_absent() -> None:
    people = roster(proxies=(Proxy("mayor", "clerk", DAY),))

    desk = ask(post("mayor"), people=people)

    assert desk.holders("steps/decision") == [("user:mayor", "candidate"), ("user:clerk", "proxy")]
    assert rules(desk) == [[0, "proxy:mayor:2026-03-02"]]


def test_a_proxy_joins_the_pool_of_the_one_who_is_absent() -> None:
    people = roster(proxies=(Proxy("office_head", "clerk", DAY),))

    assert asked(ask(role("office_head"), people=people)) == ["role:office_head:", "clerk"]


@pytest.mark.parametrize(
    "proxy", [Proxy("mayor", "clerk", DAY, workflow="visits"), Proxy("mayor", "clerk", date(2026, 3, 3))]
)
def test_a_proxy_for_another_workflow_or_another_day_has_no_seat(proxy: Proxy) -> None:
    assert asked(ask(post("mayor"), people=roster(proxies=(proxy,)))) == ["mayor"]


def test_a_proxy_who_is_the_initiator_or_a_peer_gets_no_second_say() -> None:
    people = roster(proxies=(Proxy("mayor", "clerk", DAY), Proxy("minister", "mayor", DAY)))

    desk = ask(either(post("mayor"), post("minister")), Mode.ALL, people=people, initiator="clerk")

    assert asked(desk) == ["mayor", "minister"]


def test_a_successor_holds_the_seat_in_the_place_of_the_one_who_left() -> None:
    people = roster(handovers=(Handover("mayor", "clerk", DAY),))

    assert ask(post("mayor"), people=people).holders("steps/decision") == [("user:clerk", "candidate")]
