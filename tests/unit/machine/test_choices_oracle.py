"""Random rosters, ranges and choices: the machine takes exactly those choices that an oracle of its own takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import COUNTY
from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster
from tests.unit.machine.desk import MONDAY
from workflows.language.words import (
    CarryOut,
    DepartmentLiaison,
    Form,
    FormField,
    RoleHolders,
    carry_out,
    chosen,
    end,
    role,
    sequence,
    workflow,
)
from workflows.testkit import Office

DAY = MONDAY.date()
SINCE = DAY - timedelta(days=100)
TOWNS = ("t1", "t2")


@dataclass(frozen=True)
class Person:
    """What is drawn of somebody: whether they are in office today, their department, and the role for a town or for all."""

    user: str
    here: bool
    department: str
    reviews: str | None


people = st.lists(
    st.builds(
        Person,
        user=st.sampled_from([f"u{n}" for n in range(6)]),
        here=st.booleans(),
        department=st.sampled_from(["office", "bureau"]),
        reviews=st.sampled_from([None, "", *TOWNS]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.user,
)
ranges = st.sampled_from(
    [
        None,
        RoleHolders(name="reviewer"),
        RoleHolders(name="reviewer", of="town"),
        DepartmentLiaison(code="bureau", held_by="anybody"),
        DepartmentLiaison(code="nowhere", held_by="anybody"),
    ]
)
numbers = st.tuples(st.integers(1, 3), st.integers(1, 3)).map(sorted)
names = st.lists(st.sampled_from([*(f"u{n}" for n in range(6)), "stranger"]), max_size=4)


@settings(max_examples=200, deadline=None)
@given(people=people, among=ranges, numbers=numbers, names=names, near=st.booleans())
def test_a_choice_is_taken_exactly_where_it_may_be(
    people: list[Person], among: Any, numbers: list[int], names: list[str], near: bool
) -> None:
    least, most = numbers
    office = _office(people, among, least, most, near=near)
    event = office.event("trial.began.v1", key="t1", town="t1")
    office.send(replace(event, initiator="u0"))
    (case,) = office.cases()
    (item,) = office.case(case.case.id).items

    answer = office.act("role:clerk:", item, "complete", form={"chosen": names})

    allowed = _allowed(people, among, near=near)
    taken = least <= len(names) <= most and len(set(names)) == len(names) and set(names) <= allowed
    assert (answer.status == 200) is taken
    assert taken or answer.body["field"] == "form/chosen"
    assert _seats(office) == ([f"user:{name}" for name in names] if taken else ["role:clerk:"])


def _allowed(people: list[Person], among: Any, *, near: bool) -> set[str]:
    """Who may be chosen, said once more without the roster's own functions; u0 is the initiator."""
    here = [one for one in people if one.here]
    if isinstance(among, RoleHolders):
        # A role for one town is none everywhere: without a scope nobody is found by it.
        found = [one for one in here if one.reviews in ({""} if among.of is None else {"", "t1"})]
    elif isinstance(among, DepartmentLiaison):
        found = [one for one in here if one.department == among.code]
    else:
        found = here
    near_ones = {one.user for one in here if one.department == "office"} if near else set()
    return {one.user for one in found} - {"u0"} - near_ones


def _office(people: list[Person], among: Any, least: int, most: int, *, near: bool) -> Office:
    field = FormField(name="chosen", type="people", among=among, at_least=least, at_most=most)
    asked: CarryOut = carry_out(
        "asked",
        by=chosen("chosen", among=among, at_least=least, at_most=most),
        own_case="forbid",
        recused=("department",) if near else (),
    )
    definition = workflow(
        "trial",
        starts_on="trial.began.v1",
        about="trial",
        forms=(Form(name="choice.v1", fields=(field,)),),
        steps=sequence(carry_out("choosing", by=role("clerk"), form="choice.v1"), asked, end("done")),
    )
    return Office([definition], _roster(people))


def _roster(people: list[Person]) -> Roster:
    departments = tuple(Department(code, code, code, SINCE) for code in ("office", "bureau"))
    clerk = Post("clerk", "bureau", "clerk", "clerk", (Grant("clerk", None),), SINCE)
    posts = tuple(
        Post(
            code=f"post_{one.user}",
            department=one.department,
            title_zh=one.user,
            title_en=one.user,
            roles=() if one.reviews is None else (Grant("reviewer", one.reviews or None),),
            since=SINCE,
        )
        for one in people
    )
    terms = tuple(
        Appointment(one.user, f"post_{one.user}", SINCE, None if one.here else DAY - timedelta(days=1))
        for one in people
    )
    return Roster("drawn", COUNTY, departments, (clerk, *posts), (*terms, Appointment("the_clerk", "clerk", SINCE)))


def _seats(office: Office) -> list[str]:
    (case,) = office.cases()
    view = office.case(case.case.id)
    live = sorted((one for one in view.items if one.closed_at is None), key=lambda one: one.seat)
    return [holder.who for one in live for holder in view.holders[one.id]]
