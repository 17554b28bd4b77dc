"""How the machine API answers: JSON as it is, refusals as RFC 9457 problem documents, never a bare 500."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from adapters.doors.problems import Fault, Problem, document
from adapters.texts import _
from domain.texts import zh
from workflows.ports import StoreUnavailable

log = structlog.get_logger()

PROBLEM = "application/problem+json"
_STATUS_CODES = {401: "not-signed-in", 403: "not-permitted", 404: "not-found", 413: "too-large"}
_DETAILS = {404: zh("没有这个地址"), 405: zh("这个地址不支持这种请求方法")}


class Refuse(Exception):  # noqa: N818  # how an endpoint answers with a problem from anywhere
    """Answer with this problem."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        self.problem = problem
        self.headers = dict(headers or {})
        super().__init__(problem.detail)


def json_response(body: Any, status: int = 200) -> Response:
    """A JSON answer; moments are written as RFC 3339 in UTC."""
    return Response(to_json(body), status, media_type="application/json")


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal."""
    return Response(to_json(document(problem)), problem.status, dict(headers or {}), media_type=PROBLEM)


def not_found() -> Refuse:
    """What does not exist and what may not be seen are answered alike."""
    return Refuse(Problem(404, "not-found", _("没有找到，或者您无权查看")))


def answer_problems(app: FastAPI) -> None:
    """Answer everything that an endpoint raises as a problem."""
    app.add_exception_handler(Refuse, _refused)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(StoreUnavailable, _unavailable)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refuse)  # noqa: S101  # registered for this class
    return problem_response(error.problem, error.headers)


def _wrong_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class
    faults = tuple(Fault(_pointer(one["loc"]), str(one["msg"])) for one in error.errors())
    malformed = any(one["type"] == "json_invalid" for one in error.errors())
    if malformed:
        return problem_response(Problem(400, "malformed", _("不是有效的 JSON"), faults))
    return problem_response(Problem(422, "bad-data", _("有字段不符合要求，见 errors"), faults))


def _pointer(place: tuple[int | str, ...]) -> str:
    """A field of the body as a JSON pointer; a parameter by its place and name."""
    first, *rest = place
    if first == "body":
        return "".join(f"/{part}" for part in rest)
    return "#" + str(first) + "".join(f"/{part}" for part in rest)


def _not_routed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class
    code = _STATUS_CODES.get(error.status_code, "malformed")
    said = _DETAILS.get(error.status_code)
    return problem_response(Problem(error.status_code, code, _(said) if said else error.detail), error.headers)


def _unavailable(request: Request, error: Exception) -> Response:
    detail = _("数据库暂时没有应答，没有写入任何内容，请稍后重试")
    return problem_response(Problem(503, "unavailable", detail), {"Retry-After": "2"})


def failed(error: Exception) -> Response:
    """A mistake of the program: the log has it, the answer only its number."""
    number = secrets.token_hex(6)
    log.error("request_failed", number=number, exc_info=error)
    detail = _("系统处理时出错，请把编号 %(number)s 告诉管理员", number=number)
    return problem_response(Problem(500, "failed", detail, more={"number": number}))
