"""Commands for those who run the office: audit, doctor, db, config, key, sign-in, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_json

from adapters.cli.acting import JSON_TYPE
from adapters.cli.api import succeeded
from adapters.cli.ending import Exit, give_up
from adapters.cli.house import AsJson, StandIn, house_of, refused_with_a_sentence
from adapters.cli.printing import print_json, print_table, print_text
from adapters.settings import shown
from adapters.sql.engines import SqliteDatabase
from adapters.sql.migrations import check as check_revision
from adapters.sql.migrations import current as current_revision
from adapters.sql.migrations import upgrade as upgrade_database
from adapters.texts import _

audit = typer.Typer(no_args_is_help=True, help="核验历史 / the audit of the history")
db = typer.Typer(no_args_is_help=True, help="数据库 / the database")
config = typer.Typer(no_args_is_help=True, help="设置 / settings")
key = typer.Typer(no_args_is_help=True, help="密钥 / keys")
export = typer.Typer(no_args_is_help=True, help="导出 / export")


@audit.command()
def verify(context: typer.Context, *, as_json: AsJson = False) -> None:
    """核验每一条历史、封印和承诺，指出第一处不符 / every chain, seal and commitment."""
    with house_of(context).api() as api:
        body = api.get("/api/audit/verify").body
    if as_json:
        print_json(body)
    elif body["ok"]:
        print_text(_("核验了 %(n)s 条，全部相符", n=body["checked"]))
    else:
        print_text(
            _("核验到第 %(n)s 条时不符：%(where)s，%(why)s", n=body["checked"], where=body["where"], why=body["why"])
        )
    raise typer.Exit(Exit.DONE if body["ok"] else Exit.REFUSED)


@db.command()
def upgrade(context: typer.Context) -> None:
    """把数据库升级到本版本 / bring the database to this version."""
    house = house_of(context)
    with refused_with_a_sentence(), house.rooms.store(house.settings) as units:
        if isinstance(units.database, SqliteDatabase):
            units.database.hold()
        upgrade_database(units.database.writing)
        print_text(_("数据库版本：%(revision)s", revision=current_revision(units.database.writing) or ""))


@db.command()
def current(context: typer.Context, *, as_json: AsJson = False) -> None:
    """数据库现在的版本 / the revision of the database."""
    house = house_of(context)
    with refused_with_a_sentence(), house.rooms.store(house.settings) as units:
        revision = current_revision(units.database.reading)
    if as_json:
        print_json({"revision": revision})
    else:
        print_text(revision or _("空的数据库"))


@db.command()
def check(context: typer.Context) -> None:
    """数据库是否适合本版本 / whether the database fits this version."""
    house = house_of(context)
    with refused_with_a_sentence(), house.rooms.store(house.settings) as units:
        unfit = check_revision(units.database.reading)
    if unfit is not None:
        give_up(Exit.REFUSED, unfit)
    print_text(_("数据库适合本版本"))


@config.command("show")
def show_config(context: typer.Context, *, as_json: AsJson = False) -> None:
    """每项设置、取值和来源 / each setting, its value and origin; secrets masked."""
    found = shown(house_of(context).settings)
    if as_json:
        print_json([{"name": one.name, "value": one.value, "origin": one.origin} for one in found])
        return
    print_table([_("设置"), _("取值"), _("来源")], [[one.name, one.value, one.origin] for one in found])


@key.command()
def issue(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="密钥的名称 / a name for the key")],
    *,
    department: Annotated[str | None, typer.Option(help="部门代码 / department")] = None,
    user: Annotated[str | None, typer.Option(help="人员 / user of the roster")] = None,
    event_type: Annotated[
        list[str] | None, typer.Option("--type", help="只可提交这些事件 / only these event types")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """发放密钥，只显示一次 / issue a key; it is shown once."""
    wanted: dict[str, Any] = {"name": name, "department": department, "user": user, "types": event_type or None}
    with house_of(context).api() as api:
        body = succeeded(
            api.call("POST", "/api/keys", content=to_json(wanted), headers={"Content-Type": JSON_TYPE})
        ).body
    if as_json:
        print_json(body)
        return
    print_text(body["token"])


@key.command()
def revoke(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="密钥的名称 / its name")]
) -> None:
    """吊销密钥 / revoke a key."""
    with house_of(context).api() as api:
        succeeded(api.call("POST", f"/api/keys/{name}/revoke"))
    print_text(_("已吊销 %(name)s，立即生效", name=name))


def sign_in(
    context: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="名册上的人员 / a user of the roster")],
    *,
    as_json: AsJson = False,
) -> None:
    """发放一次性密码，让某人登录网页一次 / a one-time password for the pages; it is shown once."""
    with house_of(context).api() as api:
        body = succeeded(
            api.call("POST", "/api/sign-ins", content=to_json({"user": user}), headers={"Content-Type": JSON_TYPE})
        ).body
    if as_json:
        print_json(body)
        return
    print_text(_("一次性密码：%(password)s", password=body["password"]))
    print_text(_("或打开链接：%(address)s", address=body["address"]))
    print_text(_("30分钟内有效，只能登录一次。"))


@export.command("csv")
def export_csv(
    context: typer.Context,
    *,
    workflow: Annotated[str | None, typer.Option(help="流程 / workflow")] = None,
    state: Annotated[str | None, typer.Option(help="状态 / state")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 / write to a file")] = None,
    stand_in: StandIn = None,
) -> None:
    """办件表，CSV 格式 / the cases as CSV."""
    with house_of(context).api(stand_in) as api:
        text = api.get("/api/export/cases.csv", workflow=workflow, state=state).text
    if output is None:
        print_text(text)
        return
    output.write_text(text, encoding="utf-8", newline="")
