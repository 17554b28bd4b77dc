"""What a case has to do with other cases: sub-cases it calls, resources it shares, and what they let it know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from domain.identifiers import derived_id
from workflows.language.people import INITIATOR
from workflows.language.words import Call, Exclusive
from workflows.machine.case import JSON
from workflows.machine.decision import Child, Claim
from workflows.machine.nodes import INNER
from workflows.machine.spreading import arrive
from workflows.machine.stimuli import Sign, Signal
from workflows.machine.turn import Enter, Turn


def enter_call(turn: Turn, path: str, parent: str | None, step: Call) -> None:
    """Start the sub-cases; where nobody waits for them the step is done at once."""
    keys = _keys(turn, path, step)
    children = [_child(turn, path, step, key) for key in keys]
    turn.children.extend(children)
    turn.give(path, {"children": [one.id for one in children]})
    if step.over is not None and step.waits:
        turn.put({here: [None] * len(children) for here in _collected(step)}, {}, path)
    turn.activate(path, parent, n=len(children) if step.waits else 0)


def child_ended(turn: Turn, path: str, step: Call, values: Mapping[str, JSON]) -> None:
    """A sub-case ended: take what was asked of it, and go on if the join says so."""
    block = turn.live[path]
    taken = _taken(step, values)
    if step.over is not None:
        known, children = turn.values(path), block.values["children"]
        place = children.index(values["child"])
        taken = {name: _with_answer(known.get(name), len(children), place, taken[name]) for name in taken}
    turn.put(taken, {}, path)
    arrive(turn, path, step.join)
    still = turn.live.get(path)
    if still is not None and still.agree > block.agree + 1:
        # It goes on before all have come, and cancels the rest; to those that ended before it means nothing.
        rest = [child for child in block.values["children"] if child != values["child"]]
        turn.signals.extend((child, Signal(Sign.PARENT_ENDED, "")) for child in rest)


def _taken(step: Call, values: Mapping[str, JSON]) -> dict[str, JSON]:
    """What is asked of a sub-case that ended, as far as it has it."""
    fields = values["fields"]
    taken = {here: fields[there] for here, there in step.takes if there in fields}
    return taken if step.outcome is None else {**taken, step.outcome: values["outcome"]}


def _collected(step: Call) -> list[str]:
    """The fields that list what each sub-case answered."""
    return [here for here, _ in step.takes] + ([] if step.outcome is None else [step.outcome])


def _with_answer(answers: JSON, n: int, place: int, answer: JSON) -> list[JSON]:
    """The list of `n` answers with one more at its place: the order is that of the keys, not of arrival."""
    known = answers if isinstance(answers, list | tuple) and len(answers) == n else [None] * n
    return [answer if number == place else one for number, one in enumerate(known)]


def enter_exclusive(turn: Turn, path: str, parent: str | None, step: Exclusive) -> None:
    """Ask for the resource; the store grants it in the order of asking."""
    which = "" if step.of is None else str(turn.values(path).get(step.of, ""))
    resource = f"{step.resource}:{which}"
    turn.give(path, {"resource": resource})
    turn.activate(path, parent, n=1)
    turn.claims.append(Claim(turn.head.id, path, resource))


def granted(turn: Turn, path: str) -> bool:
    """The resource is this step's: begin. False where the step is over or has begun already."""
    block = turn.live.get(path)
    if block is None or block.resume:
        return False
    turn.update(replace(block, resume=1))
    turn.agenda.append(Enter(f"{path}/{INNER}", path))
    return True


def _keys(turn: Turn, path: str, step: Call) -> list[str]:
    if step.over is None:
        return [turn.head.key]
    found = turn.values(path).get(step.over)
    # A key that is listed twice is one sub-case: its id derives from the key.
    return list(dict.fromkeys(str(one) for one in found)) if isinstance(found, list | tuple) else []


def _child(turn: Turn, path: str, step: Call, key: str) -> Child:
    values = turn.values(path)
    given = {there: values[here] for there, here in step.gives if here in values}
    known = turn.personal(path)
    personal = {there: known[here] for there, here in step.gives if here in known}
    # Whoever began the case began all that is done inside it, and decides none of it.
    begun = {name: value for name, value in turn.head.fields.items() if name == INITIATOR}
    return Child(
        id=derived_id("call", turn.head.id, path, key, *turn.again),
        workflow=step.workflow,
        key=key,
        path=path,
        person=turn.head.person,
        fields=begun | {name: value for name, value in given.items() if name not in personal},
        personal=personal,
    )
