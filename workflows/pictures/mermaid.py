"""The same picture as Mermaid text, for documents that draw it themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.numbers import Numbers
from workflows.language.words import (
    Approve,
    Call,
    Choice,
    End,
    Exclusive,
    ForEach,
    Handler,
    Loop,
    Parallel,
    PublicNotice,
    Race,
    Wait,
    Workflow,
)
from workflows.language.words import Sequence as WordSequence
from workflows.machine.nodes import CASE, ROOT, Node, children, detours, handlers_of, index
from workflows.pictures.boxes import BETWEEN
from workflows.pictures.shapes import Mark
from workflows.pictures.standing import Standing, standing
from workflows.pictures.status import status
from workflows.pictures.timing import Clock
from workflows.pictures.wording import NO_NUMBERS, Wording
from workflows.presentation import Presentation
from workflows.reads import CaseView, HistoryView

_SIGNS = {Mark.LIVE: "▶ ", Mark.DONE: "✓ ", Mark.CANCELLED: "✕ "}
_CLASSES = (
    "classDef live stroke-width:4px",
    "classDef done stroke-width:2px",
    "classDef cancelled stroke-dasharray:4 3",
)

_SIGNS_OF_FORKS = {Choice: ('{"', '"}'), Parallel: ('{{"', '"}}'), Race: ('{{"', '"}}')}
_STEP = ('["', '"]')
_WAITING = ('[/"', '"/]')
_BLOCK = ('[["', '"]]')
_ROUND = ('(["', '"])')

Tail = tuple[str, str]
"""An open end of the way: the name of the box, and the label of the line that leaves it."""


def mermaid(
    definition: Workflow,
    presentation: Presentation,
    view: CaseView | None,
    language: str,
    history: Sequence[HistoryView] = (),
    numbers: Numbers = NO_NUMBERS,
    clock: Clock | None = None,
) -> str:
    """The workflow, and where the case of `view` stands in it, as a Mermaid flowchart; arguments as `svg.draw`."""
    wording = Wording(presentation, language, numbers, definition.guards)
    chart = _Chart(wording, standing(definition, view, history, clock))
    start = chart.box(_ROUND, chart.wording.event(definition.starts_on))
    chart.step(index(definition)[ROOT], [(start, "")])
    for path, handler in handlers_of(definition, CASE):
        chart.handler(index(definition)[path], handler)
    return "\n".join(["flowchart TD", *(f"  {line}" for line in (*chart.lines, *_CLASSES)), ""])


@dataclass(slots=True)
class _Chart:
    """The text as it grows; each method draws a piece after the open ends it is given and returns the new ones."""

    wording: Wording
    where: Standing
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def box(self, sign: tuple[str, str], text: str, path: str = "") -> str:
        name = f"n{self.count}"
        self.count += 1
        mark = self.where.marks.get(path)
        said = BETWEEN.join(part for part in (text, status(path, self.where, self.wording)) if part)
        shown = (_SIGNS[mark] if mark else "") + _quoted(said)
        self.lines.append(f"{name}{sign[0]}{shown}{sign[1]}" + (f":::{mark.value}" if mark else ""))
        return name

    def joined(self, ends: Iterable[Tail], name: str, arrow: str = "-->") -> None:
        for start, label in ends:
            self.lines.append(f'{start} {arrow}|"{_quoted(label)}"| {name}' if label else f"{start} {arrow} {name}")

    def step(self, node: Node, ends: list[Tail]) -> list[Tail]:
        match node.step:
            case WordSequence():
                for one in children(node):
                    ends = self.step(one, ends)
                self.handlers(node, node.step.on)
                return ends
            case Choice() | Parallel() | Race():
                return self.fork(node, node.step, ends)
            case ForEach() | Loop() | Exclusive():
                return self.block(node, node.step, ends)
            case End():
                self.joined(ends, self.box(_ROUND, self.wording.title(node), node.path))
                return []
            case _:
                return self.leaf(node, ends)

    def fork(self, node: Node, step: Choice | Parallel | Race, ends: list[Tail]) -> list[Tail]:
        name = self.box(_SIGNS_OF_FORKS[type(step)], self.wording.title(node))
        self.joined(ends, name)
        if isinstance(step, Race):
            return self.ways(node, name)
        onward = [end for one in children(node) for end in self.step(one, [(name, self.wording.branch(one, step))])]
        if isinstance(step, Parallel):
            onward = self.merged(onward, self.wording.join(step.join))
            self.handlers(node, step.on)
        return onward

    def ways(self, node: Node, name: str) -> list[Tail]:
        """What may come first, each with what is done then."""
        parts = children(node)
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return [end for first, then in pairs for end in self.step(then, self.step(first, [(name, "")]))]

    def merged(self, ends: list[Tail], says: str) -> list[Tail]:
        """Where ways meet before all have come, a box says when."""
        if not says or not ends:
            return ends
        name = self.box(_ROUND, says)
        self.joined(ends, name)
        return [(name, "")]

    def block(self, node: Node, step: ForEach | Loop | Exclusive, ends: list[Tail]) -> list[Tail]:
        name = self.box(_BLOCK, self._said(node), node.path)
        self.joined(ends, name)
        onward = [end for one in children(node) for end in self.step(one, [(name, "")])]
        if isinstance(step, Loop):
            self.joined(((end, self.wording.word("again")) for end, _ in onward), name, "-.->")
        if isinstance(step, ForEach):
            self.handlers(node, step.on)
        return onward

    def leaf(self, node: Node, ends: list[Tail]) -> list[Tail]:
        sign = _WAITING if isinstance(node.step, Wait | PublicNotice) else _STEP
        name = self.box(_BLOCK if isinstance(node.step, Call) else sign, self._said(node), node.path)
        self.joined(ends, name)
        if isinstance(node.step, PublicNotice):
            self.handlers(node, node.step.on)
            return [(name, "")]
        detoured = [end for one in detours(node) for end in self.detour(node, one, name)]
        return [(name, ""), *detoured]

    def _said(self, node: Node) -> str:
        return BETWEEN.join(part for part in (self.wording.title(node), self.wording.note(node.step)) if part)

    def detour(self, node: Node, detour: Node, name: str) -> list[Tail]:
        last = detour.path.removeprefix(f"{node.path}/")
        if not isinstance(node.step, Approve) or node.step.on_return is None or last == "rejected":
            return self.step(detour, [(name, self.wording.word(last))])
        asked = self.box(_STEP, self.wording.supplement(node.step.on_return), f"{node.path}/supplement")
        self.joined([(name, self.wording.word("returned"))], asked)
        self.joined([(asked, self.wording.word("again"))], name, "-.->")
        return self.step(detour, [(asked, self.wording.word("silence"))])

    def handlers(self, node: Node, on: tuple[Handler, ...]) -> None:
        for one, handler in zip(detours(node), on, strict=True):
            self.handler(one, handler)

    def handler(self, node: Node, handler: Handler) -> None:
        text = BETWEEN.join((self.wording.event(handler.event), self.wording.handler(handler)))
        self.step(node, [(self.box(('>"', '"]'), text), "")])


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")
