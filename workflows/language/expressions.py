"""Conditions and values inside a workflow: a small typed tree of data with three-valued logic.

A condition is never Python text: it must be hashed, drawn, checked, and evaluated while some values are
still unknown (a preview shows both branches then). `UNKNOWN` follows Kleene: unknown and false is false,
unknown or true is true, everything else that needs the unknown value is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Value = bool | int | str | None | list[Any]


class _Unknown(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN
Found = Value | _Unknown
Truth = bool | _Unknown


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldValue(_Node):
    """The value of a field of the case; unknown while nobody has given it (or after it was erased)."""

    op: Literal["field"] = "field"
    name: str


class Constant(_Node):
    """A value written in the definition."""

    op: Literal["constant"] = "constant"
    value: bool | int | str | tuple[bool | int | str, ...] | None


class Compare(_Node):
    """A comparison of two values; unknown as soon as one of them is."""

    op: Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains"]
    left: Operand
    right: Operand


class AllOf(_Node):
    """True when every part is true."""

    op: Literal["all"] = "all"
    parts: tuple[Condition, ...]


class AnyOf(_Node):
    """True when one part is true."""

    op: Literal["any"] = "any"
    parts: tuple[Condition, ...]


class Negation(_Node):
    """True when the part is false."""

    op: Literal["not"] = "not"
    part: Condition


class Given(_Node):
    """True when the field has a value other than null; unknown only where a preview says that it may get one."""

    op: Literal["given"] = "given"
    name: str


Operand = Annotated[FieldValue | Constant, Field(discriminator="op")]
Condition = Annotated[Compare | AllOf | AnyOf | Negation | Given, Field(discriminator="op")]

for _model in (Compare, AllOf, AnyOf, Negation):
    _model.model_rebuild()


def field(name: str) -> FieldValue:
    """The field `name` of the case."""
    return FieldValue(name=name)


def _operand(value: FieldValue | Constant | Value) -> FieldValue | Constant:
    if isinstance(value, FieldValue | Constant):
        return value
    return Constant(value=tuple(value) if isinstance(value, list) else value)


def equals(left: FieldValue | str, right: FieldValue | Value) -> Compare:
    """`left` (a field or its name) has the value `right`."""
    return Compare(op="eq", left=field(left) if isinstance(left, str) else left, right=_operand(right))


def contains(left: FieldValue | str, right: FieldValue | Value) -> Compare:
    """The list `left` contains `right`."""
    return Compare(op="contains", left=field(left) if isinstance(left, str) else left, right=_operand(right))


def at_least(left: FieldValue | str, right: int) -> Compare:
    """The number `left` is `right` or more."""
    return Compare(op="ge", left=field(left) if isinstance(left, str) else left, right=_operand(right))


def is_true(name: str) -> Compare:
    """The field `name` is true."""
    return equals(name, right=True)


def given(name: str) -> Given:
    """The field `name` has a value."""
    return Given(name=name)


def all_of(*parts: Condition) -> AllOf:
    """Every part is true."""
    return AllOf(parts=parts)


def any_of(*parts: Condition) -> AnyOf:
    """One part is true."""
    return AnyOf(parts=parts)


def negate(part: Condition) -> Negation:
    """The part is false."""
    return Negation(part=part)


def value_of(operand: FieldValue | Constant, fields: Mapping[str, Any]) -> Found:
    """The value of an operand in `fields`, UNKNOWN when the field is absent."""
    if isinstance(operand, Constant):
        return list(operand.value) if isinstance(operand.value, tuple) else operand.value
    found: Found = fields.get(operand.name, UNKNOWN)
    return found


def evaluate(condition: Condition, fields: Mapping[str, Any]) -> Truth:
    """Whether `condition` holds over `fields` (field name -> JSON value): true, false or UNKNOWN."""
    match condition:
        case Given():
            found = fields.get(condition.name)
            return UNKNOWN if found is UNKNOWN else found is not None
        case Negation():
            inner = evaluate(condition.part, fields)
            return inner if inner is UNKNOWN else not inner
        case AllOf():
            return _kleene([evaluate(part, fields) for part in condition.parts], decisive=False)
        case AnyOf():
            return _kleene([evaluate(part, fields) for part in condition.parts], decisive=True)
        case Compare():
            return _compare(condition, value_of(condition.left, fields), value_of(condition.right, fields))


def _kleene(parts: list[Truth], *, decisive: bool) -> Truth:
    if decisive in parts:
        return decisive
    return UNKNOWN if UNKNOWN in parts else not decisive


def _compare(comparison: Compare, left: Found, right: Found) -> Truth:
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    match comparison.op:
        case "eq":
            return _same(left, right)
        case "ne":
            return not _same(left, right)
        case "in":
            return isinstance(right, list) and left in right
        case "contains":
            return isinstance(left, list) and right in left
        case _:
            return _ordered(comparison.op, left, right)


def _same(left: Value, right: Value) -> bool:
    """Equal, and true is not 1."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _ordered(op: str, left: Found, right: Found) -> Truth:
    if not (isinstance(left, int) and isinstance(right, int)) and not (
        isinstance(left, str) and isinstance(right, str)
    ):
        return UNKNOWN
    if op == "lt":
        return left < right  # type: ignore[operator]  # both are int or both are str, checked above
    if op == "le":
        return left <= right  # type: ignore[operator]  # both are int or both are str, checked above
    if op == "gt":
        return left > right  # type: ignore[operator]  # both are int or both are str, checked above
    return left >= right  # type: ignore[operator]  # both are int or both are str, checked above


def fields_read(condition: Condition) -> frozenset[str]:
    """The names of the fields that a condition looks at."""
    match condition:
        case Given():
            return frozenset({condition.name})
        case Negation():
            return fields_read(condition.part)
        case AllOf() | AnyOf():
            return frozenset().union(*(fields_read(part) for part in condition.parts))
        case Compare():
            sides = (condition.left, condition.right)
            return frozenset(side.name for side in sides if isinstance(side, FieldValue))
