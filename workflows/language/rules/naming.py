"""Names, numbers and the version of the language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Subject
from workflows.language.words import LANGUAGE, End, Number, Sequence, Word

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_HANDLERS: Final = "on"
"""The segment of a path under which handlers stand: no step may take it."""


def language(subject: Subject) -> Iterator[Finding]:
    """A process runs only the language that it knows."""
    if subject.definition.language != LANGUAGE:
        yield finding("", "unknown_language", language=subject.definition.language, known=LANGUAGE)


def names(subject: Subject) -> Iterator[Finding]:
    """Names are plain, and tell the steps of one sequence apart: activations are addressed by them."""
    if not _is_plain(subject.definition.name):
        yield finding("", "bad_name", name=subject.definition.name)
    for node in subject.nodes:
        name = None if isinstance(node.step, End) else node.step.name
        if name is not None and not _is_plain(name):
            yield finding(node.path, "bad_name", name=name)
        if isinstance(node.step, Sequence):
            counted = Counter(_name(step) for step in node.step.steps)
            yield from (finding(node.path, "twin_name", name=name) for name, n in counted.items() if name and n > 1)


def numbers(subject: Subject) -> Iterator[Finding]:
    """Terms are positive, and a named number has one default."""
    defaults: dict[str, int] = {}
    for node in subject.nodes:
        for days in _terms(node.step):
            value = days.default if isinstance(days, Number) else days
            if value < 1:
                yield finding(node.path, "no_days", days=value)
            if isinstance(days, Number) and defaults.setdefault(days.name, days.default) != days.default:
                yield finding(node.path, "number_differs", name=days.name)


def _terms(step: Word) -> list[int | Number]:
    asked = getattr(step, "on_return", None)
    given = (getattr(step, "within", None), getattr(step, "months", None), getattr(asked, "within", None))
    return [days for days in given if days is not None]


def _name(step: BaseModel) -> str | None:
    return getattr(step, "name", None)


def _is_plain(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name != _HANDLERS
