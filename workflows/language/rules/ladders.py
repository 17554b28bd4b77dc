"""What a ladder does by itself may be done there: silence that decides, an item that is handed over, a jump."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.findings import Finding, finding
from workflows.language.rules.jumps import jumping, target_of, ways_of
from workflows.language.rules.subject import Subject
from workflows.language.rules.ways import Ways
from workflows.language.words import Approve, CarryOut, Deem, HandOver, Jump, Vote
from workflows.machine.fieldrights import right_of
from workflows.machine.nodes import Node


def ladders(subject: Subject, ways: Ways) -> Iterator[Finding]:
    """Each rung stands where it may, and what ends a ladder comes last and not before the due date."""
    for node in subject.nodes:
        if isinstance(node.step, Approve | CarryOut | Vote):
            yield from _order(node.path, node.step)
            yield from _kinds(node.path, node.step)
        if isinstance(node.step, Approve):
            yield from _deemed(subject, ways, node, node.step)
    for node, word in jumping(subject.nodes):
        yield from _jumps(subject, node, word)


def _order(path: str, step: Approve | CarryOut | Vote) -> Iterator[Finding]:
    ends = [number for number, rung in enumerate(step.overdue) if isinstance(rung, Deem | Jump)]
    if any(step.overdue[number].at < 0 for number in ends):
        yield finding(path, "early_rung")
    if any(number < len(step.overdue) - 1 for number in ends):
        yield finding(path, "last_rung")


def _kinds(path: str, step: Approve | CarryOut | Vote) -> Iterator[Finding]:
    if isinstance(step, Vote):
        others = (rung for rung in step.overdue if isinstance(rung, HandOver | Deem | Jump))
        yield from (finding(path, "vote_rung", rung=rung.rung) for rung in others)
    elif isinstance(step, CarryOut) and any(isinstance(rung, Deem) for rung in step.overdue):
        yield finding(path, "undone_rung")


def _deemed(subject: Subject, ways: Ways, node: Node, step: Approve) -> Iterator[Finding]:
    """Nobody's signature, no compulsory decision, no field that somebody has to fill in, and no milestone is passed in silence."""
    answers = {rung.answer for rung in step.overdue if isinstance(rung, Deem)}
    if answers and (step.signature or step.compulsory):
        yield finding(node.path, "deemed_signature")
    form = subject.form(step.form)
    if "agree" in answers and form is not None:
        rights, known = dict(step.rights), ways.before.get(node.path, frozenset())
        required = [one.name for one in form.fields if right_of(one, rights) == "required"]
        yield from (finding(node.path, "deemed_form", field=name) for name in required if name not in known)
    for guard in subject.definition.guards:
        if guard.verb in answers and set(node.path.split("/")).isdisjoint(guard.while_in):
            yield finding(node.path, "deemed_guard", verb=guard.verb)


def _jumps(subject: Subject, node: Node, word: Jump) -> Iterator[Finding]:
    target = target_of(subject.nodes, word.to)
    if target is None or target.path == node.path:
        yield finding(node.path, "rung_target", name=word.to)
        return
    skipped = ways_of(subject.nodes, node.path, target.path)
    if skipped is None:
        yield finding(node.path, "rung_line", name=word.to)
        return
    for step in (one.step for one in skipped):
        if isinstance(step, Approve) and (step.compulsory or step.signature):
            yield finding(node.path, "rung_over", name=step.name)
