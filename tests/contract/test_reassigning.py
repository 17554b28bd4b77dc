"""A roster that changes under open items: who left lets go, who stands in comes and goes, a pool follows by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.organisation import Appointment, Handover, Proxy
from domain.roster import Roster
from workflows.language.words import (
    Mode,
    Step,
    Workflow,
    approve,
    carry_out,
    departments,
    either,
    end,
    role,
    seats,
    sequence,
    workflow,
)
from workflows.moves.passing import passed_on
from workflows.policy import operator_viewer
from workflows.ports import Vault
from workflows.testkit import Office, Store, staff

MakeStore = Callable[[str, Callable[[], datetime], Vault], Store]


def trial(step: Step) -> Workflow:
    return workflow("trial", starts_on="trial.began.v1", about="trial", steps=sequence(step, end("done", "approved")))


def signed(*, mode: Mode = Mode.ONE) -> Step:
    return approve("check", by=role("officer"), mode=mode, on_reject=end("refused", "rejected"))


@pytest.fixture
def house(make_store: MakeStore) -> Callable[[Step], Office]:
    """An office with one case that stands at a step."""

    def made(step: Step) -> Office:
        people = staff(a="officer", b="officer", c="clerk", d="liaison", head="office_head")
        here = Office([trial(step)], people, store=make_store)
        here.turn(hours=1)
        here.send(here.event("trial.began.v1", key="k1"))
        return here

    return made


def roster(here: Office) -> Roster:
    return here.library.roster()


def adopt(here: Office, changed: Roster) -> None:
    """The office takes another version into use, and everybody knows it by the next day."""
    here.library.set_roster(changed)
    here.turn(days=1)


def without(here: Office, *gone: str) -> Roster:
    """The same people, but these left on the last day of February."""
    last = date(2026, 2, 28)
    ended = [replace(one, until=last) if one.user in gone else one for one in roster(here).appointments]
    return replace(roster(here), version="later", appointments=tuple(ended))


def left(here: Office, user: str, *, to: str) -> Roster:
    """The same people, but this one left, and somebody takes their place."""
    return replace(without(here, user), handovers=(Handover(user, to, date(2026, 3, 1)),))


def soon(here: Office, changed: Roster) -> None:
    """The office takes another version into use, and everybody knows it an hour later."""
    here.library.set_roster(changed)
    here.turn(hours=1)


def held(here: Office) -> list[tuple[str, ...]]:
    """Who holds each open item, by seat."""
    (row,) = here.cases()
    view = here.case(row.case.id)
    items = sorted((one for one in view.items if one.closed_at is None), key=lambda one: one.seat)
    return [tuple(sorted(f"{one.capacity} {one.who}" for one in view.holders[item.id])) for item in items]


def told(here: Office) -> list[list[object]]:
    """What the last entry says about who let go of what and who took it."""
    (row,) = here.cases()
    last = here.history(row.case.id)[-1].body
    assert last["what"] == "signal:roster"
    assert last["actor"] == "SYSTEM"
    found: list[list[object]] = last["delta"]["reseated"]
    return found


# -- who left ----------------------------------------------------------------------------------------------


def test_a_pool_follows_by_itself_and_nothing_is_written(house: Callable[[Step], Office]) -> None:
    here = house(signed())

    adopt(here, without(here, "a"))

    (row,) = here.cases()
    assert held(here) == [("candidate role:officer:",)]
    assert [entry.body["what"] for entry in here.history(row.case.id)] == ["event:trial.began.v1"]
    assert [one.item.path for one in here.inbox("b")] == ["steps/check"]
    assert here.inbox("a") == ()


def test_a_pool_that_nobody_is_in_any_more_goes_to_the_office(house: Callable[[Step], Office]) -> None:
    here = house(signed())

    adopt(here, without(here, "a", "b"))

    assert held(here) == [("candidate role:office_head:",)]
    assert told(here) == [["steps/check", 1, 0, ["role:officer:"], ["role:office_head:"], "nobody.office"]]


def test_what_the_office_held_goes_back_when_somebody_has_the_role_again(house: Callable[[Step], Office]) -> None:
    here = house(signed())
    before = roster(here)
    adopt(here, without(here, "a", "b"))

    adopt(here, replace(before, version="again"))

    assert held(here) == [("candidate role:officer:",)]


def test_a_leaver_lets_go_of_what_was_theirs_by_name_and_the_successor_takes_it(
    house: Callable[[Step], Office],
) -> None:
    here = house(signed(mode=Mode.ALL))

    adopt(here, left(here, "a", to="c"))

    assert held(here) == [("owner user:c",), ("owner user:b",)]
    assert told(here) == [["steps/check", 1, 0, ["user:a"], ["user:c"], "handover:a"]]


def test_a_successor_who_has_a_say_in_the_step_already_gets_no_second_one(house: Callable[[Step], Office]) -> None:
    here = house(signed(mode=Mode.ALL))

    adopt(here, left(here, "a", to="b"))

    assert held(here) == [("candidate role:office_head:",), ("owner user:b",)]
    assert told(here)[0][5:] == ["handover:a", "peer:b", "nobody.office"]


def test_nor_does_one_who_has_answered_in_this_round(house: Callable[[Step], Office]) -> None:
    here = house(signed(mode=Mode.ALL))
    here.act("b", here.inbox("b")[0], "agree")

    adopt(here, left(here, "a", to="b"))

    assert held(here) == [("candidate role:office_head:",)]


def test_what_is_handed_over_is_what_the_preview_said(house: Callable[[Step], Office]) -> None:
    here = house(signed(mode=Mode.ALL))
    changed = left(here, "a", to="c")
    (row,) = here.cases()
    items = [one for one in here.case(row.case.id).items if one.seat == 0]

    (foreseen,) = passed_on(here.engine, changed, items)
    unchanged = held(here)
    adopt(here, changed)

    assert unchanged == [("owner user:a",), ("owner user:b",)]
    assert (foreseen.now, foreseen.then, foreseen.rules) == (("user:a",), ("user:c",), ("handover:a",))
    assert held(here)[0] == ("owner user:c",)


# -- undone ------------------------------------------------------------------------------------------------


def test_the_former_roster_gives_back_what_the_successor_has_not_answered(house: Callable[[Step], Office]) -> None:
    here = house(signed(mode=Mode.ALL))
    before = roster(here)
    soon(here, left(here, "a", to="c"))

    soon(here, replace(before, version="again"))

    assert held(here) == [("owner user:a",), ("owner user:b",)]


def test_what_the_successor_has_answered_stays_answered(house: Callable[[Step], Office]) -> None:
    here = house(signed(mode=Mode.ALL))
    before = roster(here)
    soon(here, left(here, "a", to="c"))
    here.act("c", here.inbox("c")[0], "agree")

    soon(here, replace(before, version="again"))

    assert held(here) == [("owner user:b",)]
    assert here.inbox("a") == ()


@pytest.mark.parametrize(("hours", "holder"), [(20, "owner user:a"), (30, "owner user:c")])
def test_what_was_somebodys_by_name_comes_back_within_a_day(
    house: Callable[[Step], Office], hours: int, holder: str
) -> None:
    here = house(approve("check", by=role("liaison"), on_reject=end("refused", "rejected")))
    here.act("d", here.inbox("d")[0], "transfer", opinion="样例", fields={"to": "a"})
    before = roster(here)
    soon(here, left(here, "a", to="c"))
    handed = held(here)

    here.turn(hours=hours)
    soon(here, replace(before, version="again"))

    assert (handed, held(here)) == ([("owner user:c",)], [(holder,)])


# -- who began it ------------------------------------------------------------------------------------------


def test_when_whoever_submitted_has_left_their_department_may_withdraw_and_they_may_not(
    house: Callable[[Step], Office],
) -> None:
    here = house(signed())
    (row,) = here.cases()
    soon(here, left(here, "c", to="d"))

    gone, colleague = (here.act(who, row.case.id, "withdraw") for who in ("c", "d"))

    assert (gone.status, colleague.status) == (403, 200)


def test_a_liaison_officer_who_changes_is_replaced_by_the_next_one(house: Callable[[Step], Office]) -> None:
    here = house(approve("members", by=departments(), mode=Mode.ALL, on_reject=end("refused", "rejected")))
    later = without(here, "d")
    followed = replace(
        later,
        appointments=(*later.appointments, Appointment("e", "post_d", date(2026, 3, 1))),
    )

    adopt(here, followed)

    assert held(here) == [("candidate user:e",)]
    assert told(here)[0][3:5] == [["user:d"], ["user:e"]]


def test_somebody_named_keeps_an_item_while_the_seat_is_still_theirs(house: Callable[[Step], Office]) -> None:
    here = house(carry_out("visit", by=seats(1, role("officer"), pick="least_loaded")))
    owned = held(here)

    adopt(here, without(here, "b"))

    assert held(here) == owned
    assert "owner user:a" in owned[0]


def test_a_narrowed_item_whose_owner_left_is_given_to_the_next_one(house: Callable[[Step], Office]) -> None:
    here = house(carry_out("visit", by=seats(1, role("officer"), pick="least_loaded")))

    adopt(here, without(here, "a"))

    assert held(here) == [("candidate role:officer:", "owner user:b")]


def test_a_late_click_of_who_left_is_refused(house: Callable[[Step], Office]) -> None:
    here = house(approve("members", by=departments(), mode=Mode.ALL, on_reject=end("refused", "rejected")))
    (item,) = here.inbox("d")

    adopt(here, without(here, "d"))

    assert here.act("d", item, "agree").status in {403, 409}


def test_two_seats_of_different_resolvers_stay_apart(house: Callable[[Step], Office]) -> None:
    step = approve(
        "both", by=either(role("officer"), role("clerk")), mode=Mode.ALL, on_reject=end("refused", "rejected")
    )
    here = house(step)

    adopt(here, without(here, "c"))

    assert held(here)[:2] == [("owner user:a",), ("owner user:b",)]
    assert held(here)[2] == ("candidate role:office_head:",)


# -- who is away -------------------------------------------------------------------------------------------


def test_a_proxy_comes_when_the_absence_begins_and_lets_go_when_it_is_over(house: Callable[[Step], Office]) -> None:
    here = house(signed(mode=Mode.ALL))
    away = Proxy("a", "c", date(2026, 3, 10), date(2026, 3, 12))
    adopt(here, replace(roster(here), version="absence", proxies=(away,)))
    before = held(here)

    here.turn_to(datetime(2026, 3, 10, 1, tzinfo=UTC))
    here.turn(hours=1)
    meanwhile = held(here)
    here.turn_to(datetime(2026, 3, 13, 1, tzinfo=UTC))
    here.turn(hours=1)

    assert before == [("owner user:a",), ("owner user:b",)]
    assert meanwhile == [("owner user:a", "proxy user:c"), ("owner user:b",)]
    assert held(here) == before


def test_an_unfinished_item_of_a_proxy_returns_and_a_finished_one_stays_finished(
    house: Callable[[Step], Office],
) -> None:
    here = house(signed(mode=Mode.ALL))
    away = Proxy("a", "c", date(2026, 3, 10), date(2026, 3, 12))
    adopt(here, replace(roster(here), version="absence", proxies=(away,)))
    here.turn_to(datetime(2026, 3, 10, 1, tzinfo=UTC))
    here.turn(hours=1)

    here.act("c", here.inbox("c")[0], "agree")
    here.turn_to(datetime(2026, 3, 13, 1, tzinfo=UTC))
    here.turn(hours=1)

    assert here.inbox("c") == ()
    assert held(here) == [("owner user:b",)]


# -- once --------------------------------------------------------------------------------------------------


def test_each_version_and_each_day_of_change_is_looked_at_once(house: Callable[[Step], Office]) -> None:
    here = house(signed())
    adopt(here, replace(roster(here), version="other"))
    before = len(here.store.reads.fanouts(operator_viewer(here.county)))

    here.turn(days=3)

    assert len(here.store.reads.fanouts(operator_viewer(here.county))) == before == 2
