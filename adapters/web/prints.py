"""A case on paper: what its viewer may see of it, who decided what, and a code by which the paper is checked later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.doors.http.answers import Refuse
from adapters.doors.http.office import Office, names_today
from adapters.doors.problems import Problem
from adapters.explaining import Saying, closer, verb_title
from adapters.signatures import signature_line
from adapters.texts import _, full_moment
from adapters.web.cases import said_of, seen, titles_of_case, worded
from adapters.web.tables import item_state
from adapters.web.timeline import timeline, who_did
from workflows.machine.case import ItemState, WorkItem
from workflows.policy import Viewer
from workflows.presentation import Title, presentation_of
from workflows.prints import check_code, code_of, mark_of
from workflows.reads import CaseView, HistoryView, said_in

DECIDING: Final = frozenset({"agree", "reject", "return", "abstain", "cast", "complete", "answer"})
"""The verbs whose answers stand in the table of decisions."""
_HASH: Final = 12
"""Characters of a definition's hash that are printed."""
_BY_RULE: Final = frozenset({ItemState.SKIPPED, ItemState.EXPIRED, ItemState.DEEMED_AGREED, ItemState.DEEMED_REJECTED})
"""How a seat ends that nobody answered."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A line of the table of decisions. `superseded` is the round that made it void, `by_rule` that nobody decided."""

    step: str
    round: int
    who: str
    what: str
    words: str
    reason: str
    signature: str
    at: datetime
    superseded: int | None
    by_rule: bool


def printed(office: Office, viewer: Viewer, case: str, *, history: bool) -> dict[str, Any]:
    """What the print of a case says to this viewer; that the person was read is recorded, as with every reading.

    Args:
        office: where the case is.
        viewer: within whose rights it is printed, and who stands on it.
        case: the case.
        history: whether the whole history goes with it, beside the decisions.

    Raises:
        Refuse: 404 where there is none that the viewer may see, 409 where it has not begun.
    """
    view = seen(office, viewer, case)
    said = said_of(office, view)
    # One moment: what came between the two readings is not on the paper.
    entries = tuple(one for one in office.reads.history(viewer, case) if one.seq <= view.head.seq)
    if not entries:
        raise Refuse(Problem(409, "not-begun", _("办件还没有开始，没有可以打印的内容")))
    personal = office.reads.personal(viewer, case, _("打印办件"))
    titles, revision = said.names.titles, presentation_of(view.head.workflow).revision
    return titles_of_case(view, said) | {
        "heading": _said(titles.print.heading, said),
        "footing": _said(titles.print.footing, said),
        "fields": _fields({**view.head.fields, **personal}, said),
        "decisions": decisions(view, entries, personal, said),
        "moments": tuple(reversed(timeline(entries, view.head, said, personal))) if history else None,
        "recorded": bool(personal),
        "definition": view.head.workflow_hash[:_HASH],
        "revision": revision,
        "by": f"{names_today(office).user(viewer.user)} {viewer.user}",
        "code": code_of(office.engine.vault, view.head, entries[-1], revision),
        "sample": office.identity.sample,
    }


def _said(title: Title | None, said: Saying) -> str:
    return "" if title is None else title.said(said.names.language)


def _fields(values: Mapping[str, Any], said: Saying) -> list[tuple[str, str]]:
    """The fields that the office wants on the paper, in its order; else all of them."""
    wanted = said.names.titles.print.fields
    if not wanted:
        return worded(values, said)
    return [pair for name in wanted if name in values for pair in worded({name: values[name]}, said)]


def decisions(
    view: CaseView, history: Iterable[HistoryView], personal: Mapping[str, Any], said: Saying
) -> list[Decided]:
    """Who decided what, oldest first, rules in nobody's name among them."""
    items = {one.id: one for one in view.items}
    found = [*_answers(view, items, history, personal, said), *_by_rule(items.values(), said)]
    return sorted(found, key=lambda one: one.at)


def _answers(
    view: CaseView,
    items: Mapping[str, WorkItem],
    history: Iterable[HistoryView],
    personal: Mapping[str, Any],
    said: Saying,
) -> Iterator[Decided]:
    for entry in history:
        body = entry.body
        verb = str(body["what"]).removeprefix("act:")
        item = items.get(str(body.get("item")))
        if verb not in DECIDING or item is None:
            continue
        reason = body.get("reason")
        yield Decided(
            step=said.step(item.path),
            round=item.round,
            who=who_did(body, view.head, said),
            what=verb_title(verb),
            words=_words(entry, personal),
            reason=said.names.titles.reason(str(reason), said.names.language) if reason else "",
            signature=signature_line(entry, view.head, said),
            at=entry.at,
            superseded=item.superseded,
            by_rule=False,
        )


def _by_rule(items: Iterable[WorkItem], said: Saying) -> Iterator[Decided]:
    """What a rule decided where nobody did: shown as the system's, with the rule."""
    for one in items:
        if one.state in _BY_RULE and one.closed_at is not None:
            what, why = item_state(one.state), closer(one.closed_by or "", said.names)
            step = said.step(one.path)
            yield Decided(step, one.round, _("系统"), what, why, "", "", one.closed_at, one.superseded, by_rule=True)


def _words(entry: HistoryView, personal: Mapping[str, Any]) -> str:
    """What was said, or that something was: nobody should take an opinion that is not shown for none."""
    delta = entry.body.get("delta", {})
    words = str(delta.get("opinion") or personal.get(said_in(entry.seq), ""))
    if not words and "opinion" in delta.get("personal", ()):
        return _("（意见未显示：只给办理人看，或已按规定删除）")
    return words


# -- checked later -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """What is told of a code: `says` is latest, gone_on or unknown; `case` is empty for whoever may not see it.

    `as_of` is the last moment of the history that was printed, `gone_on_at` when it went on from there.
    """

    says: str
    title: str
    detail: str
    as_of: datetime | None = None
    gone_on_at: datetime | None = None
    same_template: bool = True
    case: str = ""


def checked(office: Office, viewer: Viewer, number: str, code: str) -> Check:
    """What the number and the code of a print say, in words; nothing of what is in the case."""
    found = check_code(office.engine.vault, office.reads, office.identity.county, number, code)
    if found is None:
        return Check("unknown", _("不是本系统的打印件"), _("编号或校验码不符：请核对是否抄错；也可能内容被改过。"))
    head = found.head
    told = {"as_of": full_moment(found.at), "seq": found.seq}
    same = mark_of(head.workflow_hash, presentation_of(head.workflow).revision) == found.mark
    case = "" if office.reads.case(viewer, head.id) is None else head.id
    if found.gone_on_at is None:
        detail = _("内容截至%(as_of)s（第%(seq)s条记录），此后没有变化。", **told)
        return Check("latest", _("真实，且是最新的"), detail, found.at, None, same, case)
    since = full_moment(found.gone_on_at)
    detail = _("内容截至%(as_of)s（第%(seq)s条记录），办件自%(since)s起又有新的经过。", **told, since=since)
    return Check("gone_on", _("真实，但办件此后又有变化"), detail, found.at, found.gone_on_at, same, case)
