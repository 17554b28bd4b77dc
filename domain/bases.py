"""The register of bases: one row per place, what became of its latest application, and nothing about a person.

Rows follow from events alone, so replaying the events rebuilds the register.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, get_args

from domain.events.bases import EVENTS, AboutBase, RefusalReason
from domain.register import Change, Register, RegisterError
from domain.texts import zh

REFUSAL_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "outside_window": zh("不在申报期内"),
        "papers_incomplete": zh("逾期未补正材料"),
        "not_in_county": zh("场所不在本县"),
        "conditions_not_met": zh("不具备建设条件"),
        "papers_untrue": zh("申报材料与实际不符"),
        "already_a_base": zh("已命名或重复申报"),
        "voted_down": zh("评审未通过"),
        "objection_founded": zh("公示异议成立"),
        "resolved_against": zh("联席会议决议不同意"),
    }
)
"""The closed list of reasons for refusing; whoever is refused may apply again at the next call."""

if REFUSAL_REASONS.keys() != set(get_args(RefusalReason)):
    raise AssertionError("REFUSAL_REASONS and the reasons of base.refused must be the same list")

FOUNDING: Final = frozenset({"base.applied.v1"})


class Status(StrEnum):
    """What a base stands at."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Base:
    """A row of the register: facts about a place.

    Args:
        id: the base.
        application: the application that made the row what it is.
        town: nine-digit area code.
        kind, tags: codes of `domain.events.bases`.
        plaque_number: on the plaque, once it is granted.
        valid_from, valid_until: the first and the last day on which the plaque is valid.
        last_event: the type applied last.
    """

    county: str
    id: str
    application: str
    status: Status
    town: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    tags: tuple[str, ...]
    plaque_number: str | None
    valid_from: date | None
    valid_until: date | None
    last_event: str


def dump_base(base: Base) -> dict[str, Any]:
    """Write a row as a JSON-ready object; `parse_base` reads it back without loss."""
    days = {name: None if day is None else day.isoformat() for name, day in _days(base).items()}
    lists = {"aliases": list(base.aliases), "tags": list(base.tags)}
    return asdict(base) | {"status": base.status.value} | days | lists


def _days(base: Base) -> dict[str, date | None]:
    return {"valid_from": base.valid_from, "valid_until": base.valid_until}


def parse_base(data: Mapping[str, Any]) -> Base:
    """Read a row from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing, unknown or wrong field.
    """
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in ("valid_from", "valid_until")}
    lists = {"aliases": tuple(data["aliases"]), "tags": tuple(data["tags"])}
    return Base(**{**data, **days, **lists, "status": Status(data["status"])})


def apply(base: Base | None, change: Change) -> Base:
    """Give the row as it is after an event.

    A new application takes the row over unless the place has its plaque already, or another application for it is
    still under way; what happens to any application but the row's own leaves the row as it is.

    Raises:
        RegisterError: for any event but base.applied when there is no row.
    """
    if base is None and change.event not in FOUNDING:
        message = (
            f"register 'bases': {change.event} for base '{change.plain.get('base')}' came before base.applied.v1: "
            "apply the application first"
        )
        raise RegisterError(message)
    if base is None or (change.event in FOUNDING and base.status in _OPEN_TO_ALL):
        return _applied(change)
    if change.plain["application"] != base.application:
        return base
    return _moved(base, change)


def _applied(change: Change) -> Base:
    plain = change.plain
    return Base(
        county=change.county,
        id=plain["base"],
        application=plain["application"],
        status=Status.APPLIED,
        town=plain["town"],
        name=plain["name"],
        aliases=tuple(plain.get("aliases", ())),
        kind=plain["kind"],
        tags=tuple(plain.get("tags", ())),
        plaque_number=None,
        valid_from=None,
        valid_until=None,
        last_event=change.event,
    )


_OPEN_TO_ALL: Final = frozenset({Status.REFUSED, Status.WITHDRAWN})
"""Where a place may be applied for anew."""

_MOVES: Mapping[tuple[str, Status], Status] = MappingProxyType(
    {
        ("base.approved.v1", Status.APPLIED): Status.APPROVED,
        ("base.refused.v1", Status.APPLIED): Status.REFUSED,
        ("base.withdrawn.v1", Status.APPLIED): Status.WITHDRAWN,
        ("base.withdrawn.v1", Status.APPROVED): Status.WITHDRAWN,
        ("base.plaque_granted.v1", Status.APPROVED): Status.GRANTED,
    }
)
"""(event, status before) → status after."""


def _moved(base: Base, change: Change) -> Base:
    seen = replace(base, last_event=change.event)
    target = _MOVES.get((change.event, base.status))
    if change.event == "base.prechecked.v1":
        return _corrected(seen, change.plain)
    if target is Status.GRANTED:
        return _granted(seen, change)
    return seen if target is None else replace(seen, status=target)


def _corrected(base: Base, plain: Mapping[str, Any]) -> Base:
    """What a supplement corrected is in the register once the first check is through."""
    return replace(
        base,
        name=plain["name"],
        aliases=tuple(plain.get("aliases", ())),
        kind=plain["kind"],
        tags=tuple(plain.get("tags", ())),
    )


def _granted(base: Base, change: Change) -> Base:
    return replace(
        base,
        status=Status.GRANTED,
        plaque_number=change.plain["plaque_number"],
        valid_from=change.day,
        valid_until=_last_day(change.day, change.plain["valid_years"]),
    )


def _last_day(first: date, years: int) -> date:
    """The day before the same day so many years later; a plaque of 29 February ends with February."""
    try:
        return date.fromordinal(first.replace(year=first.year + years).toordinal() - 1)
    except ValueError:
        return date(first.year + years, 2, 28)


BASES: Final = Register(
    name="bases",
    key_field="base",
    events=frozenset(event.TYPE for event in EVENTS if issubclass(event, AboutBase)),
    founding=FOUNDING,
    apply=apply,
    dump=dump_base,
    parse=parse_base,
    columns=frozenset(one.name for one in fields(Base)),
)
