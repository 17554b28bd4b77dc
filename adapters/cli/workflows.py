"""`workflows`: the definitions, one as data or picture, the check of a file, and its adoption."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.api import Api, Reply, succeeded
from adapters.cli.definitions import Document, documents_in
from adapters.cli.ending import Exit, errors, give_up
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.migrating import diff, migrate
from adapters.cli.printing import print_json, print_table, print_text
from adapters.texts import _
from workflows.language.files import canonical_json, from_yaml

app = typer.Typer(no_args_is_help=True, help="流程定义 / workflow definitions")

Name = Annotated[str, typer.Argument(metavar="NAME", help="流程名称 / the workflow")]


class Format(StrEnum):
    """Kinds of picture."""

    SVG = "svg"
    MERMAID = "mermaid"
    BPMN = "bpmn"


class Kind(StrEnum):
    """Kinds of definition file."""

    YAML = "yaml"
    JSON = "json"


Output = Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 / write to a file")]


@app.command("list")
def list_workflows(context: typer.Context, *, as_json: AsJson = False) -> None:
    """现行流程 / the current definitions."""
    with house_of(context).api() as api:
        body = api.get("/api/workflows").body
    if as_json:
        print_json(body)
        return
    rows = [[one["name"], one["title"], one["starts_on"], one["hash"][:12]] for one in body["workflows"]]
    print_table([_("名称"), _("流程"), _("由何事件启动"), _("版本")], rows)


@app.command()
def show(context: typer.Context, name: Name, *, as_json: AsJson = False) -> None:
    """一个流程的定义(YAML)/ one definition."""
    with house_of(context).api() as api:
        if as_json:
            print_json(api.get(f"/api/workflows/{name}").body)
        else:
            print_text(api.get(f"/api/workflows/{name}/yaml").text)


@app.command()
def diagram(
    context: typer.Context,
    name: Name,
    *,
    kind: Annotated[Format, typer.Option("--format", help="图的格式 / format")] = Format.SVG,
    output: Output = None,
) -> None:
    """流程图 / the picture of a workflow."""
    with house_of(context).api() as api:
        picture = _bpmn(api, name) if kind is Format.BPMN else api.get(f"/api/workflows/{name}/diagram.{kind}").text
    _write(picture, output)


def _bpmn(api: Api, name: str) -> str:
    """The file; what BPMN alone cannot say is told beside it."""
    body = succeeded(api.call("GET", f"/api/workflows/{name}/bpmn", headers={"Accept": "application/json"})).body
    for one in body["extended"]:
        errors.print(_("BPMN 之外的内容：%(what)s", what=one), markup=False)
    xml: str = body["xml"]
    return xml


@app.command()
def export(
    context: typer.Context,
    name: Name,
    *,
    kind: Annotated[Kind, typer.Option("--format", help="文件格式 / format")] = Kind.YAML,
    output: Output = None,
) -> None:
    """导出一个流程的定义，可修改后再检查 / one definition as a file that `check` reads."""
    with house_of(context).api() as api:
        text = api.get(f"/api/workflows/{name}/yaml").text
    _write(text if kind is Kind.YAML else canonical_json(from_yaml(text)).decode() + "\n", output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print_text(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法写入：%(why)s", name=str(output), why=error.strerror or ""))


@app.command()
def versions(context: typer.Context, name: Name, *, as_json: AsJson = False) -> None:
    """一个流程的各个版本 / every version that is kept; running cases stay on theirs."""
    with house_of(context).api() as api:
        body = api.get(f"/api/workflows/{name}/versions").body
    if as_json:
        print_json(body)
        return
    print_table(
        [_("版本"), _("现行")], [[one["hash"][:12], _("现行") if one["current"] else ""] for one in body["versions"]]
    )


@app.command()
def check(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE.yaml|.json|.py]", help="省略时检查现行流程 / default: the current ones"),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """检查流程定义 / what is wrong with a definition, where, and what to do; notes are worth knowing and no mistake."""
    with house_of(context).api() as api:
        given = _current(api) if file is None else documents_in(file)
        replies = [_posted(api, "/api/workflows/check", one).body for one in given]
    if as_json:
        print_json({"workflows": replies})
    findings = [one for reply in replies for one in reply["findings"]]
    if not as_json:
        _print_findings(file, findings)
        _print_findings(file, [one for reply in replies for one in reply["notes"]], _("提示："))
        print_text(_("检查了 %(n)s 个流程，发现 %(found)s 处问题", n=len(replies), found=len(findings)))
    raise typer.Exit(Exit.REFUSED if findings else Exit.DONE)


@app.command()
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml|.json|.py", help="流程定义文件 / the definition")],
    *,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """检查并采用一个流程 / check a definition with the current ones and adopt it; running cases stay on their version."""
    documents = documents_in(file)
    with house_of(context).api(stand_in) as api:
        replies = [_posted(api, "/api/workflows", one) for one in documents]
    if as_json:
        print_json({"workflows": [reply.body for reply in replies]})
    else:
        for reply in replies:
            _tell_added(file, reply.body)
    raise typer.Exit(Exit.REFUSED if any("findings" in reply.body for reply in replies) else Exit.DONE)


def _tell_added(file: Path, body: dict[str, Any]) -> None:
    if "findings" in body:
        _print_findings(file, body["findings"])
        errors.print(body["detail"], style="red", markup=False)
        return
    _print_findings(file, body["notes"], _("提示："))
    which = {"name": body["name"], "hash": body["hash"][:12]}
    added = body["added"]
    print_text(_("已采用 %(name)s，版本 %(hash)s", **which) if added else _("%(name)s 已是版本 %(hash)s", **which))


def _print_findings(file: Path | None, findings: list[dict[str, Any]], mark: str = "") -> None:
    for one in findings:
        place = _place(file, one["line"])
        print_text(f"{mark}{place}{one['workflow']}  {one['path']}  {one['problem']}。{one['remedy']}")


def _place(file: Path | None, line: int | None) -> str:
    """FILE:LINE, as editors jump to it, where the definition was read from a YAML file."""
    return "" if file is None or line is None else f"{file}:{line}  "


def _current(api: Api) -> list[Document]:
    names = [one["name"] for one in api.get("/api/workflows").body["workflows"]]
    return [(api.get(f"/api/workflows/{name}/yaml").text.encode(), "application/yaml") for name in names]


def _posted(api: Api, path: str, document: Document) -> Reply:
    """The answer; that a definition is not sound is one too."""
    content, media = document
    reply = api.call("POST", path, content=content, headers={"Content-Type": media})
    return reply if isinstance(reply.body, dict) and "findings" in reply.body else succeeded(reply)


app.command()(diff)
app.command()(migrate)
