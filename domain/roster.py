"""Who may act: pure questions to one version of the roster, on one day.

Every answer comes from an index of that day, built once per version and day, so that
a question costs a look-up however large the county is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from domain.audit import canonical
from domain.organisation import Appointment, Department, Grant, Handover, Post, Proxy, is_valid
from domain.proxies import StandIn, circle_of, stand_ins

LIAISON = "liaison"
"""The role of a department's liaison officer (联络员)."""

LEADER = "member_leader"
"""The role of the leader who is a department's member of the joint meeting (成员单位领导): its head."""

_DAYS_KEPT = 16
_ONE_DAY = timedelta(days=1)

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class _Day:
    """Everything a roster says about one day, ready to be looked up."""

    by_role: Mapping[tuple[str, str | None], tuple[str, ...]]
    by_post: Mapping[str, tuple[str, ...]]
    by_department: Mapping[str, tuple[str, ...]]
    liaison: Mapping[str, tuple[str, ...]]
    posts: Mapping[str, tuple[Post, ...]]
    members: tuple[str, ...]
    stand_ins: Mapping[str, tuple[StandIn, ...]]
    since: date


@dataclass(frozen=True, slots=True)
class Roster:
    """One version of departments, posts and appointments of a county, and of who stands in for whom.

    Raises:
        ValueError: when a post names an unknown department or superior, an appointment an
            unknown post, somebody who stands in or is stood in for no post at all, when a
            code stands twice, or superiors or stand-ins go round in a circle.
    """

    version: str
    county: str
    departments: tuple[Department, ...]
    posts: tuple[Post, ...]
    appointments: tuple[Appointment, ...]
    proxies: tuple[Proxy, ...] = ()
    handovers: tuple[Handover, ...] = ()
    index: dict[date, _Day] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        departments = _unique("department", (department.code for department in self.departments))
        posts = _unique("post", (post.code for post in self.posts))
        for post in self.posts:
            _require(departments, "post", post.code, "department", post.department)
            if post.superior is not None:
                _require(posts, "post", post.code, "superior", post.superior)
        for appointment in self.appointments:
            _require(posts, "appointment of", appointment.user, "post", appointment.post)
        _refuse_circle_of_superiors(self.posts)
        self._refuse_stand_ins()

    def _refuse_stand_ins(self) -> None:
        users = frozenset(one.user for one in self.appointments)
        for proxy in self.proxies:
            _require(users, "proxy of", proxy.user, "user", proxy.user)
            _require(users, "proxy of", proxy.user, "user", proxy.proxy)
        for handover in self.handovers:
            _require(users, "handover of", handover.user, "user", handover.user)
            _require(users, "handover of", handover.user, "user", handover.successor)
        circle = circle_of((*self.proxies, *self.handovers))
        if circle:
            message = f"roster: {' → '.join(circle)} stand in for each other on one day; let one of them name another"
            raise ValueError(message)


def _refuse_circle_of_superiors(posts: Iterable[Post]) -> None:
    code = above_itself(posts)
    if code is not None:
        message = f"roster: post '{code}' stands above itself; correct the superior of one post of its line"
        raise ValueError(message)


def above_itself(posts: Iterable[Post]) -> str | None:
    """The first post that stands in the line above itself, if there is one."""
    above = {post.code: post.superior for post in posts}
    for code, superior in above.items():
        seen, at = {code}, superior
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        if at == code:
            return code
    return None


def _unique(kind: str, codes: Iterable[str]) -> frozenset[str]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            message = f"roster: {kind} '{code}' stands twice; give each its own code"
            raise ValueError(message)
        seen.add(code)
    return frozenset(seen)


def _require(known: frozenset[str], kind: str, name: str, target: str, code: str) -> None:
    if code not in known:
        message = f"roster: {kind} '{name}' names {target} '{code}', which this version does not hold; add it first"
        raise ValueError(message)


