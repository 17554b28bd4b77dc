"""What is different between two versions of a definition: steps that came, went, moved or changed, and which fields.

A step is the same in both where it stands in the same place under the same name. A step without a name goes by its
word and its number among those of its word, so that one put before it does not make it another. What stands elsewhere
under the same name has moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final, get_args

from pydantic import BaseModel

from workflows.language.words import Sequence as InOrder
from workflows.language.words import Step, Workflow
from workflows.machine.nodes import Node, children, everything

_STEPS: Final[tuple[type[BaseModel], ...]] = get_args(get_args(Step)[0])
_ABSENT: Final = object()


class Kind(StrEnum):
    """What became of a step."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a step, or of the workflow: what it said, and what it says; None where it said nothing."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of the step at `path` ("" is the workflow itself; of a removed step, where it stood).

    `before` is where a step that moved stood. A step that moved may have changed too: `fields` tells.
    """

    kind: Kind
    path: str
    word: str
    before: str | None = None
    fields: tuple[FieldChange, ...] = ()


def differences(old: Workflow, new: Workflow) -> tuple[Difference, ...]:
    """Everything that is different, by path; nothing where both say the same."""
    before, after = _tree(old), _tree(new)
    pairs = _pairs(before, after)
    moved = {one for one in pairs.items() if _has_moved(before, after, pairs, *one)}
    moved |= {(one, pairs[one]) for one in _reordered(before, after, pairs)}
    found = [
        *_of_heading(old, new),
        *(
            Difference(Kind.REMOVED, node.path, node.step.word)
            for one, node in before.nodes.items()
            if one not in pairs
        ),
        *(Difference(Kind.ADDED, node.path, node.step.word) for node in _without(after, pairs.values())),
        *(one for was, stands in pairs.items() for one in _of_pair(before, after, was, stands, (was, stands) in moved)),
    ]
    return tuple(sorted(found, key=lambda one: (one.path, one.kind)))


def _without(tree: _Tree, known: Collection[str]) -> list[Node]:
    return [node for address, node in tree.nodes.items() if address not in set(known)]


def _of_heading(old: Workflow, new: Workflow) -> Iterator[Difference]:
    fields = _changed_fields(old, new)
    if fields:
        yield Difference(Kind.CHANGED, "", "workflow", fields=fields)


def _of_pair(before: _Tree, after: _Tree, was: str, stands: str, has_moved: bool) -> Iterator[Difference]:  # noqa: FBT001  # what it is told of the pair, not a way to behave
    """What became of one step; two words at one place are one step that went and one that came."""
    old, new = before.nodes[was], after.nodes[stands]
    fields = _changed_fields(old.step, new.step)
    if old.step.word != new.step.word:
        yield Difference(Kind.REMOVED, old.path, old.step.word)
        yield Difference(Kind.ADDED, new.path, new.step.word)
    elif has_moved:
        yield Difference(Kind.MOVED, new.path, new.step.word, old.path, fields)
    elif fields:
        yield Difference(Kind.CHANGED, new.path, new.step.word, fields=fields)


# -- which step is which -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tree:
    """The steps of a definition by an address that does not change when a step without a name is put before it."""

    nodes: Mapping[str, Node]
    addresses: Mapping[str, str]
    """By path."""

    def above(self, address: str) -> str:
        """The address of the block that a step stands in; "" at the top."""
        return self.addresses.get(self.nodes[address].parent or "", "")

    def inside(self, address: str) -> list[str]:
        """The addresses of the steps on the straight way of a block, as they follow one another."""
        return [self.addresses[child.path] for child in children(self.nodes[address])]


def _tree(definition: Workflow) -> _Tree:
    nodes: dict[str, Node] = {}
    addresses: dict[str, str] = {}
    labels = {path: label for node in everything(definition) for path, label in _labels(node)}
    for node in everything(definition):
        last = node.path if node.parent is None else node.path[len(node.parent) + 1 :]
        address = f"{addresses.get(node.parent or '', '')}/{labels.get(node.path, last)}"
        nodes[address], addresses[node.path] = node, address
    return _Tree(nodes, addresses)


def _labels(node: Node) -> Iterator[tuple[str, str]]:
    """The steps of a sequence that have no name, each with its word and its number among those of its word."""
    if not isinstance(node.step, InOrder):
        return
    counted: Counter[str] = Counter()
    for child in children(node):
        if getattr(child.step, "name", None) is None:
            counted[child.step.word] += 1
            yield child.path, f"{child.step.word} {counted[child.step.word]}"


def _pairs(before: _Tree, after: _Tree) -> dict[str, str]:
    """Which step of the old version is which of the new, by address."""
    pairs = {one: one for one in before.nodes if one in after.nodes}
    gone = _named(before, [one for one in before.nodes if one not in pairs])
    came = _named(after, [one for one in after.nodes if one not in pairs])
    moved = {gone[one]: came[one] for one in gone if one in came}
    pairs |= moved
    # What has no name of its own comes along with the block that it stands in.
    for one in before.nodes:
        above = pairs.get(before.above(one), "")
        along = above + one[len(before.above(one)) :]
        if one not in pairs and above and along in after.nodes and along not in pairs.values():
            pairs[one] = along
    return pairs


def _named(tree: _Tree, addresses: Sequence[str]) -> dict[tuple[str, str], str]:
    """The steps whose word and name no other of these has."""
    found = [((tree.nodes[one].step.word, getattr(tree.nodes[one].step, "name", None)), one) for one in addresses]
    counted = Counter(key for key, _ in found)
    return {(word, name): one for (word, name), one in found if name is not None and counted[word, name] == 1}


def _has_moved(before: _Tree, after: _Tree, pairs: Mapping[str, str], was: str, stands: str) -> bool:
    """Whether a step stands in another block, or in another place of it; what its block took along has not moved."""
    same_block = pairs.get(before.above(was), "") == after.above(stands)
    return not same_block or was.rpartition("/")[2] != stands.rpartition("/")[2]


def _reordered(before: _Tree, after: _Tree, pairs: Mapping[str, str]) -> Iterator[str]:
    """The steps that stand in the same sequence, but not in the same order among those that stayed."""
    for was, stands in pairs.items():
        if isinstance(before.nodes[was].step, InOrder) and isinstance(after.nodes[stands].step, InOrder):
            now = after.inside(stands)
            stayed = [one for one in before.inside(was) if pairs.get(one) in now]
            order = sorted(stayed, key=lambda one: now.index(pairs[one]))
            kept = SequenceMatcher(None, stayed, order, autojunk=False).get_matching_blocks()
            in_place = {one for block in kept for one in stayed[block.a : block.a + block.size]}
            yield from (one for one in stayed if one not in in_place)


# -- what a step says --------------------------------------------------------------------------------------


def _changed_fields(before: BaseModel, after: BaseModel) -> tuple[FieldChange, ...]:
    was, says = _own(before), _own(after)
    names = [name for name in type(after).model_fields if was.get(name, _ABSENT) != says.get(name, _ABSENT)]
    return tuple(FieldChange(name, was.get(name), says.get(name)) for name in names)


def _own(word: BaseModel) -> dict[str, Any]:
    """What a word says itself, without the steps inside it: those are looked at by themselves."""
    pairs = ((name, _plain(getattr(word, name))) for name in type(word).model_fields if name != "word")
    return {name: value for name, value in pairs if value is not _ABSENT}


def _plain(value: Any) -> Any:
    if isinstance(value, _STEPS):
        return _ABSENT
    if isinstance(value, BaseModel):
        return _own(value)
    if isinstance(value, tuple):
        parts = [_plain(part) for part in value]
        return [part for part in parts if part is not _ABSENT]
    return value
