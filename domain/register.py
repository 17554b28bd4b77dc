"""What a register is: a row for each subject, which domain events make and change, and nothing else does.

Rows follow from events alone, so replaying the events rebuilds every register.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from domain.identifiers import COUNTY

Row = TypeVar("Row")
_ZONE = ZoneInfo("Asia/Shanghai")


class RegisterError(ValueError):
    """An event cannot be applied because its row does not exist."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a register is told of an event.

    Args:
        event: the type, "member.applied.v1".
        plain: the event's plain fields.
        at: when it was accepted or emitted (aware).
        fingerprint: the blind index that the event's personal fields give (hex), if they give a whole one.
    """

    event: str
    plain: Mapping[str, Any]
    at: datetime
    fingerprint: str | None = None
    county: str = COUNTY

    @property
    def day(self) -> date:
        """The day of the county's calendar on which it happened."""
        return self.at.astimezone(_ZONE).date()


@dataclass(frozen=True, slots=True)
class Register(Generic[Row]):
    """A register that events change.

    Args:
        key_field: the plain field, of every one of its events, that names the row.
        events: the types that change it.
        founding: those that may make a row; any other event of an unknown subject changes nothing.
        apply: gives the row as it is after an event; pure.
        dump, parse: write a row as a JSON-ready object and read it back without loss. What stands under
            "fingerprint" is the blind index by which twins of the row are found.
        columns: what a row holds, as `dump` names it.
        identifying: the personal fields that the blind index is made of; none where rows have no such index.
    """

    name: str
    key_field: str
    events: frozenset[str]
    founding: frozenset[str]
    apply: Callable[[Row | None, Change], Row]
    dump: Callable[[Row], dict[str, Any]]
    parse: Callable[[Mapping[str, Any]], Row]
    columns: frozenset[str]
    identifying: frozenset[str] = frozenset()

    def changed(self, values: Mapping[str, Any] | None, change: Change) -> dict[str, Any]:
        """Give the row after an event, both as JSON-ready objects; `values` is None where there is no row yet.

        Raises:
            RegisterError: when there is no row and the event is none that may make one.
        """
        return self.dump(self.apply(None if values is None else self.parse(values), change))
