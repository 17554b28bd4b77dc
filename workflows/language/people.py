"""Who is asked: the resolvers of the language, and what happens where they find nobody or find the initiator.

Each is resolved on the roster when its step is entered, and again in each new round. Source of the kinds and of the
rules: approvals.md §1 (动态审批人, 连续多级主管, 发起人自选 / 审批人自选, 审批人为空, 审批人与发起人相同, 回避).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from workflows.language.expressions import Condition, fields_read
from workflows.language.word import Word

INITIATOR: Final = "initiator"
"""The field that holds the officer who submitted what started the case, where an officer did."""

HeldBy = Literal["liaison", "leader", "anybody"]
"""Who of a department is meant: its liaison officers, its leaders, or everybody with a post in it."""


class RoleHolders(Word):
    """Whoever holds a role; `of` names the case field whose value is the role's scope (a town, a group)."""

    who: Literal["role"] = "role"
    name: str
    of: str | None = None


class DepartmentLiaison(Word):
    """The liaison officers of one department (its code), or its leaders, or everybody with a post in it."""

    who: Literal["department"] = "department"
    code: str
    held_by: HeldBy = "liaison"


class MemberDepartments(Word):
    """One seat for each member department of the joint meeting, held by its liaison officers."""

    who: Literal["departments"] = "departments"


class PostHolders(Word):
    """Whoever holds one post (its code): so a person is named, by the post and never by name."""

    who: Literal["post"] = "post"
    code: str


class Applicant(Word):
    """The person the case is about, or the department that applied where it is about nobody.

    `through` may act on their behalf at the counter (代办).
    """

    who: Literal["applicant"] = "applicant"
    through: RoleHolders | None = None


class Seats(Word):
    """`n` seats for holders of a role; `pick` least_loaded lets assign narrow each to one person."""

    who: Literal["seats"] = "seats"
    n: int = Field(ge=1, le=50)
    role: RoleHolders
    pick: Literal["any", "least_loaded"] = "any"


class Panel(Word):
    """One seat for each member of a standing panel (评审组): who holds the role panel_member for it, or for every panel."""

    who: Literal["panel"] = "panel"
    name: str


class Superiors(Word):
    """The levels above somebody (连续多级主管), one seat for each: `levels` of them, or up to the post `up_to`.

    `of` names the field that names a user or a post; without it the line of the case's initiator is asked. The seats
    stand in the order in which they are asked, the nearest level first or the highest. Who stands on two levels is
    asked once. A vacant level is skipped, or (`vacant` ask) filled as the step says for nobody found.
    """

    who: Literal["superiors"] = "superiors"
    of: str | None = None
    levels: int | None = Field(default=None, ge=1, le=20)
    up_to: str | None = None
    first: Literal["nearest", "highest"] = "nearest"
    vacant: Literal["skip", "ask"] = "skip"


class NamedIn(Word):
    """Whom a field of the case names: a user, a post or a department; one seat for each where it lists several."""

    who: Literal["field"] = "field"
    field: str
    names: Literal["user", "post", "department"]
    held_by: HeldBy = "liaison"


Among = RoleHolders | DepartmentLiaison | None
"""Among whom people are chosen: any officer on the roster where it is nothing."""


class Chosen(Word):
    """Whom somebody chose (自选): the users that a field names, a seat for each.

    The initiator chooses in a field of the start event (发起人自选), or whoever an earlier step asks in a field of its form
    (审批人自选, kinds `person` and `people`). Neither the door nor the machine takes fewer than `at_least` or more than
    `at_most`, somebody twice, somebody who is not `among` those (any officer on the roster, without it), or somebody whom
    this step keeps out (回避).
    """

    who: Literal["chosen"] = "chosen"
    field: str
    among: Among = None
    at_least: int = Field(default=1, ge=1, le=50)
    at_most: int = Field(default=1, ge=1, le=50)


Plain = Annotated[
    RoleHolders | DepartmentLiaison | PostHolders | Seats | Panel | Superiors | NamedIn | Chosen,
    Field(discriminator="who"),
]
"""The resolvers that others are made of."""


class Either(Word):
    """The seats of several resolvers together."""

    who: Literal["either"] = "either"
    of: tuple[Plain, ...]


class Depends(Word):
    """One case of `depending`: who is asked when the condition is true."""

    when: Condition
    ask: Plain


class Depending(Word):
    """Who is asked depends on the case: the first whose condition is true, else `otherwise` (also when unknown)."""

    who: Literal["depending"] = "depending"
    cases: tuple[Depends, ...]
    otherwise: Plain


Who = Annotated[
    RoleHolders
    | DepartmentLiaison
    | MemberDepartments
    | PostHolders
    | Applicant
    | Seats
    | Panel
    | Superiors
    | NamedIn
    | Chosen
    | Either
    | Depending,
    Field(discriminator="who"),
]


Part = Plain | MemberDepartments | Applicant
"""A resolver that is not made of others."""


def parts(who: Who) -> Iterator[Part]:
    """The resolvers that a composed one is made of; any other is its own only part."""
    match who:
        case Either(of=of):
            yield from of
        case Depending(cases=cases, otherwise=otherwise):
            yield from (one.ask for one in cases)
            yield otherwise
        case _:
            yield who


def fields_asked(who: Who) -> Iterator[str]:
    """The fields of the case that a resolver looks at."""
    match who:
        case RoleHolders(of=str(of)):
            yield of
        case Superiors(of=of):
            yield of or INITIATOR
        case NamedIn(field=field) | Chosen(field=field):
            yield field
        case Seats(role=part) | Applicant(through=RoleHolders() as part):
            yield from fields_asked(part)
        case Either(of=parts):
            yield from (name for part in parts for name in fields_asked(part))
        case Depending(cases=cases, otherwise=otherwise):
            yield from (name for one in cases for name in (*sorted(fields_read(one.when)), *fields_asked(one.ask)))
            yield from fields_asked(otherwise)


class Nobody(Word):
    """What happens to a seat that nobody can take (审批人为空).

    The meeting's office takes it, or whoever `ask` names, the process administrators, or the first superior who can; it
    passes or is rejected by rule, recorded as the system's; or the door takes no event that would surely lead there.
    Where these find nobody either, the seat waits in the queue of the process administrators, who are told.
    """

    then: Literal["office", "ask", "admin", "climb", "pass", "reject", "block"] = "office"
    ask: RoleHolders | DepartmentLiaison | PostHolders | None = None


OFFICE: Final = Nobody()
"""The meeting's office takes what nobody else can take."""

OwnCase = Literal["decide", "skip", "superior", "leader", "forbid"]
"""What becomes of a seat that the initiator of the case would hold (审批人与发起人相同)."""

Related = Literal["subject", "department"]
"""Who stands too near to the case to decide it (回避), beside the initiator."""
