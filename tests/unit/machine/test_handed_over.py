"""逾期移交上级: the ladder takes an item from its holder and gives it to the superior, as a transfer by its rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.approval import Mode
from domain.organisation import Proxy
from tests.unit.machine.desk import MONDAY, Desk, flow
from tests.unit.machine.test_seating import roster
from workflows.language.words import (
    HandOver,
    Who,
    approve,
    carry_out,
    deem,
    end,
    hand_over,
    nobody,
    post,
    remind,
    role,
    sequence,
    superiors,
)
from workflows.machine.case import SYSTEM, Timer
from workflows.machine.decision import Ignored
from workflows.machine.stimuli import Sign, Signal, SignalStimulus

NO = end("refused", "rejected")
AT = "steps/decide"
RULE = f"ladder:{AT}:0"


def late(who: Who, mode: Mode = Mode.ONE, rung: HandOver | None = None, **more: Any) -> Desk:
    """A step that hands over on the day it is due; `people`, `fields` and the rules of the step are said in `more`."""
    own = {name: more.pop(name) for name in ("people", "fields") if name in more}
    ladder = (rung or hand_over(0), *more.pop("then", ()))
    step = approve("decide", by=who, mode=mode, within=3, overdue=ladder, on_reject=NO, **more)
    definition = flow(sequence(step, end("done", "approved")), person=False)
    return Desk(definition, person=None, roster=own.get("people") or roster(), fields=own.get("fields"))


def ladder(desk: Desk) -> Timer:
    [found] = [one for one in desk.live.timers.values() if one.kind == "ladder"]
    return found


def asked(desk: Desk) -> list[str]:
    return [who for who, _ in desk.holders(AT)]


def fired(desk: Desk) -> list[str]:
    """Who is asked once the ladder has been climbed."""
    desk.fire(ladder(desk))
    return asked(desk)


@pytest.mark.parametrize(
    ("holder", "rung", "more", "found"),
    [
        ("clerk", hand_over(0), {}, ["user:section_head"]),
        ("clerk", hand_over(0, role("office_head")), {}, ["role:office_head:"]),
        ("clerk", hand_over(0), {"people": roster(without=("section_head",))}, ["user:mayor"]),
        ("secretary", hand_over(0), {}, ["role:office_head:"]),
        ("secretary", hand_over(0), {"nobody": nobody("admin")}, ["role:process_admin:"]),
        ("secretary", hand_over(0), {"nobody": nobody("ask", role("panel_member"))}, ["role:panel_member:"]),
        ("secretary", hand_over(0), {"nobody": nobody("pass")}, ["role:office_head:"]),
        ("clerk", hand_over(0), {"fields": {"initiator": "section_head"}}, ["user:mayor"]),
        ("clerk", hand_over(0), {"fields": {"initiator": "section_head"}, "own_case": "decide"}, ["user:section_head"]),
    ],
)
def test_it_goes_to_whoever_is_above_and_may_decide_else_as_where_nobody_is_found(
    holder: str, rung: HandOver, more: dict[str, Any], found: list[str]
) -> None:
    assert fired(late(post(holder), rung=rung, **more)) == found


def test_a_pool_is_handed_to_the_superior_of_its_posts() -> None:
    assert fired(late(role("liaison"))) == ["user:section_head"]


def test_who_stands_in_for_the_superior_holds_it_too() -> None:
    away = Proxy(user="section_head", proxy="mayor", since=date(2026, 3, 1), until=date(2026, 3, 31))

    assert fired(late(post("clerk"), people=roster(proxies=(away,)))) == ["user:section_head", "user:mayor"]


def test_it_is_a_transfer_by_the_rule_under_the_same_due_date() -> None:
    desk = late(post("clerk"))
    [before] = desk.live.items.values()

    desk.fire(ladder(desk))

    [after] = desk.live.items.values()
    entry = desk.last.entry
    assert (after.due_at, after.due_rule, after.link) == (before.due_at, before.due_rule, "transferred")
    assert desk.closed() == {(AT, 1, 0): ("transferred", f"rule:{RULE}")}
    assert (entry.actor, entry.authority) == (SYSTEM, f"rule:{RULE}")
    assert entry.delta["rules"] == [[AT, 1, 1, RULE, "superior:section_head"]]


def test_who_loses_it_and_who_gets_it_are_told() -> None:
    desk = late(post("clerk"))

    desk.fire(ladder(desk))

    assert desk.told() == [("hand_over", ("user:clerk",)), ("handed_over", ("user:section_head",))]


def test_the_holder_holds_it_no_more_and_the_superior_decides() -> None:
    desk = late(post("clerk"))
    [mine] = desk.live.items.values()
    desk.fire(ladder(desk))

    too_late = desk.take(desk.wanted("clerk", "agree", mine.id))
    desk.act("section_head", "agree", AT)

    assert too_late.code == "item_closed"
    assert desk.state == ("approved", "done")


def test_before_the_due_date_the_superior_still_has_the_rest_of_the_term() -> None:
    desk = late(post("clerk"), rung=hand_over(-1), then=(remind(0),))

    desk.fire(ladder(desk))

    [item] = desk.live.items.values()
    assert item.due_at is not None
    assert ladder(desk).due_at == item.due_at > desk.now


def test_the_ladder_goes_on_and_climbs_to_the_next_superior() -> None:
    desk = late(post("clerk"), then=(hand_over(1), deem(3, "agree")))

    seen = [fired(desk), fired(desk)]
    desk.fire(ladder(desk))

    assert seen == [["user:section_head"], ["user:mayor"]]
    assert desk.state == ("approved", "done")


def test_nobody_gets_a_second_say_in_the_step() -> None:
    desk = late(superiors(2), Mode.ALL, fields={"initiator": "clerk"})
    first = asked(desk)

    # The section head's superior, the mayor, is asked already; the mayor's is the secretary.
    assert (first, fired(desk)) == (["user:section_head", "user:mayor"], ["user:secretary", "role:office_head:"])


def test_in_a_line_only_the_seat_whose_turn_it_is_changes_hands() -> None:
    desk = late(superiors(2), Mode.SEQUENCE, fields={"initiator": "clerk"})

    first = asked(desk)
    seen = fired(desk)

    assert first == ["user:section_head"]
    assert seen == ["user:secretary"]


@pytest.mark.parametrize("where", ["before", "after"])
def test_who_was_added_answers_beside_the_new_holder(where: str) -> None:
    desk = late(post("clerk"))
    desk.act("clerk", "add-signers", AT, fields={"users": ["judge_one"], "where": where})

    desk.fire(ladder(desk))
    for _ in range(2):
        [turn] = [one for one in desk.live.items.values() if one.state.value == "open"]
        [holder] = desk.live.holders[turn.id]
        desk.take(desk.wanted(holder.who.removeprefix("user:"), "agree", turn.id))

    assert desk.state == ("approved", "done")


def test_advice_that_has_not_come_is_not_waited_for() -> None:
    desk = late(post("clerk"))
    desk.act("clerk", "delegate", AT, fields={"to": "judge_one"})

    assert fired(desk) == ["user:section_head"]


def test_a_superior_who_leaves_is_followed_as_any_holder() -> None:
    desk = late(post("clerk"))
    desk.fire(ladder(desk))
    desk.facts = type(desk.facts)(roster(without=("section_head",)), desk.facts.calendar, desk.facts.numbers, {})

    desk.take(SignalStimulus(90, Signal(Sign.ROSTER, "")))

    assert asked(desk) == ["role:office_head:"]


def test_who_answered_before_it_fired_keeps_the_answer() -> None:
    desk = late(post("clerk"))
    timer = ladder(desk)
    desk.act("clerk", "agree", AT)

    assert isinstance(desk.fire(timer), Ignored)


def test_a_second_firing_does_nothing() -> None:
    desk, climbs = late(post("clerk")), late(post("clerk"), then=(remind(1),))
    timer, other = ladder(desk), ladder(climbs)
    desk.fire(timer)
    climbs.fire(other)

    desk.fire(timer)
    stale = climbs.fire(other)

    assert asked(desk) == asked(climbs) == ["user:section_head"]
    assert isinstance(stale, Ignored)


def test_what_is_carried_out_changes_hands_too() -> None:
    step = carry_out("decide", by=post("clerk"), within=3, overdue=(hand_over(0),))
    desk = Desk(flow(sequence(step, end("done")), person=False), person=None, roster=roster(), now=MONDAY)

    desk.fire(ladder(desk))
    desk.act("section_head", "complete", AT)

    assert desk.state == ("completed", "done")


def test_where_nobody_is_above_the_holder_keeps_it_and_is_reminded() -> None:
    desk = late(role("office_head"), rung=hand_over(0, role("office_head")))

    assert fired(desk) == ["role:office_head:"]
    assert desk.told() == [("remind", ("role:office_head:",))]
