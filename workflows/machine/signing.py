"""手写签名 / 签批: who answers a step that wants a signature signs with the own name, and stands by what was read.

A signature names the versions of the fields that were signed, and a hash binds them to name, moment and picture
(approvals.md §1). A rule signs nothing, nobody signs for somebody else, and no signature is kept for a further act: why
so says docs/decisions/0019-signatures-and-prints.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from domain.audit import canonical
from domain.texts import zh
from workflows.language.words import Approve
from workflows.machine.attachment import Attachment, AttachmentState
from workflows.machine.case import JSON, WorkItem
from workflows.machine.decision import Refused
from workflows.machine.fieldrights import hidden_at
from workflows.machine.operations import PICTURE, SIGNATURE
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn, step_path

SIGNED: Final = frozenset({"agree", "reject", "abstain"})
"""The verbs that are signed: what decides, or leaves the decision to the others."""
PICTURE_TYPES: Final = frozenset({"image/png", "image/jpeg"})

_TAG: Final = "liaison.signature.v1"
_OF_AN_ELEMENT: Final = "@"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as an entry of the history holds it.

    `versions` are those of the fields that were signed, as the act left them; `picture` is the id of the attachment that
    shows it, whose hash stands in the personal part of the same entry.
    """

    name: str
    at: datetime
    versions: Mapping[str, int]
    picture: str | None
    binding: str


def wants_signature(turn: Turn, item: WorkItem) -> bool:
    """Whether the answer to an item is signed."""
    node = turn.nodes.get(step_path(item.path))
    return node is not None and isinstance(node.step, Approve) and node.step.signature


def refuse_signature(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Refuse an answer without the signature that it needs, one in another's name, and one where none is asked for."""
    given = act.fields.get(SIGNATURE)
    if not wants_signature(turn, item) or act.verb not in SIGNED:
        unasked = next((one for one in (SIGNATURE, PICTURE) if act.fields.get(one) is not None), None)
        return None if unasked is None else Refused(422, "not_signed", zh("这里不需要签名"), field=unasked)
    if given is None:
        return Refused(422, "signature_required", zh("请签名：填写您本人在名册上的账号"), field=SIGNATURE)
    if str(given).strip() != act.actor:
        return Refused(422, "wrong_name", zh("签名须是您本人在名册上的账号，代办也签本人的"), field=SIGNATURE)
    return None


def sign(turn: Turn, act: Act, item: WorkItem) -> Refused | None:
    """Put the signature of an answer on record, after what its form wrote; refuse a picture that is none, or not the signer's own."""
    if not wants_signature(turn, item) or act.verb not in SIGNED:
        return None
    picture = act.fields.get(PICTURE)
    found = None if picture is None else act.files.get(str(picture))
    if picture is not None and (found is None or not _is_own_picture(act, found)):
        return Refused(422, "bad_picture", zh("签名图片须是您本人刚为本办件上传的 PNG 或 JPEG 图片"), field=PICTURE)
    if found is not None:
        turn.attached.append(found)
    hidden = hidden_at(turn.definition, item.path)
    versions = {name: n for name, n in turn.head.field_versions.items() if _is_read(name, hidden)}
    signed: dict[str, JSON] = {"name": act.actor, "versions": versions}
    signed |= {} if found is None else {"picture": found.id}
    turn.said[SIGNATURE] = signed | {"binding": _bound(turn.head.id, item.id, turn.now, signed)}
    return None


def _is_own_picture(act: Act, found: Attachment) -> bool:
    mine = (found.case, found.by) == (act.case, act.actor)
    return mine and found.state is AttachmentState.STORED and found.media_type in PICTURE_TYPES


def _is_read(name: str, hidden: frozenset[str]) -> bool:
    """Whether a field is among what the signer could read: not what the step hides, nor what one element holds."""
    return name not in hidden and _OF_AN_ELEMENT not in name


def _bound(case: str, item: str, at: datetime, signed: Mapping[str, JSON]) -> str:
    # The picture by its id: its own hash beside the words would let anybody try pictures against it after an erasure.
    parts = [_TAG, case, item, at.isoformat(), signed["name"], dict(signed["versions"]), signed.get("picture")]
    return sha256(canonical(parts)).hexdigest()


# -- read again --------------------------------------------------------------------------------------------


def signature_in(body: Mapping[str, Any]) -> Signature | None:
    """The signature in the body of a history entry, None where it has none."""
    signed = body.get("delta", {}).get(SIGNATURE)
    if signed is None:
        return None
    at = datetime.fromisoformat(str(body["at"]))
    return Signature(signed["name"], at, signed["versions"], signed.get("picture"), signed["binding"])


def holds(signature: Signature, case: str, item: str) -> bool:
    """Whether a signature is still what was signed: name, moment, versions and picture are those that its hash binds."""
    signed: dict[str, JSON] = {"name": signature.name, "versions": signature.versions, "picture": signature.picture}
    return _bound(case, item, signature.at, signed) == signature.binding


def written_since(signature: Signature, versions: Mapping[str, int]) -> tuple[str, ...]:
    """The signed fields that were written once more; what was written for the first time later was not signed.

    Args:
        signature: what was signed.
        versions: those that the fields of the case have now.
    """
    return tuple(sorted(name for name, n in signature.versions.items() if versions.get(name, 0) != n))
