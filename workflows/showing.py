"""What of a case's fields a reader is shown: reads, without what the steps hide (字段权限, approvals.md §1 and A6).

A field that no step hides is shown to whoever may see the case. One that some step hides is shown to whoever holds or
has answered an item of a step that does not hide it; to those who see every case, unless the steps that ask them hide
it from them; and to nobody else: not to readers of copies, nor in any list.

A comment that was taken back is shown to nobody any more, whoever asks: its entry stays as it is, since the chain goes
over it, and is shown without its words, its files and whom it mentioned (docs/decisions/0017-comments.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from workflows.language.words import Approve, CarryOut, Vote, Workflow
from workflows.machine.attachment import Attachment
from workflows.machine.case import JSON, Activation, Case, WorkItem
from workflows.machine.comment import COMMENT, CORRECT, SAYS, Retraction, comments_in
from workflows.machine.fieldrights import ever_hidden, hidden_at
from workflows.machine.nodes import index, step_path
from workflows.machine.operations import TO_OFFICERS
from workflows.policy import Viewer, is_officer
from workflows.ports import Library
from workflows.reads import (
    EVERY_ITEM,
    CaseFilter,
    CasePage,
    CaseView,
    HistoryView,
    ItemFilter,
    ItemView,
    Reads,
    is_said,
    said_in,
)

WITHOUT_FIELDS: Final = frozenset(
    [
        "now",
        "draft",
        "counts",
        "item_counts",
        "raised",
        "told",
        "event",
        "notices",
        "open_terms",
        "fanouts",
        "fanout",
        "serials",
        "plans",
        "board",
        "visits",
        "in_flight",
        "verify",
        "pending",
    ]
)
"""The queries that answer nothing of what stands in a case's fields."""


def within_rights(reads: Reads, library: Library) -> Reads:
    """The same queries, each without the fields that its viewer is not shown."""
    return cast("Reads", _Showing(reads, library))


def hidden_from(definition: Workflow, view: CaseView, viewer: Viewer) -> frozenset[str]:
    """The fields of a case that a viewer is not shown."""
    secret = ever_hidden(definition)
    asked = [one for one in view.items if _asks(definition, one) and _is_theirs(view, one, viewer)] if secret else []
    if not asked:
        return frozenset() if viewer.sees_all else secret
    return secret.intersection(*(hidden_at(definition, one.path) for one in asked))


def _asks(definition: Workflow, item: WorkItem) -> bool:
    """Whether an item stands at a step that says what it shows: a supplement and a proposal do not."""
    node = index(definition).get(step_path(item.path))
    return node is not None and isinstance(node.step, Approve | CarryOut | Vote)


def _is_theirs(view: CaseView, item: WorkItem, viewer: Viewer) -> bool:
    held = any(one.who in viewer.principals for one in view.holders.get(item.id, ()))
    return held or item.closed_by == viewer.user


