"""The blocks of a workflow as BPMN: gateways, sub-processes and boundary events.

An end inside a sub-process ends the whole case: it is an error event that the topmost sub-process catches. What an
event does to a block stands in a sub-process around both, which is left when all in it is done.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import replace

from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Choice,
    Do,
    End,
    Exclusive,
    FollowUp,
    ForEach,
    Handler,
    Join,
    Loop,
    Message,
    Parallel,
    PublicNotice,
    Race,
    Sequence,
    Vote,
    Wait,
)
from workflows.machine.nodes import Node as Place
from workflows.machine.nodes import children, detours
from workflows.pictures.bpmn.book import Book, element_id
from workflows.pictures.bpmn.joining import alone, attached, enclosed, forked, stacked
from workflows.pictures.bpmn.leaves import (
    EXPRESSION,
    approval,
    calling,
    doing,
    message_event,
    notice,
    planning,
    repeated,
    telling,
    voting,
    waiting,
    work,
)
from workflows.pictures.bpmn.parts import NOTHING, Node, Piece, Way, Xml, event, everything, gateway
from workflows.pictures.bpmn.scripts import condition_text

_ENDED = "ended"


def built(book: Book, place: Place, depth: int) -> Piece:
    """The step at a place, `depth` sub-processes down."""
    match place.step:
        case Sequence(on=on):
            body = stacked([built(book, one, _inside(depth, on)) for one in children(place)])
            return with_handlers(book, place, on, body, depth)
        case Choice():
            return _choice(book, place, place.step, depth)
        case Parallel():
            return _parallel(book, place, place.step, depth)
        case ForEach() | Loop() | Exclusive():
            return _block(book, place, place.step, depth)
        case Race():
            return _race(book, place, place.step, depth)
        case End():
            return alone(_end(book, place, place.step, depth), ends=True)
        case PublicNotice(on=on):
            return with_handlers(book, place, on, notice(book, place, place.step), depth)
        case _:
            return _leaf(book, place, depth)


def _leaf(book: Book, place: Place, depth: int) -> Piece:
    aside = {one.path.removeprefix(f"{place.path}/"): built(book, one, depth) for one in detours(place)}
    match place.step:
        case Approve():
            return approval(book, place, place.step, aside["rejected"], aside.get("supplement/silence"))
        case Vote():
            return voting(book, place, place.step, aside)
        case Wait():
            return waiting(book, place, place.step, aside.get("silence"))
        case CarryOut():
            return work(book, place, place.step)
        case Call():
            return calling(book, place, place.step)
        case Do():
            return doing(book, place, place.step)
        case Message():
            return telling(book, place, place.step)
        case FollowUp():
            return planning(book, place, place.step)
        case _:
            raise TypeError(f"no BPMN for the word '{place.step.word}' at '{place.path}'")


def _inside(depth: int, on: Many[Handler]) -> int:
    """A block with handlers stands in two sub-processes: one around what runs, one around that and the handlers."""
    return depth + 2 if on else depth


# -- ways that part ----------------------------------------------------------------------------------------


def _choice(book: Book, place: Place, step: Choice, depth: int) -> Piece:
    *branches, otherwise = [Way(built(book, one, depth), book.wording.branch(one, step)) for one in children(place)]
    conditions = [None if one.when is None else condition_text(one.when) for one in step.branches]
    ways = [replace(way, condition=said or "True") for way, said in zip(branches, conditions, strict=True)]
    return forked(*_gateways("exclusiveGateway", book, place, [*ways, otherwise]))


def _parallel(book: Book, place: Place, step: Parallel, depth: int) -> Piece:
    inside = _inside(depth, step.on)
    parts = [Way(built(book, one, inside), book.wording.branch(one, step)) for one in children(place)]
    kind = "parallelGateway"
    if any(one.when is not None for one in step.branches):
        # Where no condition holds the block is through at once: that is the default way, with nothing on it.
        kind, conditions = "inclusiveGateway", [one.when for one in step.branches]
        said = ["True" if one is None else condition_text(one) for one in conditions]
        parts = [replace(way, condition=text) for way, text in zip(parts, said, strict=True)] + [Way(NOTHING)]
    split, ways, join = _gateways(kind, book, place, parts)
    extension = _joined(book, place.path, step.join)
    body = forked(split, ways, replace(join, extensions=extension))
    return with_handlers(book, place, step.on, body, depth)


def _gateways(kind: str, book: Book, place: Place, ways: list[Way]) -> tuple[Node, list[Way], Node]:
    here = element_id(place.path)
    return gateway(kind, here, book.wording.title(place)), ways, gateway(kind, f"{here}-join")


def _joined(book: Book, path: str, join: Join) -> tuple[Xml, ...]:
    """BPMN waits for all."""
    if join.of is None and join.once is None:
        return ()
    once = None if join.once is None else condition_text(join.once)
    return (book.beyond(path, "join", of=join.of, once=once, rest=join.rest),)


def _race(book: Book, place: Place, step: Race, depth: int) -> Piece:
    """An event-based gateway where nothing but events may come first, else a sub-process left by whoever comes."""
    parts = children(place)
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    if all(isinstance(way.first, Wait) and way.first.silence is None for way in step.ways):
        ways = [Way(stacked([built(book, first, depth), built(book, then, depth)])) for first, then in pairs]
        here = element_id(place.path)
        split = gateway("eventBasedGateway", here, book.wording.title(place))
        return forked(split, ways, gateway("exclusiveGateway", f"{here}-join"))
    return _first_of(book, place, pairs, depth)


def _first_of(book: Book, place: Place, pairs: list[tuple[Place, Place]], depth: int) -> Piece:
    here = element_id(place.path)
    came = [f"{here}-{number}" for number in range(len(pairs))]
    firsts = [
        Way(stacked([built(book, first, depth + 1), alone(_error(book, f"{here}-{n}-came", came[n]), ends=True)]))
        for n, (first, _) in enumerate(pairs)
    ]
    split, join = gateway("parallelGateway", f"{here}-start"), gateway("parallelGateway", f"{here}-never")
    start = event("startEvent", f"{here}-begin", "")
    inside = stacked([alone(start), forked(split, firsts, join)])
    node = enclosed(Node("subProcess", here, book.wording.title(place), 0, 0), inside)
    ways = [
        (_caught(book, here, f"{here}-{n}-taken", came[n]), built(book, then, depth))
        for n, (_, then) in enumerate(pairs)
    ]
    return _attached(book, node, ways, depth, goes_on=False)


# -- sub-processes -----------------------------------------------------------------------------------------


def _block(book: Book, place: Place, step: ForEach | Loop | Exclusive, depth: int) -> Piece:
    on = step.on if isinstance(step, ForEach) else ()
    level = _inside(depth, on)
    [inner] = children(place)
    node = Node("subProcess", element_id(place.path), book.wording.title(place), 0, 0)
    match step:
        case ForEach():
            node = _each(book, place, step, node)
        case Loop():
            node = replace(node, details=(_again(step),))
        case Exclusive():
            node = replace(node, extensions=(book.beyond(place.path, "exclusive", resource=step.resource, of=step.of),))
    body = _attached(book, _wrapped(node, built(book, inner, level + 1)), [], level)
    return with_handlers(book, place, on, body, depth)


def _each(book: Book, place: Place, step: ForEach, node: Node) -> Node:
    extensions = list(_joined(book, place.path, step.join))
    if step.grows_on is not None:
        extensions.append(book.beyond(place.path, "grows", event=step.grows_on, takes=step.takes))
    if isinstance(step.over, str):
        loop = repeated(book, step.over, step.each)
    else:
        extensions.append(book.beyond(place.path, "each", name=step.each))
        count = Xml("bpmn:loopCardinality", EXPRESSION, str(step.over))
        loop = Xml("bpmn:multiInstanceLoopCharacteristics", (("isSequential", "false"),), parts=(count,))
    return replace(node, details=(loop,), extensions=tuple(extensions))


def _again(step: Loop) -> Xml:
    """BPMN says how long it goes on, ours when it is over."""
    most = () if step.at_most is None else (("loopMaximum", str(step.at_most)),)
    on = "True" if step.until is None else f"not ({condition_text(step.until)})"
    condition = Xml("bpmn:loopCondition", EXPRESSION, on)
    before = ("testBefore", "true" if step.test == "before" else "false")
    return Xml("bpmn:standardLoopCharacteristics", (before, *most), parts=(condition,))


def _wrapped(node: Node, body: Piece) -> Node:
    """A sub-process from its own start to its own end, which is never reached where the body ends the case."""
    start, end = event("startEvent", f"{node.id}-start", ""), event("endEvent", f"{node.id}-end", "")
    return enclosed(node, stacked([alone(start), body, alone(end, ends=True)]))


def with_handlers(book: Book, place: Place, on: Many[Handler], body: Piece, depth: int) -> Piece:
    """A block and what events do to it, in a sub-process around both."""
    if not on:
        return body
    here = element_id(place.path)
    inner = _wrapped(Node("subProcess", f"{here}-body", book.wording.title(place), 0, 0), body)
    ways = [_handled(book, one, handler, inner.id, depth + 1) for one, handler in zip(detours(place), on, strict=True)]
    outer = _wrapped(
        Node("subProcess", f"{here}-handled", book.wording.title(place), 0, 0),
        _attached(book, inner, ways, depth + 1),
    )
    return _attached(book, outer, [], depth)


def whole(book: Book, body: Piece, ways: Many[tuple[Place, Handler]], title: str) -> Piece:
    """The body of the case, and what events do to the case: the process itself is around both."""
    if not ways:
        return body
    inner = _wrapped(Node("subProcess", element_id("case"), title, 0, 0), body)
    return _attached(book, inner, [_handled(book, one, handler, inner.id, 0) for one, handler in ways], 0)


def _handled(book: Book, place: Place, handler: Handler, attached_to: str, depth: int) -> tuple[Node, Piece]:
    """A boundary event and what is done when it comes, up to an end of its own."""
    here = element_id(place.path)
    interrupts = "true" if handler.mode == "interrupts" else "false"
    attributes = (("attachedToRef", attached_to), ("cancelActivity", interrupts))
    caught = event(
        "boundaryEvent",
        f"{here}-caught",
        book.wording.event(handler.event),
        message_event(book, handler.event),
        attributes=attributes,
    )
    if handler.key is not None:
        caught = replace(caught, extensions=(book.beyond(place.path, "key", field=handler.key),))
    if handler.pauses:
        caught = replace(caught, extensions=(*caught.extensions, book.beyond(place.path, "pauses")))
    over = alone(event("endEvent", f"{here}-over", ""), ends=True)
    return caught, stacked([built(book, place, depth), over])


# -- ends --------------------------------------------------------------------------------------------------


def _end(book: Book, place: Place, step: End, depth: int) -> Node:
    said = (Xml("liaison:end", (("outcome", step.outcome), ("state", step.state))),)
    id_, title = element_id(place.path), book.wording.title(place)
    if depth == 0:
        return replace(event("endEvent", id_, title, Xml("bpmn:terminateEventDefinition")), extensions=said)
    return replace(_error(book, id_, f"{_ENDED}.{step.outcome}", title), extensions=said)


def _error(book: Book, id_: str, code: str, title: str = "") -> Node:
    return event("endEvent", id_, title, Xml("bpmn:errorEventDefinition", (("errorRef", book.error(code)),)))


def _caught(book: Book, attached_to: str, id_: str, code: str, title: str = "") -> Node:
    attributes = (("attachedToRef", attached_to), ("cancelActivity", "true"))
    definition = Xml("bpmn:errorEventDefinition", (("errorRef", book.error(code)),))
    return event("boundaryEvent", id_, title, definition, attributes=attributes)


def _attached(book: Book, node: Node, ways: Many[tuple[Node, Piece]], depth: int, *, goes_on: bool = True) -> Piece:
    """A sub-process with its ways; the topmost one ends the case for every end inside it."""
    outcomes = _outcomes(node) if depth == 0 else {}
    ends = [
        (
            _caught(book, node.id, f"{node.id}-{code}-caught", code, title),
            alone(event("endEvent", f"{node.id}-{code}", title, Xml("bpmn:terminateEventDefinition")), ends=True),
        )
        for code, title in outcomes.items()
    ]
    merge = gateway("exclusiveGateway", f"{node.id}-merge")
    return attached(node, [*ways, *ends], merge, goes_on=goes_on)


def _outcomes(node: Node) -> dict[str, str]:
    """The ends of the case inside a sub-process, with their titles."""
    found = {}
    for one in everything(node.nodes):
        for detail in one.details:
            code = dict(detail.attributes).get("errorRef", "").removeprefix("error.")
            if one.tag == "endEvent" and code.startswith(f"{_ENDED}."):
                found[code] = one.name
    return dict(sorted(found.items()))
