"""/api/sign-ins: the administrator at the machine lets somebody of the roster sign in once; shown once."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from adapters.doors.http.answers import Refuse, json_response
from adapters.doors.http.keys import Name
from adapters.doors.http.office import OfficeOf
from adapters.doors.http.viewers import ViewerOf, require_scope
from adapters.doors.problems import Fault, Problem
from adapters.texts import _

router = APIRouter(prefix="/api/sign-ins", tags=["keys"])


class NewSignIn(BaseModel):
    """Who is to sign in."""

    model_config = ConfigDict(extra="forbid")

    user: Name


@router.post("", status_code=201)
def issue(office: OfficeOf, viewer: ViewerOf, body: NewSignIn) -> Response:
    """A one-time password, and the address that carries it: good for one sign-in within half an hour."""
    require_scope(viewer, "operate")
    password = office.identity.issue_sign_in(body.user)
    if password is None:
        detail = _("名册上没有“%(name)s”", name=body.user)
        raise Refuse(Problem(422, "bad-data", detail, (Fault("/user", detail),)))
    address = f"{office.base_url.rstrip('/')}/enter?token={password}"
    return json_response({"user": body.user, "password": password, "address": address}, 201)
