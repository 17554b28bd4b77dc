"""Conditions look at fields that somebody writes, and compare them with what they can be."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.expressions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Constant,
    FieldValue,
    Given,
    Negation,
    fields_read,
)
from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Kind, Subject, Type, kind_of_value
from workflows.language.words import Choice, Parallel


def conditions(subject: Subject) -> Iterator[Finding]:
    """Every condition of the definition."""
    for node in subject.nodes:
        branches = node.step.branches if isinstance(node.step, Choice | Parallel) else ()
        for number, branch in enumerate(branches):
            if branch.when is not None:
                yield from _condition(subject, f"{node.path}/{number}", branch.when)


def _condition(subject: Subject, path: str, condition: Condition) -> Iterator[Finding]:
    unknown = sorted(fields_read(condition) - subject.written.keys())
    yield from (finding(path, "never_written", field=name) for name in unknown)
    for comparison in _comparisons(condition):
        yield from _comparison(subject, path, comparison)


def _comparisons(condition: Condition) -> Iterator[Compare]:
    match condition:
        case Compare():
            yield condition
        case Negation(part=part):
            yield from _comparisons(part)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            yield from (inner for part in parts for inner in _comparisons(part))
        case Given():
            return


def _comparison(subject: Subject, path: str, compare: Compare) -> Iterator[Finding]:
    name = _field_name(compare)
    lefts, rights = _kinds(subject, compare.left), _kinds(subject, compare.right)
    pairs = [(left, right) for left in lefts for right in rights if "other" not in (left.type, right.type)]
    if any(not _comparable(compare, left.type, right.type) for left, right in pairs):
        yield finding(path, "wrong_type", field=name)
        return
    possible = [kind.choices for kind in lefts]
    if isinstance(compare.right, Constant) and lefts and None not in possible:
        allowed = frozenset[str]().union(*(choices for choices in possible if choices is not None))
        wrong = [value for value in _texts(compare.right) if value not in allowed]
        yield from (finding(path, "impossible_value", field=name, value=value) for value in wrong)


def _field_name(compare: Compare) -> str:
    sides = (compare.left, compare.right)
    return next((side.name for side in sides if isinstance(side, FieldValue)), "")


def _kinds(subject: Subject, operand: FieldValue | Constant) -> tuple[Kind, ...]:
    return subject.written.get(operand.name, ()) if isinstance(operand, FieldValue) else (kind_of_value(operand.value),)


def _comparable(compare: Compare, left: Type, right: Type) -> bool:
    match compare.op:
        case "eq" | "ne":
            return left == right
        case "in":
            return right == "list" and all(kind_of_value(value).type == left for value in _listed(compare.right))
        case "contains":
            return left == "list" and right == "text"
        case _:
            return left == right and left in ("integer", "text")


def _listed(operand: FieldValue | Constant) -> tuple[bool | int | str, ...]:
    return operand.value if isinstance(operand, Constant) and isinstance(operand.value, tuple) else ()


def _texts(constant: Constant) -> list[str]:
    values = constant.value if isinstance(constant.value, tuple) else (constant.value,)
    return [value for value in values if isinstance(value, str)]