def users_with_role(roster: Roster, role: str, scope: str | None, day: date) -> tuple[str, ...]:
    """Users whose posts carry a role that day, sorted.

    A grant without scope counts for every scope. Asking without a scope finds only those:
    a scope that is unknown must never widen the circle.
    """
    by_role = _on(roster, day).by_role
    everywhere = by_role.get((role, None), ())
    if scope is None:
        return everywhere
    here = by_role.get((role, scope), ())
    return _sorted([*here, *everywhere]) if everywhere else here


def users_in_post(roster: Roster, post: str, day: date) -> tuple[str, ...]:
    """Users who hold a post that day, sorted."""
    return _on(roster, day).by_post.get(post, ())


def users_in_department(roster: Roster, department: str, day: date) -> tuple[str, ...]:
    """Users with any post in a department that day, sorted."""
    return _on(roster, day).by_department.get(department, ())


def liaison_officers(roster: Roster, department: str, day: date) -> tuple[str, ...]:
    """The liaison officers (联络员) of a department that day, sorted."""
    return _on(roster, day).liaison.get(department, ())


def leaders_of(roster: Roster, department: str, day: date) -> tuple[str, ...]:
    """The leaders of a department that day, sorted."""
    return users_with_role(roster, LEADER, department, day)


def posts_of(roster: Roster, user: str, day: date) -> tuple[str, ...]:
    """The posts a user holds that day, the main one (the first appointed in the roster) first."""
    return tuple(post.code for post in _on(roster, day).posts.get(user, ()))


def post_of(roster: Roster, user: str, day: date) -> str | None:
    """The main post of a user that day."""
    posts = _on(roster, day).posts.get(user)
    return posts[0].code if posts else None


def department_of(roster: Roster, user: str, day: date) -> str | None:
    """The department of a user's main post that day."""
    posts = _on(roster, day).posts.get(user)
    return posts[0].department if posts else None


def member_departments(roster: Roster, day: date) -> tuple[str, ...]:
    """The member departments (成员单位) that day, in the order of the roster."""
    return _on(roster, day).members


def roles_of(roster: Roster, user: str, day: date) -> tuple[Grant, ...]:
    """Every role a user's posts carry that day, each once, in the order of the posts."""
    posts = _on(roster, day).posts.get(user, ())
    return tuple(dict.fromkeys(grant for post in posts for grant in post.roles))


def holders_on(roster: Roster, day: date) -> Mapping[str, tuple[StandIn, ...]]:
    """Whoever is absent or has left that day, with those who hold their items beside them or in their place.

    A proxy (`leaver` False) is added to the holders of an item, a successor (`leaver` True) takes the place of the
    holder who left; `covers` tells for which workflow. Nothing is passed on a second time.
    """
    return _on(roster, day).stand_ins


def changed_on(roster: Roster, day: date) -> date:
    """The last day up to this one on which a term of the roster began, or was over for the first time."""
    return _on(roster, day).since


def last_post_of(roster: Roster, user: str) -> str | None:
    """The post to which a user was appointed last, whenever that was and whether it has ended or not."""
    own = [one for one in roster.appointments if one.user == user]
    return max(own, key=lambda one: one.since).post if own else None


def _on(roster: Roster, day: date) -> _Day:
    found = roster.index.get(day)
    if found is None:
        found = _index(roster, day)
        # Cases live in few days at a time; a turned clock must not fill the memory.
        if len(roster.index) >= _DAYS_KEPT:
            roster.index.clear()
        roster.index[day] = found
    return found


def _index(roster: Roster, day: date) -> _Day:
    departments = [department for department in roster.departments if is_valid(department, day)]
    open_codes = {department.code for department in departments}
    posts = {post.code: post for post in roster.posts if post.department in open_codes and is_valid(post, day)}
    held = [(one.user, posts[one.post]) for one in roster.appointments if one.post in posts and is_valid(one, day)]
    return _Day(
        by_role=_group(((grant.role, grant.scope), user) for user, post in held for grant in post.roles),
        by_post=_group((post.code, user) for user, post in held),
        by_department=_group((post.department, user) for user, post in held),
        liaison=_group(
            (post.department, user) for user, post in held if any(grant.role == LIAISON for grant in post.roles)
        ),
        posts=_posts_by_user(held),
        members=tuple(department.code for department in departments if department.member),
        stand_ins=stand_ins((*roster.proxies, *roster.handovers), day),
        since=_since(roster, day),
    )


