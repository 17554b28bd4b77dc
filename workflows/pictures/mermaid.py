"""The same picture as Mermaid text, for documents that draw it themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.numbers import Numbers
from workflows.language.words import Approve, Choice, End, Handler, Parallel, Wait, Workflow
from workflows.language.words import Sequence as WordSequence
from workflows.machine.nodes import CASE, ROOT, Node, children, detours, handlers_of, index
from workflows.pictures.shapes import Mark
from workflows.pictures.standing import Standing, standing
from workflows.pictures.wording import NO_NUMBERS, Wording
from workflows.presentation import Presentation
from workflows.reads import CaseView, HistoryView

_SIGNS = {Mark.LIVE: "▶ ", Mark.DONE: "✓ ", Mark.CANCELLED: "✕ "}
_CLASSES = (
    "classDef live stroke-width:4px",
    "classDef done stroke-width:2px",
    "classDef cancelled stroke-dasharray:4 3",
)

Tail = tuple[str, str]
"""An open end of the way: the name of the box, and the label of the line that leaves it."""


def mermaid(
    definition: Workflow,
    presentation: Presentation,
    view: CaseView | None,
    language: str,
    history: Sequence[HistoryView] = (),
    numbers: Numbers = NO_NUMBERS,
) -> str:
    """The workflow, and where the case of `view` stands in it, as a Mermaid flowchart; arguments as `svg.draw`."""
    chart = _Chart(Wording(presentation, language, numbers), standing(definition, view, history))
    start = chart.box('(["', '"])', chart.wording.event(definition.starts_on))
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

    def box(self, opening: str, closing: str, text: str, mark: Mark | None = None) -> str:
        name = f"n{self.count}"
        self.count += 1
        said = (_SIGNS[mark] if mark else "") + text.replace('"', "#quot;")
        self.lines.append(f"{name}{opening}{said}{closing}" + (f":::{mark.value}" if mark else ""))
        return name

    def joined(self, ends: Iterable[Tail], name: str, arrow: str = "-->") -> None:
        for start, label in ends:
            said = label.replace('"', "#quot;")
            self.lines.append(f'{start} {arrow}|"{said}"| {name}' if label else f"{start} {arrow} {name}")

    def step(self, node: Node, ends: list[Tail]) -> list[Tail]:
        match node.step:
            case WordSequence():
                for one in children(node):
                    ends = self.step(one, ends)
                self.handlers(node, node.step.on)
                return ends
            case Choice() | Parallel():
                return self.fork(node, node.step, ends)
            case End():
                self.joined(ends, self.box('(["', '"])', self.wording.title(node), self.where.marks.get(node.path)))
                return []
            case _:
                return self.leaf(node, ends)

    def fork(self, node: Node, step: Choice | Parallel, ends: list[Tail]) -> list[Tail]:
        opening, closing = ('{"', '"}') if isinstance(step, Choice) else ('{{"', '"}}')
        name = self.box(opening, closing, self.wording.title(node))
        self.joined(ends, name)
        branches = children(node)
        onward = [end for one in branches for end in self.step(one, [(name, self.wording.branch(one, step))])]
        if isinstance(step, Parallel):
            self.handlers(node, step.on)
        return onward

    def leaf(self, node: Node, ends: list[Tail]) -> list[Tail]:
        text = " · ".join(part for part in (self.wording.title(node), self.wording.note(node.step)) if part)
        opening, closing = ('[/"', '"/]') if isinstance(node.step, Wait) else ('["', '"]')
        name = self.box(opening, closing, text, self.where.marks.get(node.path))
        self.joined(ends, name)
        detoured = [end for one in detours(node) for end in self.detour(node, one, name)]
        return [(name, ""), *detoured]

    def detour(self, node: Node, detour: Node, name: str) -> list[Tail]:
        if detour.path.endswith("/rejected"):
            return self.step(detour, [(name, self.wording.word("rejected"))])
        if not isinstance(node.step, Approve) or node.step.on_return is None:
            return self.step(detour, [(name, self.wording.word("silence"))])
        path = f"{node.path}/supplement"
        asked = self.box('["', '"]', self.wording.supplement(node.step.on_return), self.where.marks.get(path))
        self.joined([(name, self.wording.word("returned"))], asked)
        return self.step(detour, [(asked, self.wording.word("silence"))])

    def handlers(self, node: Node, on: tuple[Handler, ...]) -> None:
        for one, handler in zip(detours(node), on, strict=True):
            self.handler(one, handler)

    def handler(self, node: Node, handler: Handler) -> None:
        text = f"{self.wording.event(handler.event)} · {self.wording.word(handler.mode)}"
        self.step(node, [(self.box('>"', '"]', text), "")])
