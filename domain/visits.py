"""The register of visits: for each person the visits that were planned, with officer, days, way and topics; no word.

Figures count by officer and quarter, never by person. Rows follow from events alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from domain.register import Change, Register, RegisterError

FOUNDING: Final = frozenset({"visit.planned.v1"})


class State(StrEnum):
    """What a planned visit stands at."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    HELD = "held"
    EXCUSED = "excused"
    CANCELLED = "cancelled"


OPEN: Final = frozenset({State.UPCOMING, State.DUE, State.OVERDUE})
"""Where a visit is still to come."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One planned visit.

    Args:
        contact_list: the list under which it is planned.
        officer: the post whose visit it is.
        due_on: the last visit that counted, and the cycle more.
        held_on, mode: when and how it was held.
        was_late: whether its day passed before it was held.
        calls: how often there was a contact in between that the plan does not count.
        attending, topics, issues: posts that took part, and codes of the closed list, once it is on record.
    """

    contact_list: str
    officer: str
    due_on: date
    state: State
    held_on: date | None = None
    mode: str | None = None
    was_late: bool = False
    calls: int = 0
    logged_on: date | None = None
    attending: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visits:
    """A row of the register: the visits of one person (`id`, the application of their registration), oldest first."""

    county: str
    id: str
    visits: tuple[Visit, ...]
    last_event: str


_DAYS: Final = ("due_on", "held_on", "logged_on")
_LISTS: Final = ("attending", "topics", "issues")


def dump_visits(row: Visits) -> dict[str, Any]:
    """Write a row as a JSON-ready object; `parse_visits` reads it back without loss."""
    return {"county": row.county, "id": row.id, "last_event": row.last_event, "visits": list(map(_dump, row.visits))}


def _dump(visit: Visit) -> dict[str, Any]:
    days = {name: None if (day := getattr(visit, name)) is None else day.isoformat() for name in _DAYS}
    return asdict(visit) | {"state": visit.state.value} | days | {name: list(getattr(visit, name)) for name in _LISTS}


def parse_visits(data: Mapping[str, Any]) -> Visits:
    """Read a row from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing, unknown or wrong field.
    """
    return Visits(data["county"], data["id"], tuple(map(_parse, data["visits"])), data["last_event"])


def _parse(data: Mapping[str, Any]) -> Visit:
    days = {name: date.fromisoformat(data[name]) if data[name] else None for name in _DAYS}
    return Visit(**{**data, **days, "state": State(data["state"]), **{name: tuple(data[name]) for name in _LISTS}})


def apply(row: Visits | None, change: Change) -> Visits:
    """Give the row as it is after an event; one that fits no visit of its list leaves the visits as they are.

    Raises:
        RegisterError: for any event but visit.planned when there is no row.
    """
    if row is None and change.event not in FOUNDING:
        message = (
            f"register 'visits': {change.event} for member '{change.plain.get('member')}' came before "
            "visit.planned.v1: plan the visit first"
        )
        raise RegisterError(message)
    known = () if row is None else row.visits
    visits = (*known, _planned(change)) if change.event in FOUNDING else _changed(known, change)
    return Visits(change.county, change.plain["member"], visits, change.event)


def _planned(change: Change) -> Visit:
    plain = change.plain
    return Visit(plain["contact_list"], plain["officer"], date.fromisoformat(plain["due_on"]), State.UPCOMING)


def _changed(visits: tuple[Visit, ...], change: Change) -> tuple[Visit, ...]:
    if change.event == "visit.erased.v1":
        day = date.fromisoformat(change.plain["held_on"])
        return tuple(one for one in visits if one.held_on != day)
    concerned = next((place for place in reversed(range(len(visits))) if _concerns(visits[place], change)), None)
    if concerned is None:
        return visits
    return (*visits[:concerned], _moved(visits[concerned], change), *visits[concerned + 1 :])


def _concerns(visit: Visit, change: Change) -> bool:
    if visit.contact_list != change.plain["contact_list"]:
        return False
    if change.event == "visit.logged.v1":
        return visit.state is State.HELD and visit.held_on == date.fromisoformat(change.plain["held_on"])
    return visit.state in OPEN


def _moved(visit: Visit, change: Change) -> Visit:
    plain = change.plain
    match change.event:
        case "visit.due.v1":
            return replace(visit, state=State.DUE)
        case "visit.overdue.v1":
            return replace(visit, state=State.OVERDUE, was_late=True)
        case "visit.held.v1" if plain["counted"]:
            held_on = date.fromisoformat(plain["held_on"])
            return replace(visit, state=State.HELD, held_on=held_on, mode=plain["mode"], officer=plain["officer"])
        case "visit.held.v1":
            return replace(visit, calls=visit.calls + 1)
        case "contact.reassigned.v1":
            return replace(visit, officer=plain["officer"])
        case "visit.excused.v1":
            return replace(visit, state=State.EXCUSED)
        case "visit.cancelled.v1":
            return replace(visit, state=State.CANCELLED)
        case _:
            attending, topics, issues = (tuple(plain.get(name, ())) for name in _LISTS)
            return replace(visit, logged_on=change.day, attending=attending, topics=topics, issues=issues)


VISITS: Final = Register(
    name="visits",
    key_field="member",
    events=frozenset(
        {
            "contact.reassigned.v1",
            *(
                f"visit.{what}.v1"
                for what in ("planned", "due", "overdue", "held", "excused", "cancelled", "logged", "erased")
            ),
        }
    ),
    founding=FOUNDING,
    apply=apply,
    dump=dump_visits,
    parse=parse_visits,
    columns=frozenset(one.name for one in fields(Visits)),
)


# -- figures -----------------------------------------------------------------------------------------------


class Quarter(NamedTuple):
    """A quarter of a year."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)


@dataclass(frozen=True, slots=True)
class Counts:
    """What an officer's visits of a quarter stand at: planned in it, of these held, held late, due soon, open past the day.

    Open and due counts are all that is ever said about an officer (domain.md §4); there is none about a person.
    """

    planned: int = 0
    held: int = 0
    late: int = 0
    overdue: int = 0
    due: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def by_officer(rows: Iterable[Visits]) -> Mapping[tuple[str, Quarter], Counts]:
    """Count the visits of each officer by the quarter in which they are due; what was cancelled or excused is not due."""
    counted: dict[tuple[str, Quarter], Counts] = {}
    for visit in (one for row in rows for one in row.visits):
        if visit.state not in (State.CANCELLED, State.EXCUSED):
            key = (visit.officer, Quarter.of(visit.due_on))
            counted[key] = counted.get(key, Counts()).plus(_counts(visit))
    return MappingProxyType(counted)


def _counts(visit: Visit) -> Counts:
    held = visit.state is State.HELD
    return Counts(
        planned=1,
        held=int(held),
        late=int(held and visit.was_late),
        overdue=int(visit.state is State.OVERDUE),
        due=int(visit.state is State.DUE),
    )


def standing(rows: Iterable[Visits], quarter: Quarter) -> Mapping[str, Counts]:
    """What each officer's visits of a quarter stand at, with what is still due or overdue from before; by post, in order."""
    found: dict[str, Counts] = {}
    for (officer, of), counts in by_officer(rows).items():
        if of > quarter:
            continue
        here = counts if of == quarter else Counts(overdue=counts.overdue, due=counts.due)
        if here != Counts():
            found[officer] = found.get(officer, Counts()).plus(here)
    return MappingProxyType(dict(sorted(found.items())))
