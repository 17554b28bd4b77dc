"""What every piece of a definition is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Word(BaseModel):
    """Any piece of a definition: frozen, nothing unknown inside."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Number(Word):
    """A number of the office, by name, with its default; resolved from the version that the case pinned."""

    name: str
    default: int


Days = int | Number


class OnDay(Word):
    """The day that a field holds, to the end of its working hours; a day off counts to the next working day."""

    field: str


Term = Days | OnDay
