"""The words for who is asked, as an author writes them; `words.py` has them all."""

from __future__ import annotations

from typing import Literal

from workflows.language.expressions import Condition
from workflows.language.people import (
    Applicant,
    Chosen,
    DepartmentLiaison,
    Depending,
    Depends,
    Either,
    HeldBy,
    MemberDepartments,
    NamedIn,
    Nobody,
    Panel,
    Plain,
    PostHolders,
    RoleHolders,
    Seats,
    Superiors,
)


def role(name: str, of: str | None = None) -> RoleHolders:
    """Whoever holds the role `name`, in the scope that the case field `of` gives."""
    return RoleHolders(name=name, of=of)


def department(code: str, held_by: HeldBy = "liaison") -> DepartmentLiaison:
    """The liaison officers of the department `code`, its leaders, or anybody in it."""
    return DepartmentLiaison(code=code, held_by=held_by)


def departments() -> MemberDepartments:
    """One seat for each member department of the joint meeting."""
    return MemberDepartments()


def post(code: str) -> PostHolders:
    """Whoever holds the post `code`."""
    return PostHolders(code=code)


def applicant(through: RoleHolders | None = None) -> Applicant:
    """The person the case is about (or else the department that applied), at the counter `through` somebody."""
    return Applicant(through=through)


def seats(n: int, of: RoleHolders, pick: Literal["any", "least_loaded"] = "any") -> Seats:
    """`n` seats for holders of a role."""
    return Seats(n=n, role=of, pick=pick)


def panel(name: str) -> Panel:
    """One seat for each member of the panel `name`."""
    return Panel(name=name)


def superiors(
    levels: int | None = None,
    *,
    up_to: str | None = None,
    of: str | None = None,
    first: Literal["nearest", "highest"] = "nearest",
    vacant: Literal["skip", "ask"] = "skip",
) -> Superiors:
    """The levels above the initiator (or whom the field `of` names), one seat for each."""
    return Superiors(of=of, levels=levels, up_to=up_to, first=first, vacant=vacant)


def named_in(field: str, names: Literal["user", "post", "department"], held_by: HeldBy = "liaison") -> NamedIn:
    """Whom a field names."""
    return NamedIn(field=field, names=names, held_by=held_by)


def chosen(
    field: str, *, among: RoleHolders | DepartmentLiaison | None = None, at_least: int = 1, at_most: int = 1
) -> Chosen:
    """Whom the initiator chose."""
    return Chosen(field=field, among=among, at_least=at_least, at_most=at_most)


def either(*of: Plain) -> Either:
    """The seats of several resolvers together (或签 with mode ANY, 会签 with mode ALL)."""
    return Either(of=of)


def depending(*cases: tuple[Condition, Plain], otherwise: Plain) -> Depending:
    """The first resolver whose condition is true, else `otherwise`."""
    return Depending(cases=tuple(Depends(when=when, ask=ask) for when, ask in cases), otherwise=otherwise)


def nobody(
    then: Literal["office", "ask", "admin", "climb", "pass", "reject", "block"],
    ask: RoleHolders | DepartmentLiaison | PostHolders | None = None,
) -> Nobody:
    """What happens to a seat that nobody can take."""
    return Nobody(then=then, ask=ask)
