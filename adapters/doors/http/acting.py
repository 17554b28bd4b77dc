"""What every POST that acts has in common: the idempotency key, the strict body, and the machine's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from adapters.doors.http.answers import Refuse, json_response, problem_response
from adapters.doors.http.foreseeing import consequences_view
from adapters.doors.http.office import Office, names_today
from adapters.doors.http.viewers import ActorOf
from adapters.doors.problems import Fault, Problem
from adapters.explaining import closer, saying
from adapters.texts import _
from workflows.machine.attaching import MOST_FILES
from workflows.machine.fieldrights import ever_hidden
from workflows.machine.operations import Operation, fits
from workflows.machine.stimuli import Act
from workflows.moves.acting import PROBLEM, Answer, act
from workflows.moves.previewing import foresee
from workflows.showing import without

_LONGEST_KEY = 200


AttachmentId = Annotated[str, Field(max_length=100)]


class Body(BaseModel):
    """The body of an act. `version` is the one that was looked at, `opinion` says why in words.

    `attachments` are the ids of files that were sent before (`POST /api/cases/{case}/attachments`) and go with it.
    Beside these it holds the verb's own fields, and nothing else (ASVS 15.3.3; `own_fields` refuses the rest).
    """

    model_config = ConfigDict(extra="allow")

    version: Annotated[int | None, Field(ge=0)] = None
    opinion: Annotated[str, Field(max_length=2000)] = ""
    attachments: Annotated[tuple[AttachmentId, ...], Field(max_length=MOST_FILES)] = ()


def verbs_of(operations: Mapping[str, Operation]) -> Any:
    """The type of a path's verb: one of these, listed in the API's description."""

    def known(verb: str) -> str:
        if verb not in operations:
            raise ValueError(f"unknown verb, use one of {', '.join(operations)}")  # pydantic's way
        return verb

    return Annotated[str, AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(operations)})]


def own_fields(operation: Operation, body: Body) -> dict[str, Any]:
    """What the verb itself asks for, as the body gives it.

    Raises:
        Refuse: 422, naming the first field that the verb does not know, lacks, or cannot read.
    """
    asked, given = {one.name: one for one in operation.asks}, body.model_extra or {}
    for name in given:
        if name not in asked:
            raise _wrong(name, _("“%(verb)s”没有这一字段", verb=operation.verb))
    for one in operation.asks:
        if not fits(one, given.get(one.name)):
            raise _wrong(one.name, _("字段缺少或取值不符合要求"))
    return {name: value for name, value in given.items() if value is not None}


def _wrong(name: str, detail: str) -> Refuse:
    return Refuse(Problem(422, "bad-value", detail, (Fault(f"/{name}", detail),)))


PreviewOf = Annotated[bool, Query(alias="preview", description="what would come of it; nothing is done")]


GivenKeyOf = Annotated[str | None, Header(alias="Idempotency-Key")]


def idempotency_key(viewer: ActorOf, given: GivenKeyOf = None) -> str:
    """The key that makes a repetition the same request; each actor has keys of his own."""
    if not given or len(given) > _LONGEST_KEY:
        detail = _("请在 Idempotency-Key 请求头中给出本次办理的唯一编号（最长 %(n)s 个字符）", n=_LONGEST_KEY)
        raise Refuse(Problem(400, "no-idempotency-key", detail, (Fault("#header/Idempotency-Key", detail),)))
    return f"{viewer.user}:{given}"


def key_of_act(viewer: ActorOf, *, given: GivenKeyOf = None, preview: PreviewOf = False) -> str:
    """The same for an act; a preview uses none up."""
    return idempotency_key(viewer, given or ("preview" if preview else None))


RequestKeyOf = Annotated[str, Depends(idempotency_key)]
KeyOf = Annotated[str, Depends(key_of_act)]

Done = Callable[[Office, Act], Response]


def done_of(*, preview: PreviewOf = False) -> Done:
    """What becomes of an act: it is carried out, or (`?preview=true`) only looked at."""
    return foreseen if preview else answer


DoneOf = Annotated[Done, Depends(done_of)]


def answer(office: Office, wanted: Act) -> Response:
    """Carry the act out and say what came of it; a refusal names who acted before and when."""
    return answered(office, act(office.engine, wanted))


def answered(office: Office, found: Answer) -> Response:
    """An answer of the machine, or its refusal as a problem."""
    return json_response(dict(found.body)) if found.status < PROBLEM else _refusal(office, found)


def foreseen(office: Office, wanted: Act) -> Response:
    """What the act would do, or how it would be refused; nothing is done."""
    found = foresee(office.engine, wanted)
    if isinstance(found, Answer):
        return _refusal(office, found)
    library = office.engine.library
    said = saying(
        library.by_hash(found.definition or ""), library.roster(), library.calendar().zone, office.reads.now()
    )
    hidden = ever_hidden(library.by_hash(found.definition or ""))
    body = consequences_view(replace(found, fields=without(found.fields or {}, hidden - wanted.form.keys())), said)
    return json_response({"preview": True, "case": wanted.case, "item": wanted.item, "verb": wanted.verb, **body})


def _refusal(office: Office, found: Answer) -> Response:
    body: dict[str, Any] = dict(found.body) | who_acted(office, found)
    code, detail, field = body.pop("code"), body.pop("detail"), body.pop("field", None)
    faults = () if field is None else (Fault(f"/{field}", _(detail)),)
    return problem_response(Problem(found.status, code.replace("_", "-"), _(detail), faults, body))


def who_acted(office: Office, found: Answer) -> dict[str, str]:
    """Who was faster in words, beside `by`: a post or a department, or the rule."""
    by = found.body.get("by")
    return {} if by is None else {"who": closer(by, names_today(office))}


def outcome_body(found: Answer) -> dict[str, Any]:
    """What came of one act of several: its status, and its answer or what refused it."""
    body: dict[str, Any] = {"status": found.status, **found.body}
    if found.status < PROBLEM:
        return body
    told: str = body["detail"]
    return body | {"detail": _(told)}


def not_found_body(item: str) -> dict[str, Any]:
    """The answer for an item that is not there, or may not be seen: the two are told alike."""
    return {"status": 404, "code": "not_found", "item": item, "detail": _("没有找到，或者您无权查看")}
