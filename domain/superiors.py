"""The line above a post (直接上级, 连续多级主管): pure questions to one version of the roster, on one day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.organisation import Post
from domain.roster import Roster, users_in_post


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the line: a post and those who hold it that day; a vacant level has nobody."""

    post: str
    users: tuple[str, ...]


def line_above(roster: Roster, post: str, day: date) -> tuple[Level, ...]:
    """Every level above a post, the direct superior first; a post that has ended, or that nobody holds, is vacant."""
    posts: Mapping[str, Post] = {one.code: one for one in roster.posts}
    line: list[Level] = []
    above = posts[post].superior if post in posts else None
    while above is not None:
        line.append(Level(above, users_in_post(roster, above, day)))
        above = posts[above].superior
    return tuple(line)


def levels_above(  # what a line is cut by, spelled out
    roster: Roster, post: str, day: date, *, levels: int | None = None, up_to: str | None = None
) -> tuple[Level, ...]:
    """The levels that are asked for above a post, the direct superior first.

    Args:
        roster, post, day: where the line begins, and when.
        levels: how many levels at most, vacant ones counted; None means all.
        up_to: the post that is the last one; nothing where it does not stand in the line.
    """
    line = line_above(roster, post, day)
    if up_to is not None:
        codes = [one.post for one in line]
        line = line[: codes.index(up_to) + 1] if up_to in codes else ()
    return line if levels is None else line[:levels]


def first_held(line: tuple[Level, ...], without: frozenset[str] = frozenset()) -> Level | None:
    """The first level that somebody holds who is not among `without`; those are left out of it."""
    held = (Level(one.post, tuple(user for user in one.users if user not in without)) for one in line)
    return next((one for one in held if one.users), None)
