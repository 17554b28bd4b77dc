"""Who listens to what definitions say: worth knowing where nobody does, and no mistake."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.registers import registers_for
from domain.texts import zh
from workflows.language.findings import Finding
from workflows.language.words import Do, Emit, FollowUp, Step, Workflow
from workflows.machine.nodes import awaited, everything


def unheard_events(definitions: Sequence[Workflow]) -> Iterator[tuple[str, Finding]]:
    """The events that a definition says although no definition starts on them or waits for them, and no register."""
    heard = {one.starts_on for one in definitions}.union(*(awaited(one) for one in definitions))
    for definition in definitions:
        for node in everything(definition):
            for event in _said(node.step):
                if event not in heard and not registers_for(event):
                    yield definition.name, _note(node.path, event)


def _note(path: str, event: str) -> Finding:
    message = zh("发出事件%(event)s，目前没有流程或登记簿接收")
    remedy = zh("如需后续办理，请添加由该事件启动或等待该事件的流程")
    return Finding(path, "nobody_listens", message, remedy, {"event": event})


def _said(step: Step) -> tuple[str, ...]:
    match step:
        case Do(actions=actions):
            return tuple(one.event for one in actions if isinstance(one, Emit))
        case FollowUp(event=str(event)):
            return (event,)
        case _:
            return ()
