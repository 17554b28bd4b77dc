"""The rights that steps give to fields name fields that exist, and ask nobody for what they hide (字段权限)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Subject
from workflows.language.words import Approve, CarryOut, Form, Right, Vote


def field_rights(subject: Subject) -> Iterator[Finding]:
    """Each right names a field that the step sees, once; what is hidden is neither asked for nor the case's key."""
    for node in subject.nodes:
        if isinstance(node.step, Approve | CarryOut | Vote):
            form = None if isinstance(node.step, Vote) else subject.form(node.step.form)
            counted = Counter(name for name, _ in node.step.rights)
            yield from (finding(node.path, "twin_right", field=name) for name, n in counted.items() if n > 1)
            for name, right in node.step.rights:
                yield from _of_field(subject, node.path, form, name, right)


def _of_field(subject: Subject, path: str, form: Form | None, name: str, right: Right) -> Iterator[Finding]:
    asked = next((one for one in form.fields if one.name == name), None) if form is not None else None
    if not subject.kinds(name, path):
        yield finding(path, "right_field", field=name)
    elif right in ("write", "required") and asked is None:
        yield finding(path, "right_form", field=name)
    elif right == "hidden" and asked is not None and asked.required:
        yield finding(path, "right_hidden", field=name)
    elif right == "hidden" and name == _key(subject):
        yield finding(path, "right_key", field=name)


def _key(subject: Subject) -> str | None:
    """The field of the first event that is the case's key: lists and pages call the case by it."""
    event = subject.events.get(subject.definition.starts_on)
    return None if event is None else event.KEY
