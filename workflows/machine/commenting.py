"""评论: something is said about a case, put right, or taken back; nothing moves. Source: approvals.md §1, 评论 / 附件.

What was said before the move has looked up (`Act.comments`): a slice holds no history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from domain.roster import Roster, post_of
from domain.texts import zh
from workflows.machine.comment import MENTIONS, Comment
from workflows.machine.deadlines import local_day
from workflows.machine.decision import Refused
from workflows.machine.operations import TO_OFFICERS
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn
from workflows.policy import officer_viewer, role_principal, sees, visible

_MAY_RETRACT: Final = role_principal("office_head", None)


def comment(turn: Turn, act: Act) -> Refused | None:
    """Say something about the case, before or after its end; it never stands on the form. Who is mentioned is told."""
    if not _may_speak(turn, act):
        return Refused(403, "not_yours", zh("您不能评论该办件"))
    if (refusal := _mention(turn, act, _mentions(act))) is not None:
        return refusal
    if act.fields.get("visible") == TO_OFFICERS:
        turn.said["visible"] = TO_OFFICERS
    return None


def correct(turn: Turn, act: Act) -> Refused | None:
    """Say it in other words: the earlier ones are kept. Who reads it stays as it was; who is newly mentioned is told."""
    found = comment_of(act)
    refusal = refuse_to_correct(found, act)
    if refusal is not None or found is None:
        return refusal
    fresh = [one for one in _mentions(act) if one not in found.mentioned]
    if (refusal := _mention(turn, act, fresh)) is not None:
        return refusal
    _note(turn, found)
    return None


def retract(turn: Turn, act: Act) -> Refused | None:
    """Take it back: from then on nobody is shown what it said. Who wrote it is told when somebody else takes it back."""
    found = comment_of(act)
    refusal = refuse_to_retract(found, act)
    if refusal is not None or found is None:
        return refusal
    if found.by != act.actor:
        turn.notify({_principal(found.by)}, "comment_retracted", turn.head.seq)
    _note(turn, found)
    return None


def comment_of(act: Act) -> Comment | None:
    """The comment that an act names; None where the case has none there."""
    return next((one for one in act.comments.values() if one.seq == act.fields.get("comment")), None)


def refuse_to_correct(found: Comment | None, act: Act) -> Refused | None:
    """Why the actor may not put a comment right: only whoever wrote it may, and only while it stands."""
    if found is None:
        return _UNKNOWN
    if found.by != act.actor:
        return Refused(403, "not_yours", zh("评论只能由评论人更正"))
    return _refuse_retracted(found)


def refuse_to_retract(found: Comment | None, act: Act) -> Refused | None:
    """Why the actor may not take a comment back: whoever wrote it may, and the head of the office who says why."""
    if found is None:
        return _UNKNOWN
    if found.by != act.actor and _MAY_RETRACT not in act.principals:
        return Refused(403, "not_yours", zh("评论只能由评论人或联席会议办公室负责人撤回"))
    if (refusal := _refuse_retracted(found)) is not None:
        return refusal
    if found.by != act.actor and not act.opinion:
        return Refused(422, "opinion_required", zh("撤回他人的评论须说明理由"), field="opinion")
    return None


_UNKNOWN: Final = Refused(422, "no_such_comment", zh("办件没有这条评论"), field="comment")


def _refuse_retracted(found: Comment) -> Refused | None:
    if found.retracted is None:
        return None
    return Refused(409, "retracted", zh("评论已撤回"), by=found.retracted.by, at=found.retracted.at)


def _note(turn: Turn, found: Comment) -> None:
    """The entry names the comment, and is for the same readers: words about it tell no more than it did."""
    turn.said["comment"] = found.seq
    if found.visible == TO_OFFICERS:
        turn.said["visible"] = TO_OFFICERS


def _mentions(act: Act) -> list[str]:
    return list(dict.fromkeys(str(one) for one in act.fields.get(MENTIONS) or ()))


def _mention(turn: Turn, act: Act, users: Sequence[str]) -> Refused | None:
    """Tell those who are mentioned, if all of them are in office and may see the case."""
    if (refusal := _refuse_mentions(turn, act, users)) is not None:
        return refusal
    turn.notify({f"user:{user}" for user in users}, "mentioned", turn.head.seq)
    if users:
        turn.said["mentioned"] = list(users)
    return None


def _refuse_mentions(turn: Turn, act: Act, users: Sequence[str]) -> Refused | None:
    day = local_day(turn.facts.calendar, turn.now)
    if any(post_of(turn.facts.roster, user, day) is None for user in users):
        return Refused(422, "not_in_office", zh("名册上没有这位在任人员"), field=MENTIONS)
    if len(seeing(users, turn.facts.roster, day, act.audience)) < len(users):
        return Refused(422, "may_not_see", zh("提到的人中有人无权查看该办件，不能提到"), field=MENTIONS)
    return None


def seeing(users: Iterable[str], roster: Roster, day: date, audience: frozenset[str]) -> tuple[str, ...]:
    """Those of these users who may see a case on `day` that is shared with `audience`: nobody is told of what they cannot open."""
    viewers = (officer_viewer(roster, user, day) for user in users)
    return tuple(one.user for one in viewers if sees(visible(one), one.county, audience))


def _may_speak(turn: Turn, act: Act) -> bool:
    """Whether the actor has to do with the case: the doors let nobody else near it."""
    return bool(act.principals) and turn.head.seq > 0


def _principal(user: str) -> str:
    """Whoever applied acts under the name of the person, an officer under that of the roster."""
    return user if ":" in user else f"user:{user}"
