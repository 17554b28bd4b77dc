"""Conditions and values as the text that stands in a BPMN file: Python expressions over the fields of the case.

BPMN leaves the language of its expressions open. Python is what SpiffWorkflow evaluates, and what most readers
understand; a field that nobody has given makes an engine stop where ours takes the default way (docs/bpmn.md).
"""

from __future__ import annotations

from typing import Final

from workflows.language.expressions import AllOf, AnyOf, Compare, Condition, Constant, FieldValue, Given, Negation

LANGUAGE: Final = "https://docs.python.org/3/reference/expressions.html"

_OPERATORS: Final = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "in"}


def condition_text(condition: Condition) -> str:
    """A condition as an expression."""
    match condition:
        case Given():
            return f"{condition.name} is not None"
        case Negation():
            return f"not ({condition_text(condition.part)})"
        case AllOf():
            return " and ".join(f"({condition_text(part)})" for part in condition.parts) or "True"
        case AnyOf():
            return " or ".join(f"({condition_text(part)})" for part in condition.parts) or "False"
        case Compare():
            left, right = _operand(condition.left), _operand(condition.right)
            return f"{right} in {left}" if condition.op == "contains" else f"{left} {_OPERATORS[condition.op]} {right}"


def value_text(value: object) -> str:
    """A constant."""
    return repr(list(value) if isinstance(value, tuple) else value)


def _operand(operand: FieldValue | Constant) -> str:
    return operand.name if isinstance(operand, FieldValue) else value_text(operand.value)
