"""POST /api/workflows and /api/workflows/check: what is wrong with a definition, and its adoption where nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends, Request, Response

from adapters.doors.http.answers import Refuse, json_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ReaderOf, ViewerOf
from adapters.doors.problems import Fault, Problem
from adapters.texts import _
from domain.events import EVENT_TYPES
from workflows.language.checks import Finding, check_all, notes
from workflows.language.files import BadDefinition, from_json, from_yaml, lines, logic_hash
from workflows.language.words import Workflow
from workflows.policy import Viewer, role_principal

router = APIRouter(prefix="/api/workflows", tags=["workflows"])
log = structlog.get_logger()

DEFINITION_BYTES: Final = 1024 * 1024
_OFFICE_HEAD: Final = role_principal("office_head", None)

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Given:
    """A definition that was sent, and on which line of a YAML file each of its steps stands."""

    definition: Workflow
    where: Mapping[str, int]


async def _given(request: Request) -> _Given:
    """The definition in the body of a request."""
    body = await request.body()
    if len(body) > DEFINITION_BYTES:
        raise Refuse(Problem(413, "too-large", _("流程定义超过 1 MiB")))
    try:
        if "json" in request.headers.get("content-type", ""):
            return _Given(from_json(body), {})
        text = body.decode()
        return _Given(from_yaml(text), lines(text))
    except (BadDefinition, UnicodeDecodeError) as error:
        raise Refuse(Problem(422, "bad-data", str(error))) from None


GivenOf = Annotated[_Given, Depends(_given)]


def _adopter_of(viewer: ViewerOf) -> Viewer:
    """A workflow is the office's own rule sheet: its head adds it, or the administrator at the machine."""
    is_head = _OFFICE_HEAD in viewer.principals and "act" in viewer.scopes
    if not is_head and "operate" not in viewer.scopes:
        raise Refuse(Problem(403, "not-permitted", _("只有联席会议办公室负责人或系统管理员可以添加流程")))
    return viewer


AdopterOf = Annotated[Viewer, Depends(_adopter_of)]


@router.post("/check")
def check_workflow(office: OfficeOf, viewer: ReaderOf, given: GivenOf) -> Response:
    """What is wrong with a definition (YAML or JSON): each finding with its place and remedy. Nothing is adopted.

    `notes` tell what is worth knowing and no mistake.
    """
    return json_response({"name": given.definition.name, **_checked(office, given)})


@router.post("")
def add_workflow(office: OfficeOf, viewer: AdopterOf, given: GivenOf) -> Response:
    """Adopt a definition as the current version of its name; running cases stay on theirs. The same one again adds nothing.

    It is checked together with the current ones, and refused (422) with its findings where anything is wrong with it,
    or with another one because of it.
    """
    found, digest = _checked(office, given), logic_hash(given.definition)
    if found["findings"]:
        raise _unsound(found["findings"])
    library = office.engine.library
    known = digest in dict(library.current())
    if not known:
        library.adopt(given.definition)
        log.info("workflow_adopted", workflow=given.definition.name, hash=digest, by=viewer.user)
    body = {"name": given.definition.name, "hash": digest, "added": not known, "notes": found["notes"]}
    return json_response(body, 200 if known else 201)


def _unsound(findings: Sequence[Body]) -> Refuse:
    faults = tuple(Fault(f"/{one['path']}", f"{one['problem']}。{one['remedy']}") for one in findings)
    detail = _("流程定义有%(n)s处问题，没有添加", n=len(findings))
    return Refuse(Problem(422, "bad-definition", detail, faults, {"findings": findings}))


def _checked(office: Office, given: _Given) -> Body:
    """The findings about a definition where it runs with the current ones, about others because of it, and the notes."""
    library = office.engine.library
    current = [one for _hash, one in library.current()]
    together = [given.definition, *(one for one in current if one.name != given.definition.name)]
    found = _found(office, together)
    mine = [_worded(given, given.definition.name, one) for one in found.pop(given.definition.name)]
    known = _found(office, current) if any(found.values()) else {}
    others = [_worded(None, name, one) for name, one in _new(found, known)]
    noted = [_worded(given, given.definition.name, one) for one in notes(together)[given.definition.name]]
    return {"findings": mine + others, "notes": noted}


def _found(office: Office, definitions: Sequence[Workflow]) -> dict[str, tuple[Finding, ...]]:
    return dict(check_all(definitions, EVENT_TYPES, office.engine.library.roster(), office.identity.today()))


def _new(
    found: Mapping[str, Sequence[Finding]], known: Mapping[str, Sequence[Finding]]
) -> Iterator[tuple[str, Finding]]:
    """What is wrong with other definitions only since this one is there."""
    for name, findings in sorted(found.items()):
        yield from ((name, one) for one in findings if one not in known.get(name, ()))


def _worded(given: _Given | None, name: str, one: Finding) -> Body:
    return {
        "workflow": name,
        "code": one.code,
        "path": one.path,
        "line": None if given is None else given.where.get(one.path),
        "problem": _(one.message, **one.values),
        "remedy": _(one.remedy, **one.values),
    }
