"""The member register: one row per application, what became of it, and nothing else about the person.

Rows follow from events alone, so replaying the events rebuilds the register.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, get_args

from domain.events.members import EVENTS, RefusalReason
from domain.register import Change, Register, RegisterError
from domain.texts import zh

REFUSAL_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "outside_county": zh("工作和居住均不在本县"),
        "not_in_groups": zh("不属于新的社会阶层人士的四类人群"),
        "minor": zh("未满十八周岁"),
        "duplicate": zh("与已有登记重复"),
        "no_consent": zh("本人未同意处理个人信息"),
    }
)
"""The closed list of reasons for refusing; whoever is refused may ask again."""

if REFUSAL_REASONS.keys() != set(get_args(RefusalReason)):
    raise AssertionError("REFUSAL_REASONS and the reasons of member.refused must be the same list")


FOUNDING: Final = frozenset({"member.applied.v1"})


class Status(StrEnum):
    """What a member row stands at."""

    APPLIED = "applied"
    REGISTERED = "registered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DORMANT = "dormant"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Member:
    """A row of the register, without a name or number of the person.

    Args:
        id: the application.
        town: nine-digit area code, gone after erasure.
        fingerprint: blind index over name and mobile (hex), to find duplicates; gone after erasure.
        person: under whose key the personal values are kept.
        since, until: days of the county's calendar on which the row became and ceased to be registered.
        last_event: the type applied last.
    """

    county: str
    id: str
    status: Status
    town: str | None
    fingerprint: str | None
    person: str
    since: date | None
    until: date | None
    last_event: str


def dump_member(member: Member) -> dict[str, Any]:
    """Write a row as a JSON-ready object; `parse_member` reads it back without loss."""
    days = {name: day.isoformat() if day else None for name, day in (("since", member.since), ("until", member.until))}
    return asdict(member) | {"status": member.status.value} | days


def parse_member(data: Mapping[str, Any]) -> Member:
    """Read a row from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing, unknown or wrong field.
    """
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("since", "until")}
    return Member(**{**data, **days, "status": Status(data["status"])})


def apply(member: Member | None, change: Change) -> Member:
    """Give the row as it is after an event.

    An event that does not fit the row's status (a second withdrawal, a confirmation of
    somebody who left) leaves status and days as they are: the history tells the rest.

    Raises:
        RegisterError: for any event but member.applied when there is no row.
    """
    if member is None:
        return _applied(change)
    seen = replace(member, fingerprint=change.fingerprint or member.fingerprint, last_event=change.event)
    target = _MOVES.get((change.event, member.status))
    return _entered(seen, target, change.day) if target else _supplemented(seen, change.plain)


def _applied(change: Change) -> Member:
    plain = change.plain
    if change.event not in FOUNDING:
        message = (
            f"register 'members': {change.event} for application '{plain.get('application')}' came before "
            "member.applied.v1: apply the application first"
        )
        raise RegisterError(message)
    return Member(
        county=change.county,
        id=plain["application"],
        status=Status.APPLIED,
        town=plain["town"],
        fingerprint=change.fingerprint,
        person=plain["application"],
        since=None,
        until=None,
        last_event=change.event,
    )


_MOVES: Mapping[tuple[str, Status], Status] = MappingProxyType(
    {
        ("member.registered.v1", Status.APPLIED): Status.REGISTERED,
        ("member.refused.v1", Status.APPLIED): Status.REFUSED,
        ("member.withdrawn.v1", Status.APPLIED): Status.WITHDRAWN,
        ("member.withdrawn.v1", Status.REGISTERED): Status.WITHDRAWN,
        ("member.withdrawn.v1", Status.DORMANT): Status.WITHDRAWN,
        ("consent.withdrawn.v1", Status.APPLIED): Status.WITHDRAWN,
        ("consent.withdrawn.v1", Status.REGISTERED): Status.WITHDRAWN,
        ("consent.withdrawn.v1", Status.DORMANT): Status.WITHDRAWN,
        ("member.dormant.v1", Status.REGISTERED): Status.DORMANT,
        ("member.confirmed.v1", Status.DORMANT): Status.REGISTERED,
        ("member.erased.v1", Status.APPLIED): Status.ERASED,
        ("member.erased.v1", Status.REGISTERED): Status.ERASED,
        ("member.erased.v1", Status.REFUSED): Status.ERASED,
        ("member.erased.v1", Status.WITHDRAWN): Status.ERASED,
        ("member.erased.v1", Status.DORMANT): Status.ERASED,
    }
)
"""(event, status before) → status after."""


def _entered(member: Member, status: Status, day: date) -> Member:
    match status:
        case Status.REGISTERED:
            return replace(member, status=status, since=member.since or day, until=None)
        case Status.ERASED:
            return replace(member, status=status, town=None, fingerprint=None, until=member.until or day)
        case _:
            return replace(member, status=status, until=day)


def _supplemented(member: Member, plain: Mapping[str, Any]) -> Member:
    if member.status is Status.ERASED:
        return replace(member, fingerprint=None)
    return replace(member, town=plain.get("town", member.town))


MEMBERS: Final = Register(
    name="members",
    key_field="application",
    events=frozenset(event.TYPE for event in EVENTS),
    founding=FOUNDING,
    apply=apply,
    dump=dump_member,
    parse=parse_member,
    columns=frozenset(one.name for one in fields(Member)),
    identifying=frozenset({"name", "mobile"}),
)
