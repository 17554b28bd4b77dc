"""Names, numbers and the version of the language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Subject
from workflows.language.words import LANGUAGE, Emit, Exclusive, ForEach, Number, Sequence, Serial, Step, Word, Workflow
from workflows.machine.nodes import ROOT, Node, children, detours

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
MOST_STEPS: Final = 2000
DEEPEST: Final = 32
_HANDLERS: Final = "on"
"""The segment of a path under which handlers stand: no step may take it."""


def language(subject: Subject) -> Iterator[Finding]:
    """A process runs only the language that it knows."""
    if subject.definition.language != LANGUAGE:
        yield finding("", "unknown_language", language=subject.definition.language, known=LANGUAGE)


def names(subject: Subject) -> Iterator[Finding]:
    """Names are plain, and tell the steps of one sequence apart: activations are addressed by them."""
    if not is_plain(subject.definition.name):
        yield finding("", "bad_name", name=subject.definition.name)
    for node in subject.nodes:
        yield from (finding(node.path, "bad_name", name=name) for name in _given_names(node.step) if not is_plain(name))
        if isinstance(node.step, Sequence):
            counted = Counter(_name(step) for step in node.step.steps)
            yield from (finding(node.path, "twin_name", name=name) for name, n in counted.items() if name and n > 1)


def oversize(definition: Workflow) -> Iterator[Finding]:
    """A definition that nobody could read, and no rule could look at in bounded time: found before any other."""
    waiting = [(Node(ROOT, definition.steps, None), 1)]
    waiting += [(Node(f"on/{number}", handler.do, None), 1) for number, handler in enumerate(definition.on)]
    steps = 0
    while waiting:
        node, depth = waiting.pop()
        steps += 1
        if steps > MOST_STEPS:
            yield finding(node.path, "too_big", most=MOST_STEPS)
            return
        if depth > DEEPEST:
            yield finding(node.path, "too_deep", most=DEEPEST)
            return
        waiting += [(inner, depth + 1) for inner in (*children(node), *detours(node))]


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
    terms = [getattr(step, name, None) for name in ("within", "months", "lasts", "times")]
    terms.append(getattr(getattr(step, "every", None), "n", None))
    terms.append(getattr(getattr(step, "on_return", None), "within", None))
    return [one for one in terms if isinstance(one, int | Number)] + _given_to_events(step)


def _given_to_events(step: Word) -> list[int | Number]:
    emitted = [one for one in getattr(step, "actions", ()) if isinstance(one, Emit)]
    numbered = [one.digits for one in getattr(step, "actions", ()) if isinstance(one, Serial)]
    return [value for one in emitted for _, value in one.values if isinstance(value, Number)] + numbered


def _given_names(step: Step) -> list[str]:
    given = [_name(step)]
    if isinstance(step, ForEach):
        given.append(step.each)
    if isinstance(step, Exclusive):
        given.append(step.resource)
    given += [one.series for one in getattr(step, "actions", ()) if isinstance(one, Serial)]
    return [name for name in given if name is not None]


def _name(step: BaseModel) -> str | None:
    return getattr(step, "name", None)


def is_plain(name: str) -> bool:
    """Whether a name may stand in a path."""
    return _NAME.fullmatch(name) is not None and name != _HANDLERS
