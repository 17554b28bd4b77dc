"""附件: a file is staged for a case, and later read again. The act that it goes with links it (`acting.py`).

Staging is two commits with the bytes between them: first a row, then the bytes, then the note that they are there; only
then is the id answered. Whatever is killed, no bytes lie anywhere that no row knows of, and `collecting.py` finds the row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeVar

from domain.attachments import TYPES, Wrong, ending_of, wrong_with
from domain.identifiers import derived_id, mask_forbidden
from domain.texts import zh
from workflows.machine.attachment import Attachment, AttachmentState
from workflows.machine.case import JSON, Case, Lane
from workflows.moves.acting import Answer
from workflows.policy import Viewer
from workflows.ports import BlobsUnavailable, CommitUnknown, Engine, Unit
from workflows.reads import Reads

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sends for a case that they see; `key` is the idempotency key of the request."""

    key: str
    case: Case
    viewer: Viewer
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it was sent."""

    one: Attachment
    content: bytes


_WRONG: Final = {
    Wrong.NAME: (422, zh("文件名不符合要求：不能为空、过长，或含有路径和不可见字符")),
    Wrong.TYPE: (415, zh("不接受这种类型的文件")),
    Wrong.EMPTY: (422, zh("文件是空的")),
    Wrong.TOO_LARGE: (413, zh("文件超过允许的大小")),
    Wrong.CONTENT: (415, zh("文件内容与扩展名不符")),
}
GONE: Final = Answer(410, {"code": "erased", "detail": zh("附件已随个人信息按规定删除")})
WITHDRAWN: Final = Answer(410, {"code": "withdrawn", "detail": zh("附件已撤下")})
NOT_YOURS: Final = Answer(403, {"code": "not_permitted", "detail": zh("附件只给本办件的办理人和上传人查看")})
NO_SUCH: Final = Answer(404, {"code": "not_found", "detail": zh("没有找到，或者您无权查看")})
AWAY: Final = Answer(
    503, {"code": "blobs_away", "detail": zh("附件库暂时没有应答，请稍后重试；不带附件的办理不受影响")}
)
DAMAGED: Final = Answer(
    503, {"code": "damaged", "detail": zh("附件库里的内容缺失，或与上传时不一致，请告诉管理员从备份恢复")}
)
MOST_WAITING: Final = 50
"""Files of one person that wait for an act: more would only fill the store."""
TOO_MANY: Final = Answer(
    409, {"code": "too_many", "detail": zh("您上传而未提交的附件太多，请先提交，或等它们过期清除"), "field": "file"}
)
LAPSED: Final = Answer(409, {"code": "lapsed", "detail": zh("附件上传得太慢，已被清除，请重新上传"), "field": "file"})
REUSED: Final = Answer(
    422,
    {
        "code": "key_reused",
        "detail": zh("幂等键已用于另一请求，请换一个新的键"),
        "field": "Idempotency-Key",
    },
)


def stage(engine: Engine, sent: Upload) -> Answer:
    """Keep a file until an act links it, or say why not; the same key and file again are the same attachment.

    Raises:
        StoreUnavailable: the database does not answer; what was begun is collected.
    """
    wrong = wrong_with(sent.name, sent.content, engine.files.types, engine.files.most_bytes)
    if wrong is not None:
        status, detail = _WRONG[wrong]
        return Answer(status, {"code": wrong.value, "detail": detail, "field": "file"})
    if sent.case.seq == 0 or not sent.viewer.principals:
        # As for a comment: whoever has to do with the case, once it has begun (`machine.telling`).
        return NO_SUCH
    begun = _committed(engine, lambda unit: _begin(engine, unit, sent))
    return begun if isinstance(begun, Answer) else _store(engine, begun, sent.content)


def fetch(engine: Engine, reads: Reads, viewer: Viewer, wanted: tuple[str, str], purpose: str) -> Fetched | Answer:
    """The bytes of a file, once more held against the hash that the history commits to; the reading is recorded.

    Args:
        engine: where the bytes lie.
        reads: within the rights of the viewer.
        viewer: who wants to read.
        wanted: the case and the attachment.
        purpose: what for, as the person may read it.
    """
    one = reads.attachment(viewer, *wanted, purpose)
    if one is None:
        return NO_SUCH
    if not one.name:
        return {AttachmentState.DROPPED: GONE, AttachmentState.WITHDRAWN: WITHDRAWN}.get(one.state, NOT_YOURS)
    try:
        sealed = engine.files.blobs.get(one.id)
    except BlobsUnavailable:
        return AWAY
    content = None if sealed is None else engine.units.read(lambda unit: unit.attachments.open(one, sealed))
    if content is None or sha256(content).hexdigest() != one.sha256:
        return DAMAGED
    return Fetched(one, content)


def _begin(engine: Engine, unit: Unit, sent: Upload) -> Attachment | Answer:
    """The row of the file, new or that of the same request before."""
    digest, name = sha256(sent.content).hexdigest(), mask_forbidden(sent.name)
    known = unit.attachments.of_key(sent.key)
    if known is not None:
        same = (known.case, known.name, known.sha256) == (sent.case.id, name, digest)
        return known if same and known.dropped_at is None else REUSED
    if unit.attachments.waiting(sent.viewer.user) >= MOST_WAITING:
        return TOO_MANY
    new = Attachment(
        # The moment tells it from one of the same key that was collected: a late collector deletes only what it marked.
        id=derived_id("attachment", sent.case.id, sent.key, unit.now.isoformat()),
        case=sent.case.id,
        person=sent.case.person or f"case:{sent.case.id}",
        name=name,
        media_type=TYPES[ending_of(name)].media_type,
        size=len(sent.content),
        sha256=digest,
        by=sent.viewer.user,
        at=unit.now,
    )
    return new if unit.attachments.add(new, sent.key, unit.now + engine.files.kept_staged) else GONE


def _store(engine: Engine, one: Attachment, content: bytes) -> Answer:
    """Put the bytes, sealed, and note that they are there."""
    if one.stored_at is None:
        sealed = engine.units.read(lambda unit: unit.attachments.seal(one, content))
        if sealed is None:
            return GONE
        try:
            engine.files.blobs.put(one.id, sealed)
            if not _committed(engine, lambda unit: unit.attachments.note_stored(one.id)):
                engine.files.blobs.delete([one.id])
                return LAPSED
        except BlobsUnavailable:
            return AWAY
    return Answer(201, staged_body(one))


def staged_body(one: Attachment) -> dict[str, JSON]:
    """What whoever sent a file is told of it."""
    plain = {"id": one.id, "case": one.case, "name": one.name, "media_type": one.media_type}
    return plain | {"size": one.size, "sha256": one.sha256}


def _committed(engine: Engine, work: Callable[[Unit], T]) -> T:
    """Run a step of the staging; each finds what it did before, so one whose commit is unknown is run again."""
    try:
        return engine.units.run(work, Lane.INTERACTIVE)
    except CommitUnknown:
        return engine.units.run(work, Lane.INTERACTIVE)
