"""Commands for the working calendar: calendar import, calendar show."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from adapters.cli.api import Api, Reply, refusal
from adapters.cli.ending import Exit, exit_of, give_up
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import print_json, print_table, print_text
from adapters.texts import _
from domain.texts import zh

app = typer.Typer(no_args_is_help=True, help="工作日历 / the working calendar")

KINDS: Final = {
    "workday": zh("工作日"),
    "weekend": zh("周末"),
    "holiday": zh("放假"),
    "make_up": zh("调休上班"),
    "closed": zh("本地放假"),
    "opened": zh("本地上班"),
}
LAYERS: Final = {"nation": zh("全国"), "county": zh("全县"), "department": zh("本部门")}
_WEEKDAYS: Final = (zh("周一"), zh("周二"), zh("周三"), zh("周四"), zh("周五"), zh("周六"), zh("周日"))


@app.command("import")
def import_notice(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="放假安排表，XLSX 或 CSV / the notice as a sheet")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看差异，不更新 / differences only")] = False,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """导入放假安排，先列出差异，再成为新版本 / import the yearly notice, the differences first."""
    content = _content(file)
    with house_of(context).api(stand_in) as api:
        found = _sent(api, content, preview=True)
        if not as_json:
            _print_differences(found)
        if not dry_run:
            found = _sent(api, content, preview=False)
    if as_json:
        print_json(found)
    elif found["published"]:
        print_text(_("已发布日历版本%(version)s，未办结事项的时限随后重新计算", version=found["version"]))
    else:
        print_text(_("没有更新日历"))


@app.command()
def show(
    context: typer.Context,
    year: Annotated[int | None, typer.Argument(metavar="YEAR", min=1900, max=2200, help="年份 / year")] = None,
    *,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """一年的放假、调休和作息 / holidays, make-up days and hours of a year."""
    with house_of(context).api(stand_in) as api:
        body = api.get("/api/calendar", year=year).body
    if as_json:
        print_json(body)
        return
    print_text(_("日历版本%(version)s，工作时间%(hours)s", version=body["version"], hours="、".join(body["hours"])))
    if not body["announced"]:
        print_text(_("%(year)s年的放假安排尚未公布：按周一至周五暂定", year=body["year"]))
    _print_days([one | {"for": ""} for one in body["days"]])
    for code, own in body["departments"].items():
        hours = "、".join(own["hours"] or body["hours"])
        print_text(_("部门%(code)s：工作时间%(hours)s", code=code, hours=hours))
        _print_days([one | {"for": code} for one in own["days"]])


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法读取：%(why)s", name=str(file), why=error.strerror or ""))


def _sent(api: Api, content: bytes, *, preview: bool) -> Any:
    headers = {"Content-Type": "application/octet-stream"}
    reply = api.call("POST", "/api/calendar/notices", params={"preview": preview}, content=content, headers=headers)
    return _accepted(reply).body


def _accepted(reply: Reply) -> Reply:
    code = exit_of(reply.status)
    if code is not Exit.DONE:
        give_up(code, refusal(reply.body))
    return reply


def _print_differences(found: dict[str, Any]) -> None:
    print_text(_("与现行版本%(old)s的差异：", old=found["replaces"]))
    if found["announced"] is not None:
        first, last = found["announced"]
        print_text(_("新公布：%(first)s至%(last)s", first=first, last=last))
    _print_days(found["days"])
    for code in found["hours"]:
        print_text(_("工作时间改变：%(who)s", who=code or _("全县")))
    headers = [_("流程"), _("未办结时限"), _("提前"), _("推后"), _("确定不变")]
    cells = ("workflow", "open", "earlier", "later", "confirmed")
    print_table(headers, [[str(one[name]) for name in cells] for one in found["moves"]])


def _print_days(days: list[dict[str, Any]]) -> None:
    if days:
        headers = [_("日期"), _("星期"), _("安排"), _("名称"), _("范围")]
        print_table(headers, [_cells(one) for one in days])


def _cells(one: dict[str, Any]) -> list[str]:
    weekday = _WEEKDAYS[date.fromisoformat(one["date"]).weekday()]
    kind, layer = KINDS[one["kind"]], LAYERS[one["layer"]]
    return [one["date"], _(weekday), _(kind), one["name"], one["for"] or _(layer)]
