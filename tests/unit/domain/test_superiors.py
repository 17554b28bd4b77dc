"""The line above a post, compared with a reading of the same rows that knows nothing of the roster's index."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.organisation import Appointment, Department, Post
from domain.roster import Roster
from domain.superiors import Level, first_held, levels_above, line_above

DAY = date(2026, 3, 2)
OFFICE = Department("office", "办公室", "Office", DAY)

CODES = ("a", "b", "c", "d", "e")
USERS = ("u", "v", "w")

days = st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n))
ends = st.none() | days
posts = st.builds(
    lambda above, since, until: [
        Post(code, "office", code, code, (), since[n], until[n], None if above[n] is None else CODES[above[n]])
        for n, code in enumerate(CODES)
    ],
    # Only a later post stands above another one: so no circle can be.
    above=st.tuples(*(st.none() | st.integers(n + 1, 4) if n < 4 else st.none() for n in range(5))),
    since=st.tuples(*[days] * 5),
    until=st.tuples(*[ends] * 5),
)
appointments = st.lists(
    st.builds(Appointment, st.sampled_from(USERS), st.sampled_from(CODES), days, ends), max_size=8
).map(tuple)


def roster(*posts: Post, held: tuple[Appointment, ...] = ()) -> Roster:
    return Roster("1", "330226", (OFFICE,), posts, held)


def post(code: str, superior: str | None = None) -> Post:
    return Post(code, "office", code, code, superior=superior)


def naive_line(posts: list[Post], held: tuple[Appointment, ...], first: str, day: date) -> list[tuple[str, list[str]]]:
    """Read off the rows one by one."""
    line = []
    [at] = [one for one in posts if one.code == first]
    while at.superior:
        [at] = [one for one in posts if one.code == at.superior]
        lasts = at.since <= day <= (at.until or date.max)
        names = {one.user for one in held if one.post == at.code and one.since <= day <= (one.until or date.max)}
        line.append((at.code, sorted(names) if lasts else []))
    return line


@given(posts, appointments, st.sampled_from(CODES), days.filter(lambda day: day >= DAY))
@settings(max_examples=300, deadline=None)
def test_the_line_is_what_the_rows_say(posts: list[Post], held: tuple[Appointment, ...], first: str, day: date) -> None:
    line = line_above(roster(*posts, held=held), first, day)

    assert [(one.post, list(one.users)) for one in line] == naive_line(posts, held, first, day)


@given(posts, appointments, st.sampled_from(CODES), st.integers(1, 4), st.sampled_from(CODES))
@settings(max_examples=300, deadline=None)
def test_a_cut_line_is_the_beginning_of_the_whole_one(
    posts: list[Post], held: tuple[Appointment, ...], first: str, levels: int, last: str
) -> None:
    one = roster(*posts, held=held)
    whole = line_above(one, first, DAY)

    cut = levels_above(one, first, DAY, levels=levels)
    up_to = levels_above(one, first, DAY, up_to=last)

    assert cut == whole[:levels]
    assert up_to == whole[: len(up_to)]
    assert [level.post for level in up_to[-1:]] == [last for level in whole if level.post == last]


def test_a_post_without_a_superior_has_no_line() -> None:
    assert line_above(roster(post("a")), "a", DAY) == ()
    assert line_above(roster(post("a")), "unheard_of", DAY) == ()


def test_the_first_level_that_is_held_may_be_far_up() -> None:
    one = roster(post("a", "b"), post("b", "c"), post("c"), held=(Appointment("u", "c", DAY),))

    assert first_held(line_above(one, "a", DAY)) == Level("c", ("u",))
    assert first_held(line_above(one, "a", DAY), without=frozenset({"u"})) is None


def test_a_post_that_stands_above_itself_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"post 'b' stands above itself"):
        roster(post("a", "b"), post("b", "c"), post("c", "b"))


def test_an_unknown_superior_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"post 'a' names superior 'x'"):
        roster(post("a", "x"))
