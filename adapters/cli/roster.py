"""`roster`: the office's people as a workbook: shown, exported, compared and adopted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from adapters.cli.api import Api, succeeded
from adapters.cli.ending import Exit, errors, give_up
from adapters.cli.founding import found_office
from adapters.cli.house import AsJson, House, house_of, refused_with_a_sentence
from adapters.cli.printing import print_json, print_table, print_text
from adapters.rosters.reading import read_roster
from adapters.rosters.writing import write_roster
from adapters.sql.library import SqlLibrary
from adapters.texts import _
from domain.roster import Roster, parse_roster
from domain.texts import zh

app = typer.Typer(no_args_is_help=True, help="名册:部门、岗位、任职、代理 / the roster")

File = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="名册工作簿 / the workbook")]

_SHEETS: Final = {
    "departments": zh("部门"),
    "posts": zh("岗位"),
    "appointments": zh("任职"),
    "proxies": zh("代理"),
    "handovers": zh("离职转交"),
}
_HOW: Final = {"added": zh("新增"), "removed": zh("删除"), "changed": zh("更改")}


@app.command()
def show(context: typer.Context, *, as_json: AsJson = False) -> None:
    """现行名册 / the current roster: who holds which post."""
    with house_of(context).api() as api:
        body = api.get("/api/roster").body
    if as_json:
        print_json(body)
        return
    posts = {one["code"]: one for one in body["posts"]}
    rows = [
        [one["user"], one["post"], posts[one["post"]]["title_zh"], one["since"], one["until"] or ""]
        for one in body["appointments"]
    ]
    print_table([_("账号"), _("岗位代码"), _("岗位"), _("起始日期"), _("终止日期")], rows)
    print_text(_("版本：%(version)s", version=body["version"]))


@app.command()
def export(
    context: typer.Context, output: Annotated[Path, typer.Option("--output", "-o", help="写入文件 / write to a file")]
) -> None:
    """导出现行名册为工作簿，可修改后导入 / the current roster as a workbook to change and import."""
    with house_of(context).api() as api:
        content = write_roster(parse_roster(api.get("/api/roster").body))
    try:
        output.write_bytes(content)
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法写入：%(why)s", name=str(output), why=error.strerror or ""))


@app.command()
def diff(context: typer.Context, file: File, *, as_json: AsJson = False) -> None:
    """工作簿与现行名册的差别，不采用 / what a workbook would change; nothing is adopted."""
    _send(house_of(context), _read(file), preview=True, as_json=as_json)


@app.command("import")
def import_roster(
    context: typer.Context,
    file: File,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看差别，不采用 / only show what it changes")] = False,
    as_json: AsJson = False,
) -> None:
    """采用工作簿中的名册，成为新版本；空数据库由此开始 / adopt a workbook's roster; an empty database begins with it."""
    house, content = house_of(context), _read(file)
    if house.has_roster():
        _send(house, content, preview=dry_run, as_json=as_json)
    else:
        _begin(house, content, dry_run=dry_run)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法读取：%(why)s", name=str(file), why=error.strerror or ""))


def _send(house: House, content: bytes, *, preview: bool, as_json: bool) -> None:
    with house.api() as api:
        body = _answer(api, content, preview=preview)
    if as_json:
        print_json(body)
    else:
        _print(body)


def _answer(api: Api, content: bytes, *, preview: bool) -> Any:
    return succeeded(
        api.call("POST", "/api/roster", params={"preview": "true"} if preview else None, content=content)
    ).body


def _print(body: Any) -> None:
    if body["same"] and not body["rows"]:
        print_text(_("与现行名册相同（版本 %(version)s）", version=body["version"]))
        return
    named = ((_SHEETS[one["sheet"]], _HOW[one["how"]], one["name"]) for one in body["rows"])
    rows = [[_(sheet), _(how), name] for sheet, how, name in named]
    print_table([_("工作表"), _("变化"), _("内容")], rows)
    if body["people"]:
        people = [[one["user"], " ".join(one["gains"]), " ".join(one["loses"])] for one in body["people"]]
        print_table([_("账号"), _("得到"), _("失去")], people)
    if body["items"]:
        items = [[one["id"], one["case"], one["path"], " ".join(one["now"]), _then(one)] for one in body["items"]]
        heading = [_("待办"), _("办件"), _("环节"), _("现办理人"), _("之后")]
        print_table(heading, items, title=_("离任人员和空缺角色的待办"))
    if body["staying"]:
        staying = [[one["user"], one["copies"], one["drafts"], one["visits"], _heirs(one)] for one in body["staying"]]
        heading = [_("账号"), _("未读抄送"), _("暂存"), _("已排走访"), _("走访随岗位转给")]
        print_table(heading, staying, title=_("不随待办转交：抄送和暂存属于本人，走访属于岗位"))
    for one in body["findings"]:
        errors.print(f"{one['workflow']} {one['path']}  {one['message']}", markup=False)
    if body["adopted"]:
        print_text(_("已采用，版本 %(version)s", version=body["version"]))
    else:
        print_text(_("没有采用（试运行），版本会是 %(version)s", version=body["version"]))


def _then(one: Any) -> str:
    """Who gets an item, and why where it is not simply the next one."""
    if not one["then"]:
        return _("关闭")
    told = " ".join(one["then"]) if one["then"] != one["now"] else _("不变")
    if any(rule.startswith("peer:") for rule in one["rules"]):
        return _("%(who)s（接任人已是本环节办理人）", who=told)
    return _("%(who)s（无人接任）", who=told) if "nobody.office" in one["rules"] else told


def _heirs(one: Any) -> str:
    if not one["visits"]:
        return ""
    return " ".join(one["heirs"]) or _("暂无人，由联席会议办公室调整")


def _begin(house: House, content: bytes, *, dry_run: bool) -> None:
    """The first roster of an office: there is nothing yet that it could change."""
    roster = read_roster(content, house.settings.county)
    if not isinstance(roster, Roster):
        for fault in roster:
            errors.print(f"  {fault.pointer}  {fault.detail}", markup=False)
        give_up(Exit.REFUSED, _("名册有 %(n)s 处错误，没有采用", n=len(roster)))
    if dry_run:
        print_text(_("没有采用（试运行）：这将是第一个名册，有 %(n)s 人任职", n=len(roster.appointments)))
        return
    with refused_with_a_sentence(), house.rooms.store(house.settings) as units:
        found_office(units)
        made = SqlLibrary(units).adopt_roster(roster)
    print_text(_("已采用，版本 %(version)s", version=made.version))
