"""/api/workflows: the current definitions, their pictures and files, and the check of one that is not adopted yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter, Request, Response

from adapters.doors.http.answers import Refuse, json_response, not_found
from adapters.doors.http.cases import svg_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ReaderOf
from adapters.doors.problems import Problem
from adapters.texts import _, current_language
from adapters.titles import titles_of
from domain.events import EVENT_TYPES, WIRE_PREFIX
from workflows.language.checks import Finding, check_all
from workflows.language.files import BadDefinition, from_json, from_yaml, lines, to_yaml
from workflows.language.words import Call, Step, Workflow
from workflows.machine.nodes import index
from workflows.pictures.bpmn.export import export
from workflows.pictures.mermaid import mermaid
from workflows.pictures.svg import draw

router = APIRouter(prefix="/api/workflows", tags=["workflows"])

DEFINITION_BYTES = 1024 * 1024


@router.get("")
def list_workflows(office: OfficeOf, viewer: ReaderOf) -> Response:
    """The current definitions, by name."""
    roster = office.engine.library.roster()
    rows = [
        {
            "name": definition.name,
            "title": titles_of(definition.name, roster).workflow(definition.name, current_language()),
            "hash": digest,
            "language": definition.language,
            "starts_on": WIRE_PREFIX + definition.starts_on,
            "about": definition.about,
        }
        for digest, definition in office.engine.library.current()
    ]
    return json_response({"workflows": rows})


@router.post("/check")
async def check_workflow(request: Request, office: OfficeOf, viewer: ReaderOf) -> Response:
    """What is wrong with a definition (YAML or JSON): each finding with its place and remedy. Nothing is adopted."""
    body = await request.body()
    if len(body) > DEFINITION_BYTES:
        raise Refuse(Problem(413, "too-large", _("流程定义超过 1 MiB")))
    definition, where = _read(request.headers.get("content-type", ""), body)
    found = [
        {
            "code": one.code,
            "path": one.path,
            "line": where.get(one.path),
            "problem": _(one.message, **one.values),
            "remedy": _(one.remedy, **one.values),
        }
        for one in _found(office, definition)
    ]
    return json_response({"name": definition.name, "findings": found})


def _found(office: Office, definition: Workflow) -> tuple[Finding, ...]:
    """What is wrong with a definition where it runs together with the current ones."""
    library = office.engine.library
    others = [one for _hash, one in library.current() if one.name != definition.name]
    found = check_all([definition, *others], EVENT_TYPES, library.roster(), office.identity.today())
    return found[definition.name]


def _read(content_type: str, body: bytes) -> tuple[Workflow, Mapping[str, int]]:
    """A definition, and on which line of a YAML file each of its steps stands."""
    try:
        if "json" in content_type:
            return from_json(body), {}
        text = body.decode()
        return from_yaml(text), lines(text)
    except (BadDefinition, UnicodeDecodeError) as error:
        raise Refuse(Problem(422, "bad-data", str(error))) from None


@router.get("/{name}")
def get_workflow(office: OfficeOf, viewer: ReaderOf, name: str) -> Response:
    """One definition as data."""
    return json_response(_named(office, name).model_dump(mode="json"))


@router.get("/{name}/yaml")
def get_yaml(office: OfficeOf, viewer: ReaderOf, name: str) -> Response:
    """One definition as the file that `check` reads."""
    return Response(to_yaml(_named(office, name)), media_type="application/yaml")


@router.get("/{name}/diagram.svg")
def get_picture(office: OfficeOf, viewer: ReaderOf, name: str, lang: Literal["zh", "en"] | None = None) -> Response:
    """The picture of a definition."""
    definition, library = _named(office, name), office.engine.library
    titles = titles_of(name, library.roster())
    return svg_response(draw(definition, titles, None, lang or current_language(), numbers=library.numbers()))


@router.get("/{name}/diagram.mermaid")
def get_chart(office: OfficeOf, viewer: ReaderOf, name: str, lang: Literal["zh", "en"] | None = None) -> Response:
    """The same picture as Mermaid text."""
    definition, library = _named(office, name), office.engine.library
    titles = titles_of(name, library.roster())
    chart = mermaid(definition, titles, None, lang or current_language(), numbers=library.numbers())
    return Response(chart, media_type="text/vnd.mermaid")


@router.get("/{name}/bpmn")
def get_bpmn(
    request: Request, office: OfficeOf, viewer: ReaderOf, name: str, lang: Literal["zh", "en"] | None = None
) -> Response:
    """One definition as BPMN 2.0; who accepts JSON gets the file with the list of what BPMN alone cannot say."""
    definition, library = _named(office, name), office.engine.library
    titles, language = titles_of(name, library.roster()), lang or current_language()
    exported = export(definition, titles, language, library.numbers(), _callers(office, name))
    if request.headers.get("accept") == "application/json":
        return json_response({"xml": exported.xml, "extended": list(exported.extended)})
    headers = {"Content-Disposition": f'attachment; filename="{name}.bpmn"'}
    return Response(exported.xml, media_type="application/xml", headers=headers)


def _callers(office: Office, name: str) -> list[str]:
    """The current definitions that call one."""
    current = [definition for _hash, definition in office.engine.library.current()]
    return [one.name for one in current if any(_calls(node.step, name) for node in index(one).values())]


def _calls(step: Step, name: str) -> bool:
    return isinstance(step, Call) and step.workflow == name


def _named(office: Office, name: str) -> Workflow:
    found = next((one for _hash, one in office.engine.library.current() if one.name == name), None)
    if found is None:
        raise not_found()
    return found
