"""附件: files go with an act, and are withdrawn by another one. What the files are the move has looked up (`Act.files`)."""

from __future__ import annotations

from typing import Final

from domain.texts import zh
from workflows.machine.attachment import Attachment, AttachmentState
from workflows.machine.case import JSON
from workflows.machine.decision import Refused
from workflows.machine.operations import ON_CASES, ON_ITEMS
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn
from workflows.policy import role_principal

MOST_FILES: Final = 10
"""Files that may go with one act."""
NAMED: Final = "@attachments"
"""Under which the personal part of an entry keeps name and hash of each file: no field is called so."""
DETACH: Final = "detach"

_MAY_WITHDRAW: Final = role_principal("office_head", None)
_GONE: Final = {
    AttachmentState.STAGED: zh("附件还没有上传完，请重新上传"),
    AttachmentState.LINKED: zh("附件已随另一次办理提交，请重新上传"),
    AttachmentState.WITHDRAWN: zh("附件已撤下，请重新上传"),
    AttachmentState.DROPPED: zh("附件上传后太久没有提交，已被清除，请重新上传"),
}
_UNKNOWN: Final = zh("没有这个附件，或者它不是您为本办件上传的")


def attach(turn: Turn, act: Act) -> Refused | None:
    """Let the files of an act go with it, or say why one of them cannot; an act that takes no words takes no files."""
    if not act.attachments:
        return None
    operation = (ON_CASES if act.item is None else ON_ITEMS)[act.verb]
    if operation.opinion == "none":
        return _refused(zh("这项操作不能带附件"))
    wanted = list(dict.fromkeys(act.attachments))
    if len(wanted) > MOST_FILES:
        return _refused(zh("一次办理最多带十个附件"))
    for one in wanted:
        found = act.files.get(one)
        if found is None or found.case != act.case or found.by != act.actor:
            return _refused(_UNKNOWN)
        if found.state is not AttachmentState.STORED:
            return _refused(_GONE[found.state])
        if found not in turn.attached:
            turn.attached.append(found)
    return None


def detach(turn: Turn, act: Act) -> Refused | None:
    """Withdraw a file: who attached it, or the head of the office. The entry stays, and so do the bytes."""
    found = act.files.get(str(act.fields["attachment"]))
    if found is None or found.case != act.case or found.linked_at is None:
        return Refused(422, "attachment", zh("办件没有这个附件"), field="attachment")
    if found.by != act.actor and _MAY_WITHDRAW not in act.principals:
        return Refused(403, "not_yours", zh("附件只能由上传人或联席会议办公室负责人撤下"))
    if found.state is not AttachmentState.LINKED:
        return Refused(409, "withdrawn", zh("附件已撤下"), by=found.withdrawn_by, at=found.withdrawn_at)
    turn.detached.append(found.id)
    return None


def plain_part(attached: list[Attachment]) -> list[list[JSON]]:
    """What the history says of files in plain: nothing of it tells what they are called or what is in them."""
    return [[one.id, one.media_type, one.size] for one in attached]


def personal_part(attached: list[Attachment]) -> dict[str, JSON]:
    """What it says of them under the person's key."""
    return {one.id: {"name": one.name, "sha256": one.sha256} for one in attached}


def _refused(why: str) -> Refused:
    return Refused(422, "attachment", why, field="attachments")
