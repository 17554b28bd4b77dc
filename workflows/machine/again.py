"""内容变更重审: who agreed to what a step has changed is asked again, and nobody else (approvals.md §6, 5).

A step that writes a field marked `reapprove` notes who had agreed before. Seats of a step that still asks are asked again
at once; steps that were left are asked again, below the step that wrote, when it is through, and it goes on when they
are. Why so: docs/decisions/0012-content.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from workflows.machine.case import DECIDED, DEEMED, JSON, ItemState, WorkItem
from workflows.machine.fieldrights import ever_hidden, hidden_at
from workflows.machine.nearness import is_within
from workflows.machine.nodes import AGAIN, CASE, again_at, watched_in
from workflows.machine.placing import comes_behind
from workflows.machine.reasking import ask_seats_again
from workflows.machine.turn import Enter, Turn, step_path

_GIVEN: Final = {"approve": {ItemState.APPROVED, ItemState.DEEMED_AGREED}, "vote": DECIDED}
"""The answers that a change makes void: an agreement, also by silence (no objection to that was none to this), and every
vote, for the count was taken on the earlier content."""


def put_and_note(turn: Turn, plain: Mapping[str, JSON], personal: Mapping[str, JSON], item: WorkItem) -> None:
    """Write what an item's form says, and note whose agreement it changes the ground of.

    The old and the new value are kept where everybody may see them; of a field that is personal, or that some step hides,
    only that it changed.
    """
    before = dict(turn.values(item.path))
    turn.put(plain, personal, item.path)
    given = {**plain, **personal}
    changed = [name for name in sorted(watched_in(turn.definition) & set(given)) if _is_changed(before, given, name)]
    if not changed:
        return
    asked = _who_agreed(turn, item, set(changed))
    unsaid = {*personal, *ever_hidden(turn.definition)}
    differences = {name: None if name in unsaid else [before[name], given[name]] for name in changed}
    turn.said["changed"] = differences
    ask_seats_again(turn, [one for one in asked if _still_asks(turn, one)])
    _note(turn, _writer(item.path), [one for one in asked if not _still_asks(turn, one)], differences)


def ask_again(turn: Turn, path: str) -> bool:
    """Ask again those who had agreed to what the step at `path` changed; False where there are none."""
    noted = turn.own.get(path, {}).get(AGAIN)
    if not noted or not noted["items"]:
        return False
    turn.give(path, {AGAIN: {**noted, "items": []}})
    made_void = [one for one in turn.past() if one.id in noted["items"] and one.superseded is None]
    if not made_void:
        return False
    turn.head = replace(turn.head, round=turn.head.round + 1)
    for one in made_void:
        turn.items_changed[one.id] = replace(turn.items_changed.get(one.id, one), superseded=turn.head.round)
    steps = dict.fromkeys(again_at(path, _asked_as(one.path)) for one in made_void)
    turn.agenda.extend(Enter(one, path) for one in steps)
    turn.said["again"] = {"at": path, "steps": list(steps), "changed": noted["changed"]}
    return True


def is_asking_again(turn: Turn, path: str) -> bool:
    """Whether somebody whom the step at `path` asks again has not answered yet."""
    inside = f"{path}/{AGAIN}/"
    return any(one.startswith(inside) for one in turn.live) or any(one.path.startswith(inside) for one in turn.agenda)


def _is_changed(before: Mapping[str, JSON], given: Mapping[str, JSON], name: str) -> bool:
    """Nobody has agreed to a value that was not there: what is written for the first time changes nothing."""
    return before.get(name) is not None and before[name] != given[name]


def _who_agreed(turn: Turn, item: WorkItem, changed: set[str]) -> list[WorkItem]:
    """The answers that stand, that saw the field, and that the case does not come to once more on its way."""
    within, writer = turn.element_path(item.path) or CASE, _writer(item.path)
    return [
        one
        for one in turn.past()
        if one.state in _GIVEN.get(one.kind, ())
        and one.superseded is None
        and one.id not in turn.items_changed
        and is_within(one.path, within)
        and not (one.state in DEEMED and turn.is_asking(one.path))
        and (_still_asks(turn, one) or again_at(step_path(writer), _asked_as(one.path)) in turn.nodes)
        and not comes_behind(turn, one.path, writer)
        and not changed <= hidden_at(turn.definition, one.path)
    ]


def _still_asks(turn: Turn, item: WorkItem) -> bool:
    """Whether its seat can be asked again where it stands; a secret ballot cannot be taken out again, so it cannot."""
    if item.kind == "vote" and item.state is ItemState.COMPLETED:
        return False
    return turn.is_asking(item.path) and turn.live[item.path].round == item.round


def _note(turn: Turn, path: str, asked: list[WorkItem], differences: Mapping[str, JSON]) -> None:
    """Keep who is to be asked again, and what has changed since they agreed: the first old value, the last new one."""
    noted = turn.own.get(path, {}).get(AGAIN, {"items": [], "changed": {}})
    changed = {**noted["changed"]}
    for name, pair in differences.items():
        known = changed.get(name)
        changed[name] = pair if pair is None or not known else [known[0], pair[1]]
    items = [*noted["items"], *(one.id for one in asked if one.id not in noted["items"])]
    turn.give(path, {AGAIN: {"items": items, "changed": changed}})


def _writer(path: str) -> str:
    """The step that a form belongs to: a supplement to the step that asked for it, what is asked again to who asks."""
    return path.removesuffix("/supplement").partition(f"/{AGAIN}/")[0]


def _asked_as(path: str) -> str:
    """The step of the definition that an item asked: "…/again/fork.0.check" asked "steps/fork/0/check"."""
    _, again, name = path.partition(f"/{AGAIN}/")
    return f"steps/{name.replace('.', '/')}" if again else path