def _since(roster: Roster, day: date) -> date:
    terms: tuple[Department | Post | Appointment | Proxy | Handover, ...]
    terms = (*roster.departments, *roster.posts, *roster.appointments, *roster.proxies, *roster.handovers)
    began = [term.since for term in terms]
    over = [term.until + _ONE_DAY for term in terms if term.until is not None and term.until < date.max]
    return max((one for one in (*began, *over) if one <= day), default=date.min)


def _group(pairs: Iterable[tuple[K, str]]) -> dict[K, tuple[str, ...]]:
    groups: dict[K, list[str]] = {}
    for key, user in pairs:
        groups.setdefault(key, []).append(user)
    return {key: _sorted(users) for key, users in groups.items()}


def _posts_by_user(held: Iterable[tuple[str, Post]]) -> dict[str, tuple[Post, ...]]:
    posts: dict[str, dict[str, Post]] = {}
    for user, post in held:
        posts.setdefault(user, {}).setdefault(post.code, post)
    return {user: tuple(own.values()) for user, own in posts.items()}


def _sorted(users: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(users)))


def dump_roster(roster: Roster) -> dict[str, Any]:
    """Write a version as a JSON-ready object; `parse_roster` reads it back without loss."""
    return {
        "version": roster.version,
        "county": roster.county,
        "departments": [_dump_term(asdict(department)) for department in roster.departments],
        "posts": [_dump_term(asdict(post)) for post in roster.posts],
        "appointments": [_dump_term(asdict(appointment)) for appointment in roster.appointments],
        **_dump_stand_ins(roster),
    }


def versioned(roster: Roster) -> Roster:
    """The same roster under the version that its content gives it: what is the same has the same name."""
    content = {name: value for name, value in dump_roster(roster).items() if name != "version"}
    return replace(roster, version=f"r-{sha256(canonical(content)).hexdigest()[:12]}")


def _dump_stand_ins(roster: Roster) -> dict[str, Any]:
    """Only what there is, so that a version from before there were any is written as it was."""
    lists: dict[str, tuple[Proxy | Handover, ...]] = {"proxies": roster.proxies, "handovers": roster.handovers}
    return {name: [_dump_term(asdict(one)) for one in rows] for name, rows in lists.items() if rows}


def _dump_term(term: dict[str, Any]) -> dict[str, Any]:
    until = term["until"]
    roles = {"roles": list(term["roles"])} if "roles" in term else {}
    term = {name: value for name, value in term.items() if name != "superior" or value is not None}
    return term | roles | {"since": term["since"].isoformat(), "until": until.isoformat() if until else None}


def parse_roster(data: Mapping[str, Any]) -> Roster:
    """Read a version from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing, unknown or wrong field.
    """
    return Roster(
        version=data["version"],
        county=data["county"],
        departments=tuple(Department(**_parse_term(term)) for term in data["departments"]),
        posts=tuple(
            Post(**_parse_term(term) | {"roles": tuple(Grant(**grant) for grant in term["roles"])})
            for term in data["posts"]
        ),
        appointments=tuple(Appointment(**_parse_term(term)) for term in data["appointments"]),
        proxies=tuple(Proxy(**_parse_term(term)) for term in data.get("proxies", ())),
        handovers=tuple(Handover(**_parse_term(term)) for term in data.get("handovers", ())),
    )


def _parse_term(term: Mapping[str, Any]) -> dict[str, Any]:
    until = term["until"]
    return dict(term) | {
        "since": date.fromisoformat(term["since"]),
        "until": date.fromisoformat(until) if until else None,
    }
