"""Where a case may be returned, jump or be revoked to exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.language.findings import Finding, finding
from workflows.language.rules.subject import Subject
from workflows.language.words import Approve, CarryOut, Vote

ANYWHERE = frozenset({"any", "previous"})
"""What a return may say instead of the name of a step."""


def returning(subject: Subject) -> Iterator[Finding]:
    """A return names steps that people answer, other than its own; a jump leads from one of them to another."""
    asked = {node.step.name for node in subject.nodes if isinstance(node.step, Approve | CarryOut | Vote)}
    for node in subject.nodes:
        if isinstance(node.step, Approve) and node.step.returns is not None:
            unknown = [name for name in node.step.returns.to if name not in asked | ANYWHERE or name == node.step.name]
            yield from (finding(node.path, "return_target", name=name) for name in unknown)
    for number, pair in enumerate(subject.definition.jumps):
        missing = sorted({pair.at, pair.to} - asked)
        yield from (finding(f"jumps/{number}", "jump_step", name=name) for name in missing)


def revocations(subjects: Sequence[Subject]) -> Iterator[tuple[str, Finding]]:
    """Whatever decides on a revocation is a workflow of the office, about a person only where the case is."""
    by_name = {one.definition.name: one.definition for one in subjects}
    for subject in subjects:
        rule, name = subject.definition.revocation, subject.definition.name
        if rule is None:
            continue
        called = by_name.get(rule.workflow)
        if called is None:
            yield name, finding("revocation", "unknown_workflow", workflow=rule.workflow)
        elif called.person and not subject.definition.person:
            yield name, finding("revocation", "call_person", workflow=rule.workflow)
