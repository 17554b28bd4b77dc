from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.organisation import Appointment, Department, Grant, Post, Proxy
from domain.roster import Roster
from domain.roster_changes import RowChange, Shift, changes_of

DAY = date(2026, 3, 2)
YESTERDAY = DAY - timedelta(days=1)

POSTS = (
    Post("head", "office", "主任", "Head", (Grant("office_head"),)),
    Post("clerk", "office", "干事", "Clerk", (Grant("town_clerk", "T1"),)),
)


def roster(*appointments: Appointment, posts: tuple[Post, ...] = POSTS) -> Roster:
    return Roster("1", "330226", (Department("office", "办公室", "Office", YESTERDAY),), posts, appointments)


def test_the_first_roster_is_all_new() -> None:
    found = changes_of(None, roster(Appointment("a", "head", DAY)), DAY)

    assert [(one.sheet, one.name, one.how) for one in found.rows] == [
        ("departments", "office", "added"),
        ("posts", "clerk", "added"),
        ("posts", "head", "added"),
        ("appointments", "a → head (2026-03-02 – …)", "added"),
    ]
    assert found.shifts == (Shift("a", gains=("post:head", "role:office_head"), loses=()),)


def test_who_takes_over_a_post_gains_what_the_other_one_loses() -> None:
    before, after = roster(Appointment("a", "head", YESTERDAY)), roster(Appointment("b", "head", DAY))

    found = changes_of(before, after, DAY)

    assert found.shifts == (
        Shift("a", (), ("post:head", "role:office_head")),
        Shift("b", ("post:head", "role:office_head"), ()),
    )
    assert (found.vacated, found.leavers) == ((), ("a",))


def test_a_role_that_nobody_has_any_more_is_named_with_its_scope() -> None:
    before = roster(Appointment("a", "head", YESTERDAY), Appointment("a", "clerk", YESTERDAY))

    found = changes_of(before, roster(Appointment("a", "head", YESTERDAY)), DAY)

    assert found.vacated == (Grant("town_clerk", "T1"),)
    assert found.leavers == ()


def test_an_end_in_the_future_changes_a_row_and_nobody_yet() -> None:
    before = roster(Appointment("a", "head", YESTERDAY))
    after = roster(Appointment("a", "head", YESTERDAY, DAY + timedelta(days=9)))

    found = changes_of(before, after, DAY)

    assert [one.how for one in found.rows] == ["added", "removed"]
    assert found.shifts == ()
    assert changes_of(before, after, DAY + timedelta(days=10)).leavers == ("a",)


def test_a_changed_post_and_a_new_proxy_are_rows() -> None:
    before = roster(Appointment("a", "head", DAY), Appointment("b", "clerk", DAY))
    after = replace(before, posts=(POSTS[0], replace(POSTS[1], superior="head")), proxies=(Proxy("a", "b", DAY, DAY),))

    assert changes_of(before, after, DAY).rows == (
        RowChange("posts", "clerk", "changed"),
        RowChange("proxies", "a → b (2026-03-02 – 2026-03-02)", "added"),
    )


held = st.lists(
    st.builds(
        Appointment,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["head", "clerk"]),
        st.sampled_from([YESTERDAY, DAY, DAY + timedelta(days=1)]),
        st.sampled_from([None, DAY + timedelta(days=1)]),
    ),
    max_size=4,
    unique=True,
)


@given(held)
@settings(max_examples=100, deadline=None)
def test_the_same_roster_changes_nothing(appointments: list[Appointment]) -> None:
    one = roster(*appointments)

    found = changes_of(one, replace(one, version="2"), DAY)

    assert (found.rows, found.shifts, found.vacated, found.leavers) == ((), (), (), ())


@given(held, held)
@settings(max_examples=200, deadline=None)
def test_what_is_gained_one_way_is_lost_the_other_way(first: list[Appointment], second: list[Appointment]) -> None:
    there, back = changes_of(roster(*first), roster(*second), DAY), changes_of(roster(*second), roster(*first), DAY)

    assert [(one.user, one.gains, one.loses) for one in there.shifts] == [
        (one.user, one.loses, one.gains) for one in back.shifts
    ]


@given(held, held)
@settings(max_examples=200, deadline=None)
def test_the_changes_applied_to_the_old_appointments_are_the_new_ones(
    first: list[Appointment], second: list[Appointment]
) -> None:
    found = changes_of(roster(*first), roster(*second), DAY)

    added = sum(one.how == "added" for one in found.rows)
    removed = sum(one.how == "removed" for one in found.rows)
    assert len(first) + added - removed == len(second)
    assert added == len(set(second) - set(first))
