"""The kinds of field that events are made of, each with its rule."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from domain.identifiers import mask_forbidden, normal_credit_code, normal_mobile


def _of_one_line(text: str) -> str:
    for character in text:
        if unicodedata.category(character) in {"Cc", "Zl", "Zp"}:
            message = f"holds the control character U+{ord(character):04X}: remove it"
            raise ValueError(message)
    return text


def _all_different(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("the same value stands twice: name each once")
    return values


EachOnce = AfterValidator(_all_different)
"""The mark of a list in which nothing stands twice."""


def _day(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value


def is_day(text: str) -> bool:
    """Say whether a text is a day of the calendar, written "2026-03-02"."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Day = Annotated[date, BeforeValidator(_day)]
"""A day of the county's calendar, "2026-03-02"."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""An id given by the sender: says nothing about the person."""

Town = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
"""A nine-digit area code; one of another county is a reason to refuse the matter, not the event."""

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(_of_one_line), AfterValidator(mask_forbidden)
]
"""One line of free text; id numbers and bank cards in it are covered."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(mask_forbidden)]
"""Free text of several lines; id numbers and bank cards in it are covered."""

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=50), AfterValidator(_of_one_line), AfterValidator(mask_forbidden)
]
Mobile = Annotated[str, StringConstraints(max_length=30), AfterValidator(normal_mobile)]
CreditCode = Annotated[str, StringConstraints(max_length=30), AfterValidator(normal_credit_code)]

Group = Literal["1", "2", "3", "4"]
"""1 managers and technical staff of private and foreign-invested firms, 2 staff of intermediary
and social organisations, 3 freelance professionals, 4 people of new media."""

Groups = Annotated[tuple[Group, ...], Field(strict=False, min_length=1, max_length=4), EachOnce]
"""The groups of a person, the main one first."""

Channel = Literal["self", "town", "association"]
"""How a matter came in: by the person, by a town's or street's referral, by the association."""

Year = Annotated[int, Field(ge=2000, le=2999)]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$")]
