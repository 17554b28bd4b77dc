"""What has changed since somebody agreed, where they are asked again: the old value and the new one."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.explaining import Saying
from adapters.texts import _
from adapters.web.cases import worded
from workflows.machine.case import WorkItem
from workflows.machine.fieldrights import hidden_at
from workflows.machine.nodes import AGAIN
from workflows.reads import CaseView
from workflows.showing import without


@dataclass(frozen=True, slots=True)
class Changed:
    """A field with its old and its new value in words; of what is personal or hidden somewhere only that it changed."""

    label: str
    old: str
    new: str


def changes(view: CaseView, item: WorkItem, said: Saying) -> list[Changed]:
    """What the step that asks again has changed; nothing for any other item."""
    writer, again, _rest = item.path.partition(f"/{AGAIN}/")
    noted = next((one.values.get(AGAIN) for one in view.activations if again and one.path == writer), None)
    pairs = dict(noted["changed"]) if noted else {}
    shown = without(pairs, hidden_at(said.definition, item.path))
    return [_changed(name, pair, said) for name, pair in sorted(shown.items())]


def _changed(name: str, pair: list[object] | None, said: Saying) -> Changed:
    label = said.names.titles.label(name, said.names.language)
    if pair is None:
        return Changed(label, "", _("已更改（内容不在此显示）"))
    old, new = (in_words(name, value, said) for value in pair)
    return Changed(label, old, new)


def in_words(name: str, value: object, said: Saying) -> str:
    """What the office has no name for is shown as it is: whoever is asked again must see what changed."""
    if value is None:
        return ""
    found = worded({name: value}, said)
    return found[0][1] if found else str(value)
