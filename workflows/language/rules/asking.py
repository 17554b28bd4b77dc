"""Silence has an answer, and whatever is personal belongs to a workflow about a person. Who is asked: `people.py`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Kind, Subject, events_named, kinds_of
from workflows.language.words import Approve, CarryOut, Do, Erase, Forget, Vote, Wait


def silence(subject: Subject) -> Iterator[Finding]:
    """Every human step and every wait has a term, and something that happens when it passes."""
    for node in subject.nodes:
        match node.step:
            case Approve() | CarryOut() | Vote() | Wait():
                yield from _answer_to_silence(node.path, node.step)


def _answer_to_silence(path: str, step: Approve | CarryOut | Vote | Wait) -> Iterator[Finding]:
    over = isinstance(step, Vote) or (isinstance(step, Wait) and step.silence is not None)
    if step.within is None and (step.overdue or (over and not isinstance(step, Vote))):
        yield finding(path, "overdue_without_within")
    elif step.within is None or not (step.overdue or over):
        yield finding(path, "no_silence")
    if any(first.at >= second.at for first, second in pairwise(step.overdue)):
        yield finding(path, "ladder_order")
    if over and any(rung.at >= 0 for rung in step.overdue):
        yield finding(path, "late_reminder")


def privacy(subject: Subject) -> Iterator[Finding]:
    """Whatever is personal belongs to a workflow about a person: its key protects and erases it."""
    if subject.definition.person:
        return
    if any(kind.personal for kind in kinds_of(subject.events.get(subject.definition.starts_on)).values()):
        yield finding("", "needs_person")
    for form in subject.definition.forms:
        if any(one.personal for one in form.fields):
            yield finding(f"forms/{form.name}", "needs_person")
    for node in subject.nodes:
        if isinstance(node.step, Do) and any(isinstance(action, Erase | Forget) for action in node.step.actions):
            yield finding(node.path, "needs_person")
    for path, event, takes in events_named(subject):
        if any(kinds_of(subject.events.get(event)).get(name, _PLAIN).personal for name in takes):
            yield finding(path, "needs_person")


_PLAIN: Final = Kind("other")
