"""Whose values a step sees and writes: those of the case, and inside a for-each first those of its element.

Plain values of an element stand in its activation. A personal one lives under the key of the person, in the head of
the case, as NAME@ELEMENT: erasing the person takes it along, and no other element sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from workflows.language.words import ForEach
from workflows.machine.case import JSON, Activation, Case
from workflows.machine.nearness import turn_around, wider
from workflows.machine.nodes import Node, step_path

_OF: Final = "@"
_IDENTIFYING: Final = frozenset({"name", "mobile"})

Fingerprint = Callable[..., str]


def elements_around(nodes: Mapping[str, Node], path: str) -> Iterator[str]:
    """The turns of for-eaches that `path` stands in, the innermost first; a loop's turns have no values of their own."""
    turn = turn_around(path) if "do#" in path else None
    while turn is not None:
        if isinstance(nodes[step_path(turn.rpartition("/")[0])].step, ForEach):
            yield turn
        turn = wider(turn)


def belonging_to(element: str, values: Mapping[str, JSON]) -> dict[str, JSON]:
    """Personal values under the names by which they belong to an element."""
    return {f"{name}{_OF}{element}": value for name, value in values.items()}


def personal_seen(personal: Mapping[str, JSON], elements: Sequence[str]) -> dict[str, JSON]:
    """The personal values that are seen from inside these elements (innermost first), by their plain names."""
    seen = {name: value for name, value in personal.items() if _OF not in name}
    for element in reversed(elements):
        mine = f"{_OF}{element}"
        seen |= {name.removesuffix(mine): value for name, value in personal.items() if name.endswith(mine)}
    return seen


def own_values(activations: Iterable[Activation]) -> dict[str, Mapping[str, JSON]]:
    """The values that belong to each activation alone, of the last round of each, of a case as it is read."""
    return {one.path: one.values for one in sorted(activations, key=lambda one: one.round)}


def plain_seen(
    nodes: Mapping[str, Node], head: Case, own: Mapping[str, Mapping[str, JSON]], path: str
) -> dict[str, JSON]:
    """The plain values that the step at `path` may look at: its element's `own` over those of the case."""
    seen = dict(head.fields)
    for element in reversed([*elements_around(nodes, path)]):
        seen |= own.get(element, {})
    return seen


def written(
    head: Case, plain: Mapping[str, JSON], personal: Mapping[str, JSON], fingerprint: Fingerprint | None
) -> Case:
    """The head after these fields were written, each with the next of its versions."""
    personal = {**personal, **_refingerprinted(head, personal, fingerprint)}
    versions = dict(head.field_versions)
    for name in (*plain, *personal):
        versions[name] = versions.get(name, 0) + 1
    return replace(
        head,
        fields={**head.fields, **plain},
        personal={**head.personal, **personal},
        field_versions=versions,
    )


def _refingerprinted(head: Case, personal: Mapping[str, JSON], fingerprint: Fingerprint | None) -> Mapping[str, JSON]:
    """The blind index of a person whose name or number was corrected: duplicates are found by it (W1)."""
    known = {**head.personal, **personal}
    if fingerprint is None or "fingerprint" not in known or personal.keys().isdisjoint(_IDENTIFYING):
        return {}
    return {"fingerprint": fingerprint(known.get("name") or "", known.get("mobile") or "")}
