"""评论 on pages: what comments say now and said before, and what the reader may still do about each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.doors.http.office import Office
from adapters.explaining import Saying
from adapters.offering import asking
from adapters.texts import _, moment
from adapters.web.attachments import withdrawable
from adapters.web.fields import Choice, Field
from adapters.web.operations import OPINION
from adapters.web.timeline import comments_of
from workflows.machine.comment import Comment
from workflows.machine.commenting import refuse_to_correct, refuse_to_retract
from workflows.policy import Viewer
from workflows.reads import CaseView, HistoryView


@dataclass(frozen=True, slots=True)
class Own:
    """What the reader may do about a comment: take it back, with the field for why, and put it right where `words` is one."""

    why: Field
    words: Field | None


def own_comments(history: Iterable[HistoryView], view: CaseView, viewer: Viewer) -> Mapping[int, Own]:
    """The comments that the viewer may put right or take back, by the rules that the machine holds them to."""
    if "act" not in viewer.scopes or view.head.quarantine is not None:
        return {}
    act = asking(view, None, viewer)
    found: dict[int, Own] = {}
    for one in comments_of(history).values():
        refused = refuse_to_retract(one, act)
        if refused is None or refused.field == OPINION:
            why = Field(OPINION, _("撤回理由"), "words", required=refused is not None)
            words = None if refuse_to_correct(one, act) else Field(OPINION, _("更正为"), "words", required=True)
            found[one.seq] = Own(why, words)
    return found


def named_beside(office: Office, viewer: Viewer, view: CaseView, said: Saying) -> tuple[Choice, ...]:
    """The files and the comments of a case that an operation may be about."""
    files = withdrawable(office, viewer, view, said)
    return (*files, *_choosable(office.reads.history(viewer, view.head.id), said))


def _choosable(history: Iterable[HistoryView], said: Saying) -> tuple[Choice, ...]:
    """The comments that stand, as a list names them: when they were said, and by whom."""
    standing = (one for one in comments_of(history).values() if one.stands)
    return tuple(Choice(str(one.seq), _title(one, said)) for one in standing)


def _title(one: Comment, said: Saying) -> str:
    return _("%(at)s %(who)s", at=moment(one.at, said.now), who=said.names.principal(one.by))
