"""Where everything in a picture stands: the tree of a definition, laid out from top to bottom.

A sequence is a column; a choice, parallel or race opens into columns that meet again; a for-each, a loop and an
exclusive have a frame around their step, and the loop a line back; what happens when somebody refuses or nobody
answers leaves to the right; what an event may do stands beside the block it watches, or under the case.
The same definition always gives the same picture.
"""

from __future__ import annotations

from dataclasses import replace

from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Choice,
    End,
    Exclusive,
    ForEach,
    Handler,
    Loop,
    Parallel,
    PublicNotice,
    Race,
    Sequence,
    ToApplicant,
    Vote,
    Wait,
    Workflow,
)
from workflows.machine.nodes import CASE, ROOT, Node, children, detours, handlers_of, index
from workflows.pictures.boxes import BETWEEN, box, gateway, label, line_box, merge_box, pill
from workflows.pictures.shapes import Block, Kind, moved, stacked
from workflows.pictures.ways import Way, enclosed, forked, handled, turned_back, watched, with_detours
from workflows.pictures.wording import Wording

MARGIN = 14

_KINDS = {
    Approve: Kind.PEOPLE,
    CarryOut: Kind.PEOPLE,
    Vote: Kind.PEOPLE,
    Wait: Kind.WAIT,
    PublicNotice: Kind.WAIT,
    Call: Kind.CALL,
    ForEach: Kind.BLOCK,
    Loop: Kind.BLOCK,
    Exclusive: Kind.BLOCK,
}


def lay_out(definition: Workflow, wording: Wording) -> Block:
    """The whole picture of a definition, margins included."""
    said = replace(wording, guards=definition.guards)
    nodes = index(definition)
    start = pill(Kind.START, "", said.event(definition.starts_on))
    ways = [_handler(nodes[path], handler, said) for path, handler in handlers_of(definition, CASE)]
    whole = watched(stacked([start, _step(nodes[ROOT], said)]), ways)
    return replace(
        moved(whole, MARGIN, MARGIN),
        width=whole.width + 2 * MARGIN,
        height=whole.height + 2 * MARGIN,
        axis=whole.axis + MARGIN,
    )


def _step(node: Node, wording: Wording) -> Block:
    match node.step:
        case Sequence():
            return _handled(stacked([_step(one, wording) for one in children(node)]), node, node.step.on, wording)
        case Choice() | Parallel() | Race():
            return _parted(node, node.step, wording)
        case ForEach() | Exclusive():
            inside = stacked([_box(node, wording), *(_step(one, wording) for one in children(node))])
            on = node.step.on if isinstance(node.step, ForEach) else ()
            return handled(enclosed(inside), _handlers(node, on, wording))
        case Loop():
            return _loop(node, wording)
        case PublicNotice():
            return _handled(_box(node, wording), node, node.step.on, wording)
        case Approve() | Wait() | Vote():
            return with_detours(_box(node, wording), [_detour(node, one, wording) for one in detours(node)])
        case End():
            return pill(Kind.END, node.path, wording.title(node))
        case _:
            return _box(node, wording)


def _box(node: Node, wording: Wording) -> Block:
    title, note = wording.title(node), wording.note(node.step)
    kind = _KINDS.get(type(node.step))
    if kind is None:
        return line_box(node.path, title, note)
    return box(kind, node.path, title, note, wording.status_lines)


# -- blocks ------------------------------------------------------------------------------------------------


def _parted(node: Node, step: Choice | Parallel | Race, wording: Wording) -> Block:
    match step:
        case Choice():
            return _fork(Kind.CHOICE, node, _branches(node, step, wording), wording)
        case Race():
            firsts = [one for one in children(node) if one.path.endswith("/first")]
            thens = [one for one in children(node) if one.path.endswith("/then")]
            pairs = zip(firsts, thens, strict=True)
            ways: list[Way] = [((), stacked([_step(first, wording), _step(then, wording)])) for first, then in pairs]
            return _fork(Kind.RACE, node, ways, wording)
        case Parallel():
            whole = _fork(Kind.PARALLEL, node, _branches(node, step, wording), wording)
            says = wording.join(step.join)
            if says and whole.goes_on:
                whole = stacked([whole, merge_box(f"{node.path}/", says)])
            return _handled(whole, node, step.on, wording)


def _fork(kind: Kind, node: Node, ways: list[Way], wording: Wording) -> Block:
    return forked(gateway(kind, node.path, wording.title(node)), ways, node.path)


def _branches(node: Node, step: Choice | Parallel, wording: Wording) -> list[Way]:
    return [(label(wording.branch(one, step)), _step(one, wording)) for one in children(node)]


def _loop(node: Node, wording: Wording) -> Block:
    head = _box(node, wording)
    inside = stacked([head, *(_step(one, wording) for one in children(node))])
    return enclosed(turned_back(inside, head, label(wording.word("again"))))


# -- ways that leave ---------------------------------------------------------------------------------------


def _detour(node: Node, detour: Node, wording: Wording) -> Way:
    last = detour.path.removeprefix(f"{node.path}/")
    steps = [_onward(_step(detour, wording), detour, wording)]
    if isinstance(node.step, Approve) and node.step.on_return is not None and last == "supplement/silence":
        steps.insert(0, _supplement(node, node.step.on_return, wording))
        last = "returned"
    return label(wording.word(last)), stacked(steps)


def _supplement(node: Node, asked: ToApplicant, wording: Wording) -> Block:
    note = BETWEEN.join(part for part in (wording.word("applicant"), wording.days(asked.within)) if part)
    path = f"{node.path}/supplement"
    return box(Kind.PEOPLE, path, wording.word("supplement"), note, wording.status_lines)


def _onward(block: Block, node: Node, wording: Wording) -> Block:
    """A side way that does not end goes back to the main one, and says so."""
    if not block.goes_on:
        return block
    return stacked([block, replace(pill(Kind.ONWARD, f"{node.path}/", wording.word("goes on")), goes_on=False)])


# -- what events may do ------------------------------------------------------------------------------------


def _handled(block: Block, node: Node, on: tuple[Handler, ...], wording: Wording) -> Block:
    """A block, in a frame where events may do something to it; what they do stands to its right."""
    return handled(enclosed(block), _handlers(node, on, wording)) if on else block


def _handlers(node: Node, on: tuple[Handler, ...], wording: Wording) -> list[Block]:
    return [_handler(one, handler, wording) for one, handler in zip(detours(node), on, strict=True)]


def _handler(node: Node, handler: Handler, wording: Wording) -> Block:
    head = box(Kind.HANDLER, f"{node.path}/", wording.event(handler.event), wording.handler(handler))
    inside = _step(node, wording)
    if handler.mode == "interrupts":
        return stacked([head, _onward(inside, node, wording)])
    return stacked([head, inside])
