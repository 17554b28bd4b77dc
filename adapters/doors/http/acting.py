"""What every POST that acts has in common: the idempotency key, the strict body, and the machine's answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.doors.http.answers import Refuse, json_response, problem_response
from adapters.doors.http.office import Office
from adapters.doors.http.viewers import ActorOf
from adapters.doors.problems import Fault, Problem
from adapters.texts import _
from workflows.machine.case import Act
from workflows.moves.acting import Answer, act

_LONGEST_KEY = 200


class Body(BaseModel):
    """The body of an act: nothing that is not named here (ASVS 15.3.3). `version` is the one that was looked at."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int | None, Field(ge=0)] = None


def idempotency_key(viewer: ActorOf, idempotency_key: Annotated[str | None, Header()] = None) -> str:
    """The key that makes a repetition the same act; each actor has keys of his own."""
    if not idempotency_key or len(idempotency_key) > _LONGEST_KEY:
        detail = _("请在 Idempotency-Key 请求头中给出本次办理的唯一编号（最长 %(n)s 个字符）", n=_LONGEST_KEY)
        raise Refuse(Problem(400, "no-idempotency-key", detail, (Fault("#header/Idempotency-Key", detail),)))
    return f"{viewer.user}:{idempotency_key}"


KeyOf = Annotated[str, Depends(idempotency_key)]


def answer(office: Office, wanted: Act) -> Response:
    """Carry the act out and say what came of it; a refusal names who acted before and when."""
    found = act(office.engine, wanted)
    if found.status < 400:  # noqa: PLR2004  # where HTTP's refusals begin
        return json_response(dict(found.body), found.status)
    body: dict[str, Any] = dict(found.body)
    code, detail, field = body.pop("code"), body.pop("detail"), body.pop("field", None)
    faults = () if field is None else (Fault(f"/{field}", _(detail)),)
    return problem_response(Problem(found.status, code.replace("_", "-"), _(detail), faults, body))


def outcome_body(found: Answer) -> dict[str, Any]:
    """What came of one act of several: its status, and its answer or what refused it."""
    body: dict[str, Any] = {"status": found.status, **found.body}
    if found.status < 400:  # noqa: PLR2004  # where HTTP's refusals begin
        return body
    told: str = body["detail"]
    return body | {"detail": _(told)}


def not_found_body(item: str) -> dict[str, Any]:
    """The answer for an item that is not there, or may not be seen: the two are told alike."""
    return {"status": 404, "code": "not_found", "item": item, "detail": _("没有找到，或者您无权查看")}
