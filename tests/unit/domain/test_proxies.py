import json
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.organisation import Appointment, Department, Handover, Post, Proxy
from domain.proxies import StandIn, circle_of
from domain.roster import Roster, dump_roster, holders_on, parse_roster

DAY = date(2026, 3, 2)
USERS = ("a", "b", "c", "d")

days = st.integers(0, 4).map(lambda n: DAY + timedelta(days=n))
workflows = st.sampled_from([None, "visits", "bases"])
users = st.sampled_from(USERS)
proxies = st.builds(Proxy, users, users, days, st.none() | days, workflows)
handovers = st.builds(Handover, users, users, days, st.none(), workflows)


def roster(*entries: Proxy | Handover) -> Roster:
    return Roster(
        version="1",
        county="330226",
        departments=(Department("office", "办公室", "Office", DAY),),
        posts=(Post("clerk", "office", "干事", "Clerk"),),
        appointments=tuple(Appointment(user, "clerk", DAY) for user in USERS),
        proxies=tuple(one for one in entries if isinstance(one, Proxy)),
        handovers=tuple(one for one in entries if isinstance(one, Handover)),
    )


def test_a_proxy_stands_in_from_the_first_to_the_last_day() -> None:
    one = roster(Proxy("a", "b", DAY, DAY + timedelta(days=1)))

    found = [holders_on(one, DAY + timedelta(days=n)) for n in (-1, 0, 1, 2)]

    assert found == [{}, *[{"a": (StandIn("b", None, leaver=False, rule="proxy:a:2026-03-02"),)}] * 2, {}]


def test_a_successor_takes_the_place_from_the_first_day_on() -> None:
    one = roster(Handover("a", "b", DAY, workflow="visits"))

    [stand_in] = holders_on(one, DAY + timedelta(days=400))["a"]

    assert (stand_in.user, stand_in.leaver) == ("b", True)
    assert stand_in.covers("visits")
    assert not stand_in.covers("bases")


def test_the_proxy_of_a_proxy_gets_nothing() -> None:
    one = roster(Proxy("a", "b", DAY), Proxy("b", "c", DAY))

    assert [stand_in.user for stand_in in holders_on(one, DAY)["a"]] == ["b"]


def test_a_circle_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="a → b → a stand in for each other"):
        roster(Proxy("a", "b", DAY), Handover("b", "a", DAY))


def test_a_circle_in_two_different_workflows_is_none() -> None:
    assert circle_of([Proxy("a", "b", DAY, workflow="visits"), Proxy("b", "a", DAY, workflow="bases")]) == ()


def test_a_circle_that_never_closes_on_one_day_is_none() -> None:
    tomorrow = DAY + timedelta(days=1)

    assert circle_of([Proxy("a", "b", DAY, DAY), Proxy("b", "a", tomorrow)]) == ()
    assert circle_of([Proxy("a", "b", DAY, tomorrow), Proxy("b", "a", tomorrow)]) == ("a", "b", "a")


def test_whoever_stands_in_for_themselves_is_a_circle_of_one() -> None:
    assert circle_of([Proxy("a", "a", DAY)]) == ("a", "a")


def test_somebody_without_any_post_cannot_stand_in() -> None:
    with pytest.raises(ValueError, match="names user 'stranger'"):
        roster(Proxy("a", "stranger", DAY))


def test_stand_ins_survive_writing_and_reading() -> None:
    one = roster(Proxy("a", "b", DAY, DAY, "visits"), Handover("c", "d", DAY))

    assert parse_roster(json.loads(json.dumps(dump_roster(one)))) == one


def test_a_version_from_before_there_were_any_is_written_as_it_was() -> None:
    written = dump_roster(roster())

    assert sorted(written) == ["appointments", "county", "departments", "posts", "version"]
    assert "superior" not in written["posts"][0]


def naive_circle(entries: list[Proxy | Handover]) -> bool:
    """Walk from everybody, on every day, in every workflow, as often as there are users."""
    for day in (DAY + timedelta(days=n) for n in range(6)):
        for workflow in ("visits", "bases", "any other"):
            there = [
                (one.user, one.successor if isinstance(one, Handover) else one.proxy)
                for one in entries
                if one.since <= day <= (one.until or date.max) and one.workflow in (None, workflow)
            ]
            reached = set(there)
            for _ in USERS:
                reached |= {(first, last) for first, middle in reached for again, last in there if middle == again}
            if any(first == last for first, last in reached):
                return True
    return False


@given(st.lists(proxies | handovers, max_size=5))
@settings(max_examples=300, deadline=None)
def test_a_circle_is_found_exactly_where_somebody_is_led_back_to_themselves(entries: list[Proxy | Handover]) -> None:
    assert bool(circle_of(entries)) is naive_circle(entries)


@given(st.lists(proxies | handovers, max_size=5), days)
@settings(max_examples=200, deadline=None)
def test_who_stands_in_is_what_the_rows_say(entries: list[Proxy | Handover], day: date) -> None:
    assume(not circle_of(entries))

    found = {(user, one.user) for user, own in holders_on(roster(*entries), day).items() for one in own}

    there = [row for row in entries if row.since <= day <= (row.until or date.max)]
    assert found == {(row.user, row.successor if isinstance(row, Handover) else row.proxy) for row in there}
