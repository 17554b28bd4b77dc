"""`visible(viewer)` against brute force on small rosters: no store shows a case too many or too few."""

import uuid
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster
from tests.contract.conftest import COUNTY, START
from tests.contract.samples import a_case, a_holder, an_item
from workflows.machine.case import Access, Reader
from workflows.policy import Viewer, department_viewer, officer_viewer, operator_viewer
from workflows.ports import Changes, Units
from workflows.reads import CaseFilter, Reads

DAY = date(2026, 3, 2)
DEPARTMENTS = ("a", "b")
ROLES = (
    Grant("town_clerk", "330226001"),
    Grant("town_clerk"),
    Grant("auditor"),
    Grant("liaison"),
    Grant("panel_member"),
)
USERS = ("u1", "u2", "u3")
PRINCIPALS = (
    *(f"user:{user}" for user in USERS),
    *(f"department:{code}" for code in DEPARTMENTS),
    "role:town_clerk:330226001",
    "role:town_clerk:",
    "role:panel_member:",
    "person:P-1",
)

posts = st.lists(
    st.tuples(st.sampled_from(DEPARTMENTS), st.lists(st.sampled_from(ROLES), max_size=2, unique=True)),
    min_size=1,
    max_size=3,
)
appointments = st.lists(st.tuples(st.sampled_from(USERS), st.integers(0, 2)), max_size=4, unique=True)
shared = st.lists(st.frozensets(st.sampled_from(PRINCIPALS), max_size=3), min_size=1, max_size=5)


def roster_of(own: list[tuple[str, list[Grant]]], held: list[tuple[str, int]]) -> Roster:
    return Roster(
        version="r1",
        county=COUNTY,
        departments=tuple(Department(code, code, code, date.min) for code in DEPARTMENTS),
        posts=tuple(
            Post(f"p{place}", code, "样例岗位", "sample post", tuple(roles)) for place, (code, roles) in enumerate(own)
        ),
        appointments=tuple(Appointment(user, f"p{place}", date.min) for user, place in held if place < len(own)),
    )


def may_see(viewer: Viewer, roster: Roster, access: frozenset[str]) -> bool:
    """The rule again, from the roster's own rows: nothing of policy, index or SQL in it."""
    if viewer.user == "operator":
        return True
    if viewer.user.startswith("department:"):
        return viewer.user in access
    mine = [
        post
        for one in roster.appointments
        for post in roster.posts
        if one.user == viewer.user and post.code == one.post
    ]
    grants = [grant for post in mine for grant in post.roles]
    names = {f"user:{viewer.user}", *(f"role:{grant.role}:{grant.scope or ''}" for grant in grants)}
    names |= {f"department:{post.department}" for post in mine[:1]}
    return any(grant.role == "auditor" for grant in grants) or bool(names & access)


def everybody(roster: Roster) -> list[Viewer]:
    keys = [department_viewer(COUNTY, code, frozenset(), frozenset({"read"})) for code in DEPARTMENTS]
    return [operator_viewer(COUNTY), *keys, *(officer_viewer(roster, user, DAY) for user in USERS)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(own=posts, held=appointments, shares=shared)
def test_everybody_sees_exactly_what_the_rule_says(
    units: Units,
    reads: Reads,
    own: list[tuple[str, list[Grant]]],
    held: list[tuple[str, int]],
    shares: list[frozenset[str]],
) -> None:
    roster = roster_of(own, held)
    # One store serves all examples: each looks at cases of its own subject.
    run = uuid.uuid4()
    cases = {f"{run}/{place}": access for place, access in enumerate(shares)}
    changes = Changes(
        access=[Access(case, who, "drawn") for case, access in cases.items() for who in sorted(access)],
        items=[an_item(f"{case}/i", case) for case in cases],
        holders_opened=[a_holder(f"user:{user}", f"{case}/i", case) for case in cases for user in USERS],
    )
    units.run(lambda unit: unit.add_cases([a_case(case, key=str(run)) for case in cases]))
    units.run(lambda unit: unit.write(changes))

    for viewer in everybody(roster):
        allowed = {case for case, access in cases.items() if may_see(viewer, roster, access)}
        listed = reads.cases(viewer, CaseFilter(subject=str(run)), limit=50).rows
        inbox = {view.case.id for view in reads.items(viewer, limit=500)}
        assert {row.case.id for row in listed} == allowed
        assert {case for case in cases if reads.case(viewer, case)} == allowed
        assert {case for case in cases if reads.item(viewer, f"{case}/i")} == allowed
        assert inbox & set(cases) == {case for case in allowed if viewer.user in USERS}


def test_whoever_may_see_a_case_for_two_reasons_loses_one_of_them_alone(units: Units, reads: Reads) -> None:
    reader = officer_viewer(roster_of([("a", [])], [("u1", 0)]), "u1", DAY)
    units.run(lambda unit: unit.add_cases([a_case("c1"), a_case("c2")]))
    copies = [Access("c1", "user:u1", "copy"), Access("c2", "user:u1", "copy")]
    units.run(lambda unit: unit.write(Changes(access=[*copies, Access("c1", "user:u1", "holder")])))

    units.run(lambda unit: unit.write(Changes(access_ended=copies)))

    assert reads.case(reader, "c1") is not None
    assert reads.case(reader, "c2") is None


def test_who_has_read_a_copy_is_kept_with_the_case(units: Units, reads: Reads) -> None:
    readers = (Reader("u1", "u2", START, START), Reader("u3", "u2", START))
    units.run(lambda unit: unit.add_cases([a_case("c1", readers=readers)]))

    found = reads.case(operator_viewer(COUNTY), "c1")

    assert found is not None
    assert found.head.readers == readers
