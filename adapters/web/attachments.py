"""Files on pages: chosen on a form and staged with its first press, listed beside a case, and downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from adapters.doors.http.attachments import file_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.multipart import files_in
from adapters.explaining import Saying
from adapters.texts import _, file_size
from adapters.web.fields import ASKED, Choice, WrongForm
from adapters.web.timeline import replaced_files
from adapters.web.visitors import MOST_OF_LARGEST, PageRoute, Visitor, VisitorOf, error_page
from domain.attachments import TYPES, kind_of
from workflows.machine.attaching import MOST_FILES
from workflows.machine.attachment import Attachment, AttachmentState
from workflows.machine.operations import PICTURE
from workflows.moves.acting import PROBLEM, Answer
from workflows.moves.attaching import Fetched, Upload, fetch, stage
from workflows.policy import Viewer
from workflows.ports.blobs import MIB, Files
from workflows.reads import CaseView

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CHOSEN: Final = "file"
"""The field in which files are chosen."""
SIGNED_WITH: Final = ASKED + PICTURE
"""The field in which the picture of a signature is chosen, or drawn; its id is kept there as well."""
KEPT: Final = "attachment"
"""The field that keeps the ids of files which were sent with an earlier press; its box can be cleared."""


@router.get("/cases/{case}/attachments/{attachment}")
def download(request: Request, office: OfficeOf, visitor: VisitorOf, case: str, attachment: str) -> Response:
    """A file, to be saved; the reading is recorded."""
    found = fetch(office.engine, office.reads, visitor.viewer, (case, attachment), _("下载附件"))
    if isinstance(found, Fetched):
        return file_response(found)
    return error_page(request, found.status, _(str(found.body["detail"])))


# -- chosen on a form --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """The files of a form: those that were sent, now or before, what is wrong with one of the others, the picture of a signature."""

    files: tuple[Attachment, ...] = ()
    wrong: WrongForm | None = None
    picture: Attachment | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """What the act names."""
        return tuple(one.id for one in self.files)


def taken(office: Office, visitor: Visitor, view: CaseView, form: FormData, key: str) -> Taken:
    """Stage what was chosen on a form, and keep what an earlier press has staged and nobody has taken out again.

    The same press sent twice stages each file once: its key is that of the form, and what is in it.
    """
    files, wrong = _taken(office, visitor, view, form, key, (CHOSEN, KEPT))
    pictures, bad = _taken(office, visitor, view, form, key, (SIGNED_WITH, SIGNED_WITH))
    return Taken(files, wrong or bad, next(reversed(pictures), None))


def _taken(  # whose form it is, about which case, and where in it
    office: Office, visitor: Visitor, view: CaseView, form: FormData, key: str, names: tuple[str, str]
) -> tuple[tuple[Attachment, ...], WrongForm | None]:
    """The files of one field, whose ids an earlier press has kept in another."""
    chosen_in, kept_in = names
    wanted = [one for one in form.getlist(kept_in) if isinstance(one, str) and one]
    wrong: WrongForm | None = None
    for chosen in files_in(form, chosen_in):
        content, name = chosen.file.read(), chosen.filename or ""
        mark = f"{visitor.viewer.user}:{key}:{sha256(name.encode() + content).hexdigest()[:16]}"
        answer = stage(office.engine, Upload(mark, view.head, visitor.viewer, name, content))
        if answer.status >= PROBLEM:
            wrong = wrong or WrongForm(chosen_in, _told(name, answer))
        else:
            wanted.append(str(answer.body["id"]))
    found = (_mine(office, visitor, view, one) for one in dict.fromkeys(wanted))
    return tuple(one for one in found if one is not None), wrong


def _mine(office: Office, visitor: Visitor, view: CaseView, wanted: str) -> Attachment | None:
    """A file that the visitor has sent and that can still go with an act."""
    one = office.reads.attachment(visitor.viewer, view.head.id, wanted, _("提交附件"))
    usable = one is not None and one.state is AttachmentState.STORED
    return one if usable else None


def _told(name: str, answer: Answer) -> str:
    return _("“%(name)s”：%(why)s", name=name, why=_(str(answer.body["detail"])))


def limits(files: Files) -> dict[str, Any]:
    """What is said beside the field: how many files, of which types, how large."""
    mib = files.most_bytes // MIB
    return {
        "accept": ",".join(f".{one}" for one in TYPES if one in files.types),
        "types": _("、").join(one for one in TYPES if one in files.types),
        "most": MOST_FILES,
        "mib": mib,
        "together": mib * MOST_OF_LARGEST,
    }


# -- beside a case -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """A file in the list of a case; without an `address` it cannot be downloaded by the reader."""

    id: str
    name: str
    kind: str
    size: str
    who: str
    at: datetime
    stands: str
    address: str


def beside(office: Office, viewer: Viewer, view: CaseView, said: Saying) -> list[Beside]:
    """The files of a case, as its pages list them."""
    found = files_of(office, viewer, view.head.id)
    replaced = replaced_files(office.reads.history(viewer, view.head.id)) if found else frozenset()
    return [_line(one, said, replaced=one.seq in replaced) for one in found]


def files_of(office: Office, viewer: Viewer, case: str) -> tuple[Attachment, ...]:
    """The files of a case; asked for only where its history has some, since who reads their names is recorded."""
    entries = office.reads.history(viewer, case)
    if not any(entry.body.get("delta", {}).get("attachments") for entry in entries):
        return ()
    return office.reads.attachments(viewer, case, _("查看附件目录"))


def withdrawable(office: Office, viewer: Viewer, view: CaseView, said: Saying) -> tuple[Choice, ...]:
    """The files that `detach` may be about."""
    linked = (one for one in files_of(office, viewer, view.head.id) if one.state is AttachmentState.LINKED)
    return tuple(Choice(one.id, _title(one, said)) for one in linked)


def _title(one: Attachment, said: Saying) -> str:
    name = one.name or kind_of(one.media_type)
    return _("%(name)s（%(size)s，%(who)s）", name=name, size=file_size(one.size), who=said.names.user(one.by))


def _line(one: Attachment, said: Saying, *, replaced: bool) -> Beside:
    return Beside(
        id=one.id,
        name=one.name,
        kind=kind_of(one.media_type),
        size=file_size(one.size),
        who=said.names.principal(one.by),
        at=one.linked_at or one.at,
        stands=_stands(one, said) or (_("更正评论时已更换") if replaced else ""),
        address=f"/cases/{one.case}/attachments/{one.id}" if one.name else "",
    )


def _stands(one: Attachment, said: Saying) -> str:
    """What became of it, where it is not simply there."""
    match one.state:
        case AttachmentState.WITHDRAWN:
            return _("已由%(who)s撤下", who=said.names.principal(one.withdrawn_by or ""))
        case AttachmentState.DROPPED:
            return _("已随个人信息按规定删除")
        case _:
            return "" if one.name else _("只给办理人和上传人查看")
