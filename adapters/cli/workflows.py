"""`workflows`: the definitions, one as data or picture, and the check of a file."""

from __future__ import annotations

import runpy
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.api import Api, Reply, succeeded
from adapters.cli.ending import Exit, errors, give_up
from adapters.cli.house import AsJson, house_of
from adapters.cli.printing import print_json, print_table, print_text
from adapters.texts import _
from workflows.language.files import canonical_json, from_yaml
from workflows.language.words import Workflow

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
def check(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE.yaml|.json|.py]", help="省略时检查现行流程 / default: the current ones"),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """检查流程定义 / what is wrong with a definition, where, and what to do."""
    with house_of(context).api() as api:
        replies = [_checked(api, content, media) for content, media in _definitions(api, file)]
    if as_json:
        print_json({"workflows": [reply.body for reply in replies]})
    findings = [one | {"workflow": reply.body["name"]} for reply in replies for one in reply.body["findings"]]
    if not as_json:
        for one in findings:
            print_text(
                f"{_place(file, one['line'])}{one['workflow']}  {one['path']}  {one['problem']}。{one['remedy']}"
            )
        print_text(_("检查了 %(n)s 个流程，发现 %(found)s 处问题", n=len(replies), found=len(findings)))
    raise typer.Exit(Exit.REFUSED if findings else Exit.DONE)


def _place(file: Path | None, line: int | None) -> str:
    """FILE:LINE, as editors jump to it, where the definition was read from a YAML file."""
    return "" if file is None or line is None else f"{file}:{line}  "


def _definitions(api: Api, file: Path | None) -> list[tuple[bytes, str]]:
    if file is None:
        names = [one["name"] for one in api.get("/api/workflows").body["workflows"]]
        return [(api.get(f"/api/workflows/{name}/yaml").text.encode(), "application/yaml") for name in names]
    try:
        if file.suffix == ".py":
            return [(canonical_json(one), "application/json") for one in _from_python(file)]
        return [(file.read_bytes(), "application/json" if file.suffix == ".json" else "application/yaml")]
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法读取：%(why)s", name=str(file), why=error.strerror or ""))


def _from_python(file: Path) -> list[Workflow]:
    """Every definition that a catalogue file names; it is run as the program of the person who asks."""
    found = [value for value in runpy.run_path(str(file)).values() if isinstance(value, Workflow)]
    if not found:
        give_up(Exit.USAGE, _("%(name)s 里没有流程定义", name=str(file)))
    return found


def _checked(api: Api, content: bytes, media: str) -> Reply:
    return succeeded(api.call("POST", "/api/workflows/check", content=content, headers={"Content-Type": media}))
