"""What a decision is bound to: the versions of the fields that it was taken on."""

from __future__ import annotations

from domain.audit import canonical
from domain.identifiers import derived_id
from workflows.language.words import Workflow
from workflows.machine.case import Case
from workflows.machine.nodes import watched_in


def content_of(definition: Workflow, head: Case) -> str:
    """What a decision is bound to: the versions of all fields in short, then those that ask for approval again by name.

    It tells nothing of their values: "9f…|amount=2,name=1".
    """
    versions = canonical(dict(head.field_versions)).decode()
    return f"{derived_id('content', head.id, versions)}|{guard_of(definition, head)}"


def guard_of(definition: Workflow, head: Case) -> str:
    """The versions of the fields whose change asks for approval again."""
    return ",".join(f"{name}={head.field_versions.get(name, 0)}" for name in sorted(watched_in(definition)))


def versions_in(content: str | None) -> dict[str, int]:
    """The versions that `content_of` names."""
    pairs = (content or "").partition("|")[2].split(",")
    return {name: int(version) for name, _, version in (pair.partition("=") for pair in pairs if pair)}
