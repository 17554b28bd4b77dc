"""The picture of a workflow as SVG: text labels, a title for each step, no script, the same every time.

Colours are CSS variables of the page with fallbacks, so that a picture follows dark mode inside a page and still
looks right alone. The position of a case is shown by signs (a triangle, a tick, a cross) and line styles as well
as by colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from domain.numbers import Numbers
from workflows.language.words import Workflow
from workflows.pictures.boxes import BETWEEN, NOTE_LINE, NOTE_SIZE, PADDING, TITLE_LINE, TITLE_SIZE
from workflows.pictures.layout import lay_out
from workflows.pictures.lettering import wrapped
from workflows.pictures.shapes import GATEWAYS, Block, Frame, Kind, Mark, Point, Shape, Wire
from workflows.pictures.standing import Standing, standing
from workflows.pictures.status import status
from workflows.pictures.timing import Clock
from workflows.pictures.wording import NO_NUMBERS, Wording
from workflows.presentation import Presentation
from workflows.reads import CaseView, HistoryView

STYLE = """
.flow{color:var(--ink,#1f2430);font-family:system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
.flow text{fill:currentColor}
.flow .note{fill:var(--muted,#5b6472)}
.flow .box{fill:var(--surface,#fff);stroke:var(--line-strong,#8b95a5);stroke-width:1.2}
.flow .system .box{fill:var(--sunken,#f1f3f6)}
.flow .system .note{fill:currentColor}
.flow .wait .box{stroke-dasharray:7 3}
.flow .merge .box{fill:none;stroke-width:.8}
.flow .inner{fill:none;stroke:var(--line-strong,#8b95a5);stroke-width:.8}
.flow .handler .box{fill:none;stroke-dasharray:2 3}
.flow .wire{fill:none;stroke:var(--line-strong,#8b95a5);stroke-width:1.4}
.flow .aside{stroke-dasharray:4 3}
.flow .tip{fill:var(--line-strong,#8b95a5)}
.flow .frame{fill:none;stroke:var(--line-strong,#8b95a5);stroke-dasharray:2 4}
.flow .live .box{stroke:var(--accent,#0b5cad);stroke-width:3;fill:var(--accent-soft,#e3eefa)}
.flow .live .sign{fill:var(--accent,#0b5cad)}
.flow .done .box{stroke:var(--good,#1c6b41);stroke-width:1.8}
.flow .done .sign{stroke:var(--good,#1c6b41);fill:none;stroke-width:2.4}
.flow .cancelled .box{stroke-dasharray:3 3}
.flow .cancelled text{fill:var(--muted,#5b6472);text-decoration:line-through}
.flow .cancelled .sign{stroke:var(--muted,#5b6472);fill:none;stroke-width:2.4}
"""


def draw(
    definition: Workflow,
    presentation: Presentation,
    view: CaseView | None,
    language: str,
    history: Sequence[HistoryView] = (),
    numbers: Numbers = NO_NUMBERS,
    clock: Clock | None = None,
) -> str:
    """The workflow, and where the case of `view` stands in it, as an SVG document.

    Args:
        definition: what the case runs.
        presentation: the titles to write.
        view: the case, None for the workflow alone.
        language: zh or en.
        history: the case's timeline; marks the steps that were entered and left at once.
        numbers: the office's numbers, for the days that are allowed.
        clock: the calendar and the present moment, for the time spent in each step; without it none is shown.
    """
    wording = Wording(presentation, language, numbers, status_lines=0 if view is None else 1)
    picture = lay_out(definition, wording)
    where = standing(definition, view, history, clock)
    title = escape(presentation.workflow(definition.name, language))
    return "\n".join(
        (
            _opening(picture, language),
            f"<title>{title}</title><style>{STYLE}</style>",
            *(_frame(one) for one in picture.frames),
            *(_wire(one) for one in picture.wires),
            *(_shape(one, where, wording) for one in picture.shapes),
            "</svg>",
        )
    )


def _opening(picture: Block, language: str) -> str:
    across, down = picture.width, picture.height
    spoken = "en" if language == "en" else "zh-CN"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" role="img" lang="{spoken}" '
        f'width="{across}" height="{down}" viewBox="0 0 {across} {down}">'
    )


def _frame(frame: Frame) -> str:
    return f'<rect class="frame" x="{frame.x}" y="{frame.y}" width="{frame.width}" height="{frame.height}" rx="12"/>'


def _wire(wire: Wire) -> str:
    line = " ".join(f"{x},{y}" for x, y in wire.points)
    style = "wire aside" if wire.aside else "wire"
    parts = [f'<polyline class="{style}" points="{line}"/>']
    if wire.arrow:
        parts.append(_arrow(wire.points))
    x, y = wire.label_at
    first = y - NOTE_LINE * (len(wire.label) - 1) if wire.aside else y
    parts += [_text(x, first + number * NOTE_LINE, NOTE_SIZE, row, "note") for number, row in enumerate(wire.label)]
    return "".join(parts)


def _arrow(points: Sequence[Point]) -> str:
    """The tip at the end of a line that comes from the side or from above."""
    (from_x, from_y), (x, y) = points[-2], points[-1]
    if from_y == y:
        back = x - 7 if x > from_x else x + 7
        return f'<path class="tip" d="M{back},{y - 4}L{x},{y}L{back},{y + 4}z"/>'
    return f'<path class="tip" d="M{x - 4},{y - 7}L{x},{y}L{x + 4},{y - 7}z"/>'


def _text(x: int, y: int, size: int, words: str, style: str = "", anchor: str = "start") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text{named} x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}">{escape(words)}</text>'


def _shape(shape: Shape, where: Standing, wording: Wording) -> str:
    if shape.kind is Kind.JOIN:
        return f'<circle class="tip" cx="{shape.x + shape.width // 2}" cy="{shape.y + shape.height // 2}" r="3"/>'
    mark = where.mark(shape)
    style = f"{shape.kind.value} {mark.value}" if mark else shape.kind.value
    said = "" if shape.kind in GATEWAYS else status(shape.path, where, wording)
    tip = BETWEEN.join(part for part in (shape.tip, wording.word(mark.value) if mark else "", said) if part)
    # A page that swaps a fragment finds the same step again by its path.
    opening = f'<g class="{style}" data-path="{escape(shape.path)}"{_sub_cases(shape, where)}>'
    parts = [opening, f"<title>{escape(tip)}</title>", *_body(shape)]
    if mark:
        parts.append(_sign(mark, shape))
    if shape.status and said:
        (row,) = wrapped(said, NOTE_SIZE, shape.width - PADDING, 1)
        middle, bottom = shape.x + shape.width // 2, shape.y + shape.height - 7
        parts.append(_text(middle, bottom, NOTE_SIZE, row, "status", "middle"))
    return "".join([*parts, "</g>"])


def _sub_cases(shape: Shape, where: Standing) -> str:
    cases = where.cases.get(shape.path, ())
    return f' data-cases="{escape(" ".join(cases))}"' if cases else ""


def _body(shape: Shape) -> Iterator[str]:
    middle = shape.x + shape.width // 2
    if shape.kind in GATEWAYS:
        yield from _gateway(shape)
        return
    round_ = shape.height // 2 if shape.kind in {Kind.START, Kind.END, Kind.ONWARD} else 6
    yield (
        f'<rect class="box" x="{shape.x}" y="{shape.y}" width="{shape.width}" height="{shape.height}" rx="{round_}"/>'
    )
    if shape.kind is Kind.CALL:
        across, down = shape.width - 6, shape.height - 6
        yield f'<rect class="inner" x="{shape.x + 3}" y="{shape.y + 3}" width="{across}" height="{down}" rx="4"/>'
    top = shape.y + (shape.height - shape.status - len(shape.lines) * TITLE_LINE - len(shape.note) * NOTE_LINE) // 2
    for number, row in enumerate(shape.lines):
        yield _text(middle, top + number * TITLE_LINE + 15, TITLE_SIZE, row, anchor="middle")
    below = top + len(shape.lines) * TITLE_LINE
    for number, row in enumerate(shape.note):
        yield _text(middle, below + number * NOTE_LINE + 12, NOTE_SIZE, row, "note", "middle")


def _gateway(shape: Shape) -> Iterator[str]:
    half = shape.width // 2
    x, y = shape.x + half, shape.y + half
    yield f'<path class="box" d="M{x},{shape.y}L{x + half},{y}L{x},{y + half}L{x - half},{y}z"/>'
    if shape.kind is Kind.PARALLEL:
        yield f'<path class="wire" d="M{x - 7},{y}H{x + 7}M{x},{y - 7}V{y + 7}"/>'
    elif shape.kind is Kind.RACE:
        yield f'<circle class="wire" cx="{x}" cy="{y}" r="7"/><circle class="wire" cx="{x}" cy="{y}" r="4"/>'
    else:
        yield f'<path class="wire" d="M{x - 5},{y - 5}L{x + 5},{y + 5}M{x + 5},{y - 5}L{x - 5},{y + 5}"/>'
    yield _text(shape.x + shape.width + PADDING // 2, y - 6, NOTE_SIZE, shape.lines[0], "note")


def _sign(mark: Mark, shape: Shape) -> str:
    """The sign of a mark at the upper left corner: a triangle, a tick or a cross."""
    outside = shape.kind in GATEWAYS
    x, y = shape.x - 8 if outside else shape.x + 5, shape.y if outside else shape.y + 5
    if mark is Mark.LIVE:
        return f'<path class="sign" d="M{x},{y}L{x + 10},{y + 6}L{x},{y + 12}z"/>'
    if mark is Mark.DONE:
        return f'<path class="sign" d="M{x},{y + 6}L{x + 4},{y + 10}L{x + 11},{y + 1}"/>'
    return f'<path class="sign" d="M{x},{y}L{x + 9},{y + 9}M{x + 9},{y}L{x},{y + 9}"/>'