class _Showing:
    """Reads of a store, within the rights of each viewer."""

    def __init__(self, reads: Reads, library: Library) -> None:
        self._reads = reads
        self._library = library

    def __getattr__(self, name: str) -> Any:
        """What says nothing of fields is answered as the store answers it."""
        return getattr(self._reads, name)

    def cases(self, viewer: Viewer, wanted: CaseFilter, limit: int = 50, cursor: str | None = None) -> CasePage:
        page = self._reads.cases(viewer, wanted, limit, cursor)
        return replace(page, rows=tuple(replace(one, case=self._listed(one.case)) for one in page.rows))

    def case(self, viewer: Viewer, case: str) -> CaseView | None:
        view = self._reads.case(viewer, case)
        return None if view is None else _view_without(view, self._hidden(viewer, view))

    def history(self, viewer: Viewer, case: str) -> tuple[HistoryView, ...]:
        entries = tuple(overheard(one, viewer) for one in without_retracted(self._reads.history(viewer, case)))
        hidden = self._hidden_in(viewer, case) if entries else frozenset()
        return tuple(_entry_without(one, hidden) for one in entries) if hidden else entries

    def personal(self, viewer: Viewer, case: str, purpose: str) -> Mapping[str, JSON]:
        values, hidden = self._reads.personal(viewer, case, purpose), self._hidden_in(viewer, case)
        entries = self._reads.history(viewer, case)
        gone = {said_in(seq) for seq in _retracted(entries)}
        shown = {name: one for name, one in values.items() if name.partition("@")[0] not in hidden and name not in gone}
        if is_officer(viewer):
            return shown
        theirs = {said_in(one.seq) for one in entries if _is_for_everybody(one)}
        return {name: value for name, value in shown.items() if not is_said(name) or name in theirs}

    def attachments(self, viewer: Viewer, case: str, purpose: str) -> tuple[Attachment, ...]:
        return self._named(viewer, case, self._reads.attachments(viewer, case, purpose))

    def attachment(self, viewer: Viewer, case: str, attachment: str, purpose: str) -> Attachment | None:
        found = self._reads.attachment(viewer, case, attachment, purpose)
        return None if found is None else self._named(viewer, case, (found,))[0]

    def items(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        return self._listed_items(self._reads.items(viewer, limit, cursor, wanted))

    def done(
        self, viewer: Viewer, limit: int = 50, cursor: str | None = None, wanted: ItemFilter = EVERY_ITEM
    ) -> tuple[ItemView, ...]:
        return self._listed_items(self._reads.done(viewer, limit, cursor, wanted))

    def item(self, viewer: Viewer, item: str) -> ItemView | None:
        found = self._reads.item(viewer, item)
        return None if found is None else replace(found, case=self._listed(found.case))

    # -- what is left out ----------------------------------------------------------------------------------

    def _named(self, viewer: Viewer, case: str, found: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
        """Files follow the words that they go with: an applicant reads their own, and those of comments for everybody."""
        if not found:
            return found
        entries = self._reads.history(viewer, case)
        found = _withdrawn_with(found, _retracted(entries))
        if is_officer(viewer):
            return found
        theirs = {one.seq for one in entries if _is_for_everybody(one)}
        return tuple(one if one.by == viewer.user or one.seq in theirs else _unnamed(one) for one in found)

    def _listed_items(self, items: Iterable[ItemView]) -> tuple[ItemView, ...]:
        return tuple(replace(one, case=self._listed(one.case)) for one in items)

    def _listed(self, head: Case) -> Case:
        """A case in a list: nobody looks there at which step the viewer stands."""
        return _head_without(head, ever_hidden(self._library.by_hash(head.workflow_hash)))

    def _hidden(self, viewer: Viewer, view: CaseView) -> frozenset[str]:
        return hidden_from(self._library.by_hash(view.head.workflow_hash), view, viewer)

    def _hidden_in(self, viewer: Viewer, case: str) -> frozenset[str]:
        view = self._reads.case(viewer, case)
        return frozenset() if view is None else self._hidden(viewer, view)


def _head_without(head: Case, hidden: frozenset[str]) -> Case:
    return replace(head, fields=without(head.fields, hidden)) if hidden else head


def _view_without(view: CaseView, hidden: frozenset[str]) -> CaseView:
    if not hidden:
        return view
    turns = tuple(_turn_without(one, hidden) for one in view.activations)
    return replace(view, head=_head_without(view.head, hidden), activations=turns)


def _turn_without(turn: Activation, hidden: frozenset[str]) -> Activation:
    return replace(turn, values=without(turn.values, hidden)) if turn.values else turn


def _entry_without(entry: HistoryView, hidden: frozenset[str]) -> HistoryView:
    """An entry whose delta names the fields that it leaves out; its hash is that of the whole entry."""
    delta: Mapping[str, Any] = entry.body.get("delta", {})
    turns = [_written_without(one, hidden) for one in delta.get("activations", ())]
    left_out = sorted(hidden.intersection(delta.get("fields", {})))
    if not left_out and turns == list(delta.get("activations", ())):
        return entry
    shown = {**delta, "fields": without(delta.get("fields", {}), hidden), "activations": turns, "hidden": left_out}
    return replace(entry, body={**entry.body, "delta": {name: value for name, value in shown.items() if value}})


def _is_for_everybody(entry: HistoryView) -> bool:
    """Whether what was said in an entry is for the applicant as well: a comment that is not for officers alone."""
    delta: Mapping[str, Any] = entry.body.get("delta", {})
    return SAYS.get(str(entry.body["what"])) in _ITS_WORDS and str(delta.get("visible")) != TO_OFFICERS


_ITS_WORDS: Final = frozenset({COMMENT, CORRECT})
"""The verbs whose entries hold the words of a comment."""
_GONE: Final = ("attachments", "mentioned", "opinion")
"""What is not shown of a comment that was taken back; where there is a person, its words stand under the person's key."""


def _retracted(entries: Iterable[HistoryView]) -> dict[int, Retraction]:
    """The entries that hold words which were taken back, and by whom and when they were."""
    comments = comments_in(entry.body for entry in entries).values()
    return {seq: one.retracted for one in comments if one.retracted is not None for seq in one.versions}


def without_retracted(entries: tuple[HistoryView, ...]) -> tuple[HistoryView, ...]:
    """The history with nothing but a tombstone of what was taken back: who said it, when, who took it back, and when."""
    gone = _retracted(entries)
    return tuple(_tombstone(one, gone[one.seq]) if one.seq in gone else one for one in entries)


def _tombstone(entry: HistoryView, retracted: Retraction) -> HistoryView:
    delta: Mapping[str, Any] = entry.body.get("delta", {})
    said = [name for name in _GONE if name in delta or name in delta.get("personal", ())]
    shown = {name: value for name, value in delta.items() if name not in _GONE}
    taken_back = {"retracted": [retracted.by, retracted.at.isoformat()], "hidden": said}
    return replace(entry, body={**entry.body, "delta": shown | taken_back})


def _withdrawn_with(found: tuple[Attachment, ...], gone: Mapping[int, Retraction]) -> tuple[Attachment, ...]:
    """The files, those of what was taken back shown as withdrawn with it."""
    return tuple(_withdrawn(one, gone.get(one.seq or 0)) for one in found)


def _withdrawn(one: Attachment, retracted: Retraction | None) -> Attachment:
    if retracted is None:
        return one
    by, at = one.withdrawn_by or retracted.by, one.withdrawn_at or retracted.at
    return replace(_unnamed(one), withdrawn_by=by, withdrawn_at=at)


def _unnamed(one: Attachment) -> Attachment:
    return replace(one, name="", sha256="")


def overheard(entry: HistoryView, viewer: Viewer) -> HistoryView:
    """A comment for officers, to somebody else without its words."""
    delta: Mapping[str, Any] = entry.body.get("delta", {})
    if delta.get("visible") != TO_OFFICERS or is_officer(viewer):
        return entry
    shown = {name: value for name, value in delta.items() if name not in {"opinion", "mentioned"}}
    return replace(entry, body={**entry.body, "delta": shown | {"hidden": ["opinion"]}})


def _written_without(turn: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {name: without(value, hidden) if isinstance(value, Mapping) else value for name, value in turn.items()}


def without(values: Mapping[str, JSON], hidden: frozenset[str]) -> dict[str, JSON]:
    """These values but for those of hidden fields."""
    return {name: value for name, value in values.items() if name not in hidden}
