"""暂存: what a holder has written for an item is kept for the holder alone; the item and its history do not change.

It is refused as an act would be by whoever may not answer the item, and where it holds a field that the step lets
nobody write. What is still missing or does not fit is no obstacle: that is what a draft is for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.texts import zh
from workflows.language.words import Approve, Workflow
from workflows.machine.case import JSON, Case, ItemState, Lane, Slice, WorkItem
from workflows.machine.fieldrights import form_of, hidden_at, rights_at, writable
from workflows.machine.nodes import index, step_path
from workflows.machine.operations import LONGEST_TEXT
from workflows.machine.stimuli import Act
from workflows.moves.acting import Answer
from workflows.ports import Engine, Unit
from workflows.ports.drafts import Draft
from workflows.showing import without

CLOSED = Answer(409, {"code": "item_closed", "detail": zh("待办已由他人办结或已取消")})
STRANGER = Answer(403, {"code": "not_holder", "detail": zh("您不是该待办的办理人")})
WAITS = Answer(409, {"code": "not_your_turn", "detail": zh("还没有轮到这一席办理")})
CLAIMED = Answer(409, {"code": "claimed", "detail": zh("该待办已由同事签收")})
NO_FILES = Answer(422, {"code": "attachment", "detail": zh("暂存不含附件"), "field": "attachments"})
TOO_LONG = Answer(422, {"code": "too_long", "detail": zh("意见过长"), "field": "opinion"})


def save_draft(engine: Engine, wanted: Act) -> Answer:
    """Keep what an act says as the actor's draft for its item, in the place of the one before, or say why not."""
    return engine.units.run(lambda unit: _save(engine, unit, wanted), Lane.INTERACTIVE)


def changed_since(draft: Draft, definition: Workflow, head: Case, path: str) -> tuple[str, ...]:
    """The fields that somebody has changed since the draft was saved, as far as the step shows them."""
    seen: Mapping[str, JSON] = draft.values["seen"]
    changed = {name for name, version in head.field_versions.items() if seen.get(name) != version}
    return tuple(sorted(changed - hidden_at(definition, path)))


@dataclass(frozen=True, slots=True)
class Merge:
    """A field that somebody has changed since a draft was saved: what stood there then, what stands there now, the draft's.

    `old` and `new` are None where nothing stood there, or where what stands there is personal and shown to nobody here.
    """

    field: str
    old: JSON
    new: JSON
    mine: JSON


def merges_of(draft: Draft, definition: Workflow, head: Case, path: str) -> tuple[Merge, ...]:
    """The fields of a draft's merge view, as far as the step shows them."""
    before: Mapping[str, JSON] = draft.values.get("before", {})
    mine: Mapping[str, JSON] = draft.values["form"]
    changed = changed_since(draft, definition, head, path)
    return tuple(Merge(one, before.get(one), head.fields.get(one), mine.get(one)) for one in changed)


def _save(engine: Engine, unit: Unit, wanted: Act) -> Answer:
    found = unit.item(wanted.item or "")
    if found is None or found.closed_at is not None:
        return CLOSED
    around = unit.load([found.case], {found.case: [found.path]})[found.case]
    refused = _refused(around, found, wanted) or _wrong(
        engine.library.by_hash(around.head.workflow_hash), found, wanted
    )
    if refused is not None:
        return refused
    definition = engine.library.by_hash(around.head.workflow_hash)
    before = without(around.head.fields, hidden_at(definition, found.path))
    unit.drafts.keep(_draft(around.head, found, wanted, before, unit))
    return Answer(200, {"case": found.case, "item": found.id, "saved_at": unit.now.isoformat()})


def _draft(head: Case, item: WorkItem, wanted: Act, before: Mapping[str, JSON], unit: Unit) -> Draft:
    """What was typed, and what the step showed of the case meanwhile: `before` the values, `seen` their versions."""
    shown = {"seen": dict(head.field_versions), "before": dict(before)}
    values = {"opinion": wanted.opinion, "reason": wanted.reason, "form": dict(wanted.form), **shown}
    return Draft(item.id, head.id, wanted.actor, head.person or f"case:{head.id}", values, unit.now)


def _refused(around: Slice, item: WorkItem, wanted: Act) -> Answer | None:
    if not any(one.who in wanted.principals for one in around.holders.get(item.id, ())):
        return STRANGER
    if item.state is not ItemState.OPEN:
        return WAITS
    return None if item.claimed_by in {None, wanted.actor} else CLAIMED


def _wrong(definition: Workflow, item: WorkItem, wanted: Act) -> Answer | None:
    if len(wanted.opinion) > LONGEST_TEXT:
        return TOO_LONG
    if wanted.attachments:
        return NO_FILES
    known = _known(definition, item)
    for name, value in wanted.form.items():
        if name not in known:
            return _of_field(name, "closed_field", zh("本环节不能填写这一字段"))
        if not _is_short(value):
            return _of_field(name, "bad_value", zh("字段缺少或取值不符合要求"))
    return None


def _known(definition: Workflow, item: WorkItem) -> Collection[str]:
    """The fields that the item asks for; a supplement asks for those that it may correct."""
    asking = index(definition).get(step_path(item.path).removesuffix("/supplement"))
    if item.kind == "supplement" and asking is not None and isinstance(asking.step, Approve):
        return () if asking.step.on_return is None else asking.step.on_return.takes
    return writable(form_of(definition, item.form), rights_at(definition, item.path))


def _of_field(name: str, code: str, detail: str) -> Answer:
    return Answer(422, {"code": code, "detail": detail, "field": f"form/{name}"})


def _is_short(value: JSON) -> bool:
    if isinstance(value, list):
        return len(value) <= LONGEST_TEXT and all(isinstance(one, str) and len(one) <= LONGEST_TEXT for one in value)
    return value is None or isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= LONGEST_TEXT)
