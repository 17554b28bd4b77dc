"""/api/keys: the administrator at the machine issues and revokes keys; a token is shown once."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from adapters.doors.http.answers import Refuse, json_response, not_found
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ViewerOf, require_scope
from adapters.doors.problems import Fault, Problem
from adapters.identity.desk import SUBMITS, Credential, types_of
from adapters.texts import _
from domain.event import WIRE_PREFIX
from domain.events import EVENT_TYPES
from domain.roster import department_of

router = APIRouter(prefix="/api/keys", tags=["keys"])

PERSONS = frozenset({"read", "act"})
Name = Annotated[str, Field(min_length=1, max_length=100)]


class NewKey(BaseModel):
    """Whose key: a department's or a person's.

    `types` narrows what a department may submit, and names what a person may: without it a person submits nothing.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name
    department: Name | None = None
    user: Name | None = None
    types: list[str] | None = None
    scopes: list[Literal["read", "act", "submit"]] | None = None


@router.post("", status_code=201)
def issue(office: OfficeOf, viewer: ViewerOf, body: NewKey) -> Response:
    """Issue a key; the answer holds its token, which cannot be shown again."""
    require_scope(viewer, "operate")
    credential = _credential(office, body)
    try:
        token = office.identity.accounts.issue_key(body.name, credential)
    except ValueError as error:
        raise Refuse(Problem(409, "conflict", str(error), (Fault("/name", str(error)),))) from None
    return json_response({"name": body.name, "token": token, "types": sorted(credential.types)}, 201)


@router.post("/{name}/revoke")
def revoke(office: OfficeOf, viewer: ViewerOf, name: str) -> Response:
    """Revoke a key: it is refused from now on, on every host."""
    require_scope(viewer, "operate")
    if not office.identity.accounts.revoke_key(name):
        raise not_found()
    return json_response({"name": name, "revoked": True})


def _credential(office: Office, body: NewKey) -> Credential:
    if (body.department is None) == (body.user is None):
        raise _wrong("/department", _("请给出部门或人员之一：一个密钥只属于其中一方"))
    if body.user is not None:
        if department_of(office.engine.library.roster(), body.user, office.identity.today()) is None:
            raise _wrong("/user", _("名册上没有“%(name)s”", name=body.user))
        types = frozenset() if body.types is None else _types("", body.types)
        scopes = body.scopes or (PERSONS | {"submit"} if types else PERSONS)
        return Credential(None, body.user, frozenset(scopes), types)
    if body.department not in {one.code for one in office.engine.library.roster().departments}:
        raise _wrong("/department", _("名册上没有“%(name)s”", name=body.department))
    return Credential(
        body.department, None, frozenset(body.scopes or SUBMITS), _types(body.department or "", body.types)
    )


def _types(department: str, wanted: list[str] | None) -> frozenset[str]:
    if wanted is None:
        return types_of(department)
    names = {name.removeprefix(WIRE_PREFIX) for name in wanted}
    unknown = sorted(names - set(EVENT_TYPES))
    if unknown:
        raise _wrong(
            "/types", _("没有“%(type)s”这种事件类型：用 liaison event-types 查看可以提交的类型", type=unknown[0])
        )
    return frozenset(names)


def _wrong(pointer: str, detail: str) -> Refuse:
    return Refuse(Problem(422, "bad-data", detail, (Fault(pointer, detail),)))
