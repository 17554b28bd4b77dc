"""The steps of a definition by path, so that an activation can name the step it stands in.

The root is "steps". A step of a sequence is its parent's path and its name (its position where it has none), a
branch its number, the default of a choice "otherwise". What runs beside the straight way has paths of its own:
"…/rejected", "…/silence", "…/supplement/silence", "…/again/first", handlers "…/on/0" and, for the workflow itself, "on/0".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workflows.language.words import (
    Approve,
    CarryOut,
    Choice,
    Exclusive,
    FollowUp,
    ForEach,
    Handler,
    Loop,
    Parallel,
    PublicNotice,
    Race,
    Sequence,
    Step,
    Vote,
    Wait,
    Workflow,
)

ROOT: Final = "steps"
CASE: Final = ""
"""The path of the workflow itself, to ask for its handlers."""

INNER: Final = "do"
"""The one child of a for-each, a loop and an exclusive; its turns are "do#1", "do#2" …"""

AGAIN: Final = "again"
"""What a step asks again because it changed what was agreed to stands below it: "…/again/first"."""

_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class Node:
    """A step with its place in the tree; `parent` is None for the root and the workflow's own handlers."""

    path: str
    step: Step
    parent: str | None


_indexes: dict[int, tuple[Workflow, Mapping[str, Node]]] = {}


def index(definition: Workflow) -> Mapping[str, Node]:
    """Every step of the definition by its path.

    Raises:
        ValueError: when two steps have the same path (twins in one sequence).
    """
    known = _indexes.get(id(definition))
    if known is not None:
        return known[1]
    if len(_indexes) >= _KEPT:
        _indexes.clear()
    # The definition is kept beside its index, so that its id stays its own.
    _indexes[id(definition)] = (definition, _index(definition))
    return _indexes[id(definition)][1]


def step_path(path: str) -> str:
    """The path in the definition of an activation's path: without the turns ("on/0#2" is the second "on/0")."""
    return "/".join(part.split("#")[0] for part in path.split("/")) if "#" in path else path


def children(node: Node) -> tuple[Node, ...]:
    """What a block runs on its straight way, in order; the default of a choice comes last, a leaf has none."""
    match node.step:
        case Sequence(steps=steps):
            return tuple(_child(node, segment(step, number), step) for number, step in enumerate(steps))
        case Choice(branches=branches, otherwise=otherwise):
            taken = tuple(_child(node, str(number), branch.do) for number, branch in enumerate(branches))
            return (*taken, _child(node, "otherwise", otherwise))
        case Parallel(branches=branches):
            return tuple(_child(node, str(number), branch.do) for number, branch in enumerate(branches))
        case ForEach(do=do) | Loop(do=do) | Exclusive(do=do):
            return (_child(node, INNER, do),)
        case Race(ways=ways):
            pairs = ((number, way) for number, way in enumerate(ways))
            return tuple(
                _child(node, f"{number}/{part}", step)
                for number, way in pairs
                for part, step in (("first", way.first), ("then", way.do))
            )
        case _:
            return ()


def detours(node: Node) -> tuple[Node, ...]:
    """What a step runs when it is refused, not answered, or met by an event."""
    handled = tuple(_child(node, f"on/{number}", one.do) for number, one in enumerate(_handlers(node.step)))
    match node.step:
        case Approve(on_reject=on_reject, on_return=on_return):
            rejected = _child(node, "rejected", on_reject)
            return (
                (rejected,) if on_return is None else (rejected, _child(node, "supplement/silence", on_return.silence))
            )
        case Wait(silence=silence) if silence is not None:
            return (_child(node, "silence", silence),)
        case Vote(fails=fails, tie=tie, no_quorum=no_quorum):
            ways = (("fails", fails), ("tie", tie), ("no_quorum", no_quorum))
            return tuple(_child(node, name, step) for name, step in ways if step is not None)
        case _:
            return handled


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order of the definition."""
    yield node
    for inner in (*children(node), *detours(node)):
        yield from walk(inner)


def handlers_of(definition: Workflow, path: str) -> tuple[tuple[str, Handler], ...]:
    """The handlers of the block at `path` (or of the workflow, at CASE), each with the path of what it does."""
    if path == CASE:
        return tuple((f"on/{number}", handler) for number, handler in enumerate(definition.on))
    handlers = _handlers(index(definition)[path].step)
    return tuple((f"{path}/on/{number}", handler) for number, handler in enumerate(handlers))


def _handlers(step: Step) -> tuple[Handler, ...]:
    return step.on if isinstance(step, Sequence | Parallel | ForEach | PublicNotice) else ()


def _child(node: Node, segment: str, step: Step) -> Node:
    return Node(path=f"{node.path}/{segment}", step=step, parent=node.path)


def segment(step: Step, number: int) -> str:
    """The last part of the path of the `number`-th step of a sequence."""
    return getattr(step, "name", None) or str(number)


def everything(definition: Workflow) -> Iterator[Node]:
    """Every step of the definition, its straight way first, then what the workflow's own handlers do."""
    yield from walk(Node(ROOT, definition.steps, None))
    for number, handler in enumerate(definition.on):
        yield from walk(Node(f"on/{number}", handler.do, None))


