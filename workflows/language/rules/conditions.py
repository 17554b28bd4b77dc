"""Conditions look at fields that somebody writes and that they can see, and compare them with what these can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Choice,
    Depending,
    ForEach,
    Loop,
    Parallel,
    Vote,
)


@dataclass(frozen=True, slots=True)
class Looked:
    """A condition at its place; `counts` are the numbers that a join can look at besides the fields."""

    path: str
    condition: Condition
    seen_from: str
    counts: frozenset[str] = frozenset()


def conditions(subject: Subject) -> Iterator[Finding]:
    """Every condition of the definition."""
    for looked in _conditions(subject):
        for name in sorted(fields_read(looked.condition) - looked.counts):
            if name not in subject.written:
                yield finding(looked.path, "never_written", field=name)
            elif not subject.kinds(name, looked.seen_from):
                yield finding(looked.path, "inside_only", field=name)
        for comparison in _comparisons(looked.condition):
            yield from _comparison(subject, looked, comparison)


def _conditions(subject: Subject) -> Iterator[Looked]:
    for node in subject.nodes:
        for number, branch in enumerate(node.step.branches if isinstance(node.step, Choice | Parallel) else ()):
            if branch.when is not None:
                yield Looked(f"{node.path}/{number}", branch.when, node.path)
        if isinstance(node.step, Approve | CarryOut | Vote) and isinstance(node.step.by, Depending):
            yield from (Looked(node.path, one.when, node.path) for one in node.step.by.cases)
        match node.step:
            case Loop(until=until) if until is not None:
                yield Looked(node.path, until, node.path)
            case Parallel(join=join, name=name) | ForEach(join=join, name=name) | Call(join=join, name=name):
                if join.once is not None:
                    yield Looked(node.path, join.once, node.path, frozenset({f"{name}.arrived", f"{name}.of"}))


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


def _comparison(subject: Subject, looked: Looked, compare: Compare) -> Iterator[Finding]:
    name, path = _field_name(compare), looked.path
    lefts, rights = _kinds(subject, looked, compare.left), _kinds(subject, looked, compare.right)
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


def _kinds(subject: Subject, looked: Looked, operand: FieldValue | Constant) -> tuple[Kind, ...]:
    if isinstance(operand, Constant):
        return (kind_of_value(operand.value),)
    if operand.name in looked.counts:
        return (Kind("integer"),)
    return subject.kinds(operand.name, looked.seen_from)


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
