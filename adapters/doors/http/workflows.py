"""/api/workflows: the definitions with their versions, pictures and files, and what is different between two."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response

from adapters.doors.http.answers import Refuse, json_response, not_found
from adapters.doors.http.cases import svg_response
from adapters.doors.http.office import Office, OfficeOf
from adapters.doors.http.viewers import ReaderOf
from adapters.doors.problems import Problem
from adapters.texts import _, current_language
from adapters.titles import titles_of
from domain.events import WIRE_PREFIX
from workflows.language.differences import differences
from workflows.language.files import to_yaml
from workflows.language.words import Call, Step, Workflow
from workflows.machine.nodes import index
from workflows.pictures.bpmn.export import export
from workflows.pictures.mermaid import mermaid
from workflows.pictures.svg import draw

router = APIRouter(prefix="/api/workflows", tags=["workflows"])

SHORTEST_HASH: Final = 8


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


@router.get("/{name}/versions")
def list_versions(office: OfficeOf, viewer: ReaderOf, name: str) -> Response:
    """Every version of a workflow that is kept, the newest last: running cases stay on theirs."""
    current, _definition = _current(office, name)
    rows = [
        {"hash": digest, "current": digest == current, "language": one.language}
        for digest, one in office.engine.library.stored()
        if one.name == name
    ]
    return json_response({"name": name, "versions": rows})


@router.get("/{name}/diff")
def get_difference(  # two versions, by hash
    office: OfficeOf,
    viewer: ReaderOf,
    name: str,
    before: Annotated[str, Query(alias="from", max_length=64)],
    after: Annotated[str | None, Query(alias="to", max_length=64)] = None,
) -> Response:
    """What is different between two versions of a workflow, named by hash (or its beginning); `to` is the current one."""
    was, old = version_of(office, name, before)
    stands, new = _current(office, name) if after is None else version_of(office, name, after)
    return json_response({"from": was, "to": stands, "differences": differences(old, new)})


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


def _named(office: Office, which: str) -> Workflow:
    """The current definition of a name, or the version with this hash."""
    return version_of(office, None, which)[1]


def _current(office: Office, name: str) -> tuple[str, Workflow]:
    found = next((one for one in office.engine.library.current() if one[1].name == name), None)
    if found is None:
        raise not_found()
    return found


def version_of(office: Office, name: str | None, which: str) -> tuple[str, Workflow]:
    """(hash, definition) of the version that `which` names: a workflow's name (the current version), a hash, or how it begins.

    Raises:
        Refuse: 404 where there is none, 409 where the beginning of a hash fits several.
    """
    library = office.engine.library
    current = [one for one in library.current() if one[1].name == which]
    if current:
        return current[0]
    fitting = [one for one in library.stored() if one[0].startswith(which) and name in (None, one[1].name)]
    if len(which) < SHORTEST_HASH or not fitting:
        raise not_found()
    if len(fitting) > 1:
        raise Refuse(Problem(409, "ambiguous-version", _("有多个版本以%(which)s开头，请多写几位", which=which)))
    return fitting[0]