def _index(definition: Workflow) -> Mapping[str, Node]:
    found: dict[str, Node] = {}
    for node in everything(definition):
        if node.path in found:
            message = f"workflow '{definition.name}': two steps stand at '{node.path}'; give each its own name"
            raise ValueError(message)
        found[node.path] = node
    for node in _asked_again(definition, tuple(found.values())):
        found[node.path] = node
    return MappingProxyType(found)


# -- asked again -------------------------------------------------------------------------------------------


def again_at(path: str, asked: str) -> str:
    """The path at which the step `asked` is asked again by the step at `path`, which changed what it agreed to."""
    return f"{path}/{AGAIN}/{step_path(asked).removeprefix(f'{ROOT}/').replace('/', '.')}"


def watched_in(definition: Workflow) -> frozenset[str]:
    """The fields whose change asks for approval again."""
    return frozenset(one.name for form in definition.forms for one in form.fields if one.reapprove)


def _asked_again(definition: Workflow, nodes: tuple[Node, ...]) -> Iterator[Node]:
    """What a step that may write a watched field asks again when it does: any approval or vote of the definition."""
    watching = {form.name for form in definition.forms if any(one.reapprove for one in form.fields)}
    for writer in (one for one in nodes if _may_change(one.step, watching, watched_in(definition))):
        for one in nodes:
            if isinstance(one.step, Approve | Vote) and _turns(nodes, one.path) <= _turns(nodes, writer.path):
                yield from walk(Node(again_at(writer.path, one.path), one.step, writer.path))


def _may_change(step: Step, forms: set[str], fields: frozenset[str]) -> bool:
    asks = isinstance(step, Approve) and step.on_return is not None and not fields.isdisjoint(step.on_return.takes)
    return asks or (isinstance(step, Approve | CarryOut) and step.form in forms)


def _turns(nodes: tuple[Node, ...], path: str) -> set[str]:
    """The for-eaches around a step: what is written in a turn belongs to it, and goes with it."""
    return {one.path for one in nodes if isinstance(one.step, ForEach) and path.startswith(f"{one.path}/")}


def awaited(definition: Workflow) -> frozenset[str]:
    """The event types that a running case of the definition may wait for: its waits, handlers and supplements."""
    handlers = {handler.event for handler in definition.on}
    return frozenset(handlers).union(*(_awaited_by(node.step) for node in index(definition).values()))


def replanning(definition: Workflow) -> frozenset[str]:
    """The event types that end or move what the follow-ups of the definition have planned."""
    steps = [node.step for node in index(definition).values()]
    named = {event for step in steps if isinstance(step, FollowUp) for event in (step.ends_on, step.moves_on)}
    return frozenset(event for event in named if event is not None)


def _awaited_by(step: Step) -> set[str]:
    match step:
        case Wait(event=event):
            return {event}
        case Approve(on_return=on_return) if on_return is not None and on_return.answered_by is not None:
            return {on_return.answered_by}
        case ForEach(grows_on=grows_on) if grows_on is not None:
            return {grows_on, *(handler.event for handler in step.on)}
        case _:
            return {handler.event for handler in _handlers(step)}
