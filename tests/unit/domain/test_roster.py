import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.organisation import Appointment, Department, Grant, Post, is_valid
from domain.roster import (
    Roster,
    department_of,
    dump_roster,
    liaison_officers,
    member_departments,
    parse_roster,
    post_of,
    posts_of,
    roles_of,
    users_in_department,
    users_in_post,
    users_with_role,
)

START = date(2026, 1, 1)
CHALU, OFFICE = "330226105", "united_front"


def roster(*appointments: Appointment) -> Roster:
    return Roster(
        version="1",
        county="330226",
        departments=(
            Department(OFFICE, "统战部", "United Front Work Department", START),
            Department(CHALU, "岔路镇", "Chalu", START),
            Department("service_centre", "服务中心", "Service centre", START, member=False),
            Department("merged", "已撤并单位", "A department that was merged", START, date(2026, 6, 30)),
        ),
        posts=(
            Post("office_head", OFFICE, "办公室主任", "Office head", (Grant("office_head"),)),
            Post("clerk", CHALU, "统战干事", "Clerk", (Grant("town_clerk", CHALU), Grant("liaison", CHALU))),
            Post("roving", OFFICE, "机动干事", "Roving clerk", (Grant("town_clerk"),)),
            Post("old", "merged", "原职", "Former post", (Grant("office_head"),)),
        ),
        appointments=appointments,
    )


def test_a_role_is_found_in_its_scope() -> None:
    one = roster(Appointment("b", "clerk", START), Appointment("a", "clerk", START))

    assert users_with_role(one, "town_clerk", CHALU, START) == ("a", "b")
    assert users_with_role(one, "town_clerk", "330226106", START) == ()


def test_a_role_for_the_whole_county_counts_in_every_scope() -> None:
    one = roster(Appointment("b", "clerk", START), Appointment("a", "roving", START))

    assert users_with_role(one, "town_clerk", CHALU, START) == ("a", "b")
    assert users_with_role(one, "town_clerk", "330226106", START) == ("a",)


def test_a_scope_that_is_not_known_never_widens_the_circle() -> None:
    one = roster(Appointment("b", "clerk", START), Appointment("a", "roving", START))

    assert users_with_role(one, "town_clerk", None, START) == ("a",)


def test_an_appointment_counts_from_its_first_to_its_last_day() -> None:
    one = roster(Appointment("a", "office_head", date(2026, 2, 1), date(2026, 2, 28)))

    holders = [users_in_post(one, "office_head", date(2026, *day)) for day in ((1, 31), (2, 1), (2, 28), (3, 1))]

    assert holders == [(), ("a",), ("a",), ()]


def test_a_post_ends_with_its_department() -> None:
    one = roster(Appointment("a", "old", START))

    assert users_with_role(one, "office_head", None, date(2026, 6, 30)) == ("a",)
    assert users_with_role(one, "office_head", None, date(2026, 7, 1)) == ()
    assert department_of(one, "a", date(2026, 7, 1)) is None


def test_the_first_appointment_in_the_roster_is_the_main_post() -> None:
    one = roster(Appointment("a", "clerk", START), Appointment("a", "office_head", START))

    assert post_of(one, "a", START) == "clerk"
    assert department_of(one, "a", START) == CHALU
    assert posts_of(one, "a", START) == ("clerk", "office_head")
    assert roles_of(one, "a", START) == (Grant("town_clerk", CHALU), Grant("liaison", CHALU), Grant("office_head"))


def test_a_stranger_holds_nothing() -> None:
    one = roster()

    assert (post_of(one, "x", START), department_of(one, "x", START)) == (None, None)
    assert (posts_of(one, "x", START), roles_of(one, "x", START)) == ((), ())


def test_liaison_officers_belong_to_their_department() -> None:
    one = roster(Appointment("a", "clerk", START), Appointment("b", "office_head", START))

    assert liaison_officers(one, CHALU, START) == ("a",)
    assert liaison_officers(one, OFFICE, START) == ()
    assert users_in_department(one, CHALU, START) == ("a",)


def test_member_departments_change_with_the_day() -> None:
    assert member_departments(roster(), START) == (OFFICE, CHALU, "merged")
    assert member_departments(roster(), date(2026, 7, 1)) == (OFFICE, CHALU)


def test_a_roster_survives_writing_and_reading() -> None:
    one = roster(Appointment("a", "clerk", START, date(2027, 1, 1)), Appointment("b", "office_head", START))

    assert parse_roster(json.loads(json.dumps(dump_roster(one)))) == one


def test_an_appointment_to_an_unknown_post_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'a' names post 'nowhere'"):
        roster(Appointment("a", "nowhere", START))


def test_a_code_that_stands_twice_is_refused() -> None:
    department = Department(OFFICE, "统战部", "Department", START)

    with pytest.raises(ValueError, match="'united_front' stands twice"):
        Roster("1", "330226", (department, department), (), ())


def test_a_turned_clock_does_not_fill_the_memory() -> None:
    one = roster(Appointment("a", "clerk", START))

    found = {users_in_post(one, "clerk", START + timedelta(days=day)) for day in range(400)}

    assert found == {("a",)}
    assert len(one.index) <= 16


terms = st.tuples(st.integers(0, 20), st.none() | st.integers(0, 20)).map(
    lambda term: (START + timedelta(days=term[0]), None if term[1] is None else START + timedelta(days=term[1]))
)
appointments = st.lists(
    st.builds(
        lambda user, post, term: Appointment(user, post, *term),
        st.sampled_from("abcd"),
        st.sampled_from(["office_head", "clerk", "roving", "old"]),
        terms,
    ),
    max_size=12,
)


@settings(deadline=None)
@given(
    appointments,
    st.integers(0, 25),
    st.sampled_from(["office_head", "town_clerk", "liaison"]),
    st.sampled_from([None, CHALU, "330226106"]),
)
def test_the_index_answers_as_reading_the_whole_roster(
    held: list[Appointment], after: int, role: str, scope: str | None
) -> None:
    one, day = roster(*held), START + timedelta(days=after)
    posts = {post.code: post for post in one.posts}

    expected = {
        appointment.user
        for appointment in held
        for grant in posts[appointment.post].roles
        if is_valid(appointment, day) and grant.role == role and grant.scope in {None, scope}
    }

    assert users_with_role(one, role, scope, day) == tuple(sorted(expected))
