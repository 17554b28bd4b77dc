"""A workflow as a BPMN 2.0 file, with its diagram; `docs/bpmn.md` has the table of what becomes what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from domain.numbers import Numbers
from workflows.language.words import Call, ForEach, Form, Guard, Workflow
from workflows.machine.nodes import CASE, ROOT, handlers_of, index
from workflows.pictures.bpmn.blocks import built, whole
from workflows.pictures.bpmn.book import Book, process_id
from workflows.pictures.bpmn.joining import alone, gathered, stacked
from workflows.pictures.bpmn.leaves import message_event
from workflows.pictures.bpmn.parts import Piece, Xml, event, gateway
from workflows.pictures.bpmn.writing import written
from workflows.pictures.wording import NO_NUMBERS, Wording
from workflows.presentation import Presentation


@dataclass(frozen=True, slots=True)
class Exported:
    """A BPMN file, and what in it BPMN alone cannot say: "path: element" for each extension element."""

    xml: str
    extended: tuple[str, ...]


def export(
    definition: Workflow,
    presentation: Presentation,
    language: str,
    numbers: Numbers = NO_NUMBERS,
    callers: Collection[str] = (),
) -> Exported:
    """The workflow as BPMN 2.0 with diagram interchange, valid against OMG's schema.

    Args:
        definition: what to write.
        presentation: the titles of its steps.
        language: zh or en.
        numbers: the office's numbers, for terms.
        callers: the workflows that call it; they start it without its event.
    """
    book = Book(Wording(presentation, language, numbers), lists=_lists(definition), forms=_forms(definition))
    title, nodes = presentation.workflow(definition.name, language), index(definition)
    depth = 1 if definition.on else 0
    body = built(book, nodes[ROOT], depth)
    ways = [(nodes[path], handler) for path, handler in handlers_of(definition, CASE)]
    completed = alone(event("endEvent", "end.case", ""), ends=True)
    everything = stacked([_start(book, definition, callers), whole(book, body, ways, title), completed])
    guards = tuple(_guard(book, one) for one in definition.guards)
    return Exported(
        xml=written(book, process_id(definition.name), title, everything, guards),
        extended=tuple(sorted(book.extended)),
    )


def _start(book: Book, definition: Workflow, callers: Collection[str]) -> Piece:
    """The event that starts it; a process that is called has a start of its own for that."""
    started = message_event(book, definition.starts_on)
    by_event = event("startEvent", "start.case", book.wording.event(definition.starts_on), started)
    if not callers:
        return alone(by_event)
    titles = [book.wording.presentation.workflow(name, book.wording.language) for name in sorted(callers)]
    return gathered(
        [by_event, event("startEvent", "start.called", ", ".join(titles))], gateway("exclusiveGateway", "start.join")
    )


def _forms(definition: Workflow) -> dict[str, Form]:
    return {one.name: one for one in definition.forms}


def _lists(definition: Workflow) -> set[str]:
    steps = [node.step for node in index(definition).values()]
    return {step.over for step in steps if isinstance(step, ForEach | Call) and isinstance(step.over, str)}


def _guard(book: Book, guard: Guard) -> Xml:
    return book.beyond("guards", "guard", verb=guard.verb, whileIn=guard.while_in)
