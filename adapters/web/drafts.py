"""What the page of an item shows of a private draft: the words typed before, and what a peer has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.doors.http.office import Office
from adapters.explaining import Saying
from adapters.web.fields import FORM
from adapters.web.operations import OPINION, REASON
from workflows.machine.case import JSON, WorkItem
from workflows.moves.drafting import changed_since
from workflows.policy import Viewer
from workflows.reads import CaseView


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as the page takes it: `typed` by the names of its fields, `changed` the labels of what others changed."""

    at: datetime | None = None
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    changed: tuple[str, ...] = ()


def kept(office: Office, view: CaseView, item: WorkItem, viewer: Viewer, said: Saying) -> Kept:
    """The viewer's draft for an item; an empty one where there is none."""
    draft = office.reads.draft(viewer, item.id)
    if draft is None:
        return Kept()
    titles, language = said.names.titles, said.names.language
    changed = [one for one in changed_since(draft, said.definition, view.head, item.path) if one in titles.fields]
    return Kept(draft.at, _typed(draft.values), tuple(titles.label(one, language) for one in changed))


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
