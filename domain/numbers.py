"""The office's named numbers: days, quotas and thresholds that are settings, never code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Numbers:
    """One version of the office's numbers.

    A case pins the version it started under; a name that the version does not hold falls
    back to the default written in the workflow.
    """

    version: str
    values: Mapping[str, int] = field(hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))


def value(numbers: Numbers, name: str, default: int) -> int:
    """Give the number of that name ("member.check_days"), or the workflow's default."""
    return numbers.values.get(name, default)


def dump_numbers(numbers: Numbers) -> dict[str, object]:
    """Write a version as a JSON-ready object; `parse_numbers` reads it back."""
    return {"version": numbers.version, "values": dict(sorted(numbers.values.items()))}


def parse_numbers(data: Mapping[str, object]) -> Numbers:
    """Read a version from a JSON-ready object.

    Raises:
        TypeError: naming the number that is not a whole number.
    """
    values = data["values"]
    if not isinstance(values, Mapping):
        message = f"numbers: 'values' is {type(values).__name__}, not an object of name: whole number"
        raise TypeError(message)
    for name, number in values.items():
        if not isinstance(number, int) or isinstance(number, bool):
            message = f"numbers: '{name}' is {number!r}: give a whole number"
            raise TypeError(message)
    return Numbers(str(data["version"]), dict(values))
