"""Several items answered at once (批量审批): those of one step, each with an outcome of its own.

What a batch must not hold is refused by itself and stops no other (approvals.md §1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from domain.texts import zh
from workflows.language.words import Approve, CarryOut, Vote, Workflow
from workflows.machine.case import WorkItem
from workflows.machine.nodes import index, step_path
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer, act_together
from workflows.ports import Engine
from workflows.reads import ItemView

MOST: Final = 500
"""Items of a batch, so that nobody waits long."""
_AT_ONCE: Final = 50
"""Acts of one transaction: a slice that fails is gone through again one by one."""

ALONE: Final = Answer(409, {"code": "singly", "detail": zh("本环节须逐件办理，不能批量办理")})
ELSEWHERE: Final = Answer(
    409, {"code": "other_step", "detail": zh("与所选的第一项不是同一流程版本的同一环节，请分开办理")}
)


def answer_items(engine: Engine, wanted: Sequence[tuple[ItemView, Act]]) -> list[Answer]:
    """Carry out the acts of a batch, and answer each in its place.

    Raises:
        StoreUnavailable: the database does not answer; what has no answer was not carried out.
    """
    refused = refusals_of(engine, [view for view, _ in wanted])
    able = [act for (_, act), answer in zip(wanted, refused, strict=True) if answer is None]
    slices = [able[start : start + _AT_ONCE] for start in range(0, len(able), _AT_ONCE)]
    answers = iter([answer for each in slices for answer in act_together(engine, each)])
    return [next(answers) if answer is None else answer for answer in refused]


def refusals_of(engine: Engine, views: Sequence[ItemView]) -> list[Answer | None]:
    """What keeps each item out of a batch with the first one that may be in a batch; None where nothing does."""
    return [*_refused(engine, views)]


def _refused(engine: Engine, views: Sequence[ItemView]) -> Iterator[Answer | None]:
    """What refuses each item before the machine looks at it: its step, or that it stands at another one."""
    if len(views) == 1:
        yield None
        return
    first: tuple[str, str] | None = None
    for view in views:
        here = view.case.workflow_hash, step_path(view.item.path)
        if not goes_together(engine.library.by_hash(here[0]), view.item):
            yield ALONE
            continue
        first = first or here
        yield None if here == first else ELSEWHERE


def goes_together(definition: Workflow, item: WorkItem) -> bool:
    """Whether a step lets its items be answered together: not one that wants a signature or a secret ballot, nor what stands at no step."""
    node = index(definition).get(step_path(item.path))
    if node is None or not isinstance(node.step, Approve | CarryOut | Vote):
        return False
    if isinstance(node.step, Vote):
        return not node.step.secret
    return not isinstance(node.step, Approve) or not (node.step.singly or node.step.signature)
