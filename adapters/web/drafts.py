"""What the page of an item shows of a private draft: the words typed before, and what a peer has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.doors.http.office import Office
from adapters.explaining import Saying
from adapters.texts import _
from adapters.web.changed import in_words
from adapters.web.fields import FORM
from adapters.web.operations import OPINION, REASON
from workflows.machine.case import JSON, WorkItem
from workflows.moves.drafting import Merge, merges_of
from workflows.policy import Viewer
from workflows.reads import CaseView


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as the page takes it: `typed` by the names of its fields, `merges` what others have changed since."""

    at: datetime | None = None
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    merges: tuple[Differing, ...] = ()


@dataclass(frozen=True, slots=True)
class Differing:
    """A field in words: what stood there when the draft was saved, what somebody has put there, and what the draft says."""

    label: str
    old: str
    new: str
    mine: str


def kept(office: Office, view: CaseView, item: WorkItem, viewer: Viewer, said: Saying) -> Kept:
    """The viewer's draft for an item; an empty one where there is none."""
    draft = office.reads.draft(viewer, item.id)
    if draft is None:
        return Kept()
    found = merges_of(draft, said.definition, view.head, item.path)
    return Kept(draft.at, _typed(draft.values), tuple(_differing(one, said) for one in found))


def _differing(merge: Merge, said: Saying) -> Differing:
    """A personal value is not shown here: only that it was changed."""
    label = said.names.titles.label(merge.field, said.names.language)
    old, new, mine = (in_words(merge.field, value, said) for value in (merge.old, merge.new, merge.mine))
    return Differing(label, old, new or _("已更改（内容不在此显示）"), mine)


def _typed(values: Mapping[str, Any]) -> dict[str, list[str]]:
    form = {FORM + name: _words(value) for name, value in values["form"].items()}
    return form | {OPINION: [values["opinion"]], REASON: [values["reason"] or ""]}


def _words(value: JSON) -> list[str]:
    """A value as the browser would send it."""
    match value:
        case bool():
            return ["yes" if value else "no"]
        case list():
            return [str(one) for one in value]
        case None:
            return []
        case _:
            return [str(value)]
