"""Commands that read: event-types, cases, show, explain, preview, inbox."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import at, print_json, print_table, print_text
from adapters.texts import _, current_language

Cell = list[str]
CONFLICT = 409


def event_types(context: typer.Context, *, as_json: AsJson = False) -> None:
    """可以提交的事件类型 / event types with departments, fields and an example."""
    with house_of(context).api() as api:
        body = api.get("/api/event-types").body
    if as_json:
        print_json(body)
        return
    language = current_language()
    rows = [
        [
            one["type"],
            one["title"][language],
            "、".join(one["departments"]),
            "、".join(one["headers"][language].values()),
        ]
        for one in body["event_types"]
    ]
    print_table([_("事件类型"), _("含义"), _("可提交的部门"), _("字段")], rows)


def cases(  # each filter of the list is an option
    context: typer.Context,
    *,
    workflow: Annotated[str | None, typer.Option(help="流程 / workflow")] = None,
    state: Annotated[str | None, typer.Option(help="状态 / state")] = None,
    light: Annotated[str | None, typer.Option(help="灯色 / light")] = None,
    department: Annotated[str | None, typer.Option(help="部门 / department")] = None,
    holder: Annotated[str | None, typer.Option(help="办理人 / holder")] = None,
    subject: Annotated[str | None, typer.Option(help="对象编号 / subject")] = None,
    text: Annotated[str | None, typer.Option(help="文字 / text")] = None,
    quarantined: Annotated[bool | None, typer.Option(help="只看已隔离的 / quarantined only")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="最多几件 / at most")] = 50,
    cursor: Annotated[str | None, typer.Option(help="续页 / continue a list")] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """办件列表 / the cases."""
    with house_of(context).api(stand_in) as api:
        body = api.get(
            "/api/cases",
            workflow=workflow,
            state=state,
            light=light,
            department=department,
            holder=holder,
            subject=subject,
            text=text,
            quarantined=quarantined,
            limit=limit,
            cursor=cursor,
        ).body
    if as_json:
        print_json(body)
        return
    print_table(case_headers(), [case_cells(row) for row in body["cases"]])
    if body["cursor"]:
        print_text(_("还有更多：加上 --cursor %(cursor)s", cursor=f"'{body['cursor']}'"))


def case_headers() -> Cell:
    """The headers of the table of cases."""
    return [_("办件"), _("对象"), _("流程"), _("状态"), _("环节"), _("办理人"), _("时限")]


def case_cells(row: dict[str, Any]) -> Cell:
    """A line of the table of cases."""
    said = row["titles"]
    state = _("已隔离") if row["quarantined"] else said["state"]
    limit = " ".join(part for part in (said["light"], said["left"]) if part)
    return [row["id"], row["subject"], said["workflow"], state, said["step"], said["holders"], limit]


def show(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="办件编号 / the case")],
    *,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """一个办件和它的经过 / one case with its timeline."""
    with house_of(context).api(stand_in) as api:
        body = api.get(f"/api/cases/{case}").body
        entries = api.get(f"/api/cases/{case}/history").body["history"]
    if as_json:
        print_json(body | {"history": entries})
        return
    said = body["titles"]
    mark = _("样例 ") if body["sample"] else ""
    print_text(f"{mark}{said['workflow']}  {body['subject']}  {said['state']}  {said['step']}".rstrip())
    fields = [[name, str(value)] for name, value in body["fields"].items()]
    print_table([_("字段"), _("值")], fields)
    print_table([_("序号"), _("时间"), _("经过"), _("办理人"), _("结果")], [_entry_cells(entry) for entry in entries])


def _entry_cells(entry: dict[str, Any]) -> Cell:
    said = entry["titles"]
    what = said["what"] + (_("(%(reason)s)", reason=said["reason"]) if said["reason"] else "")
    about = [_("关于第%(seq)s条的评论", seq=said["about"])] if said["about"] else []
    results = [*about, *said["follows"], *([said["taken_back"]] if said["taken_back"] else [])]
    return [str(entry["seq"]), at(entry["at"]), what, said["who"], "\n".join(results)]


def explain(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="办件编号 / the case")],
    *,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """为什么等待、等谁、从何时起、怎样推进 / why a case waits, for whom, since when, what would move it."""
    with house_of(context).api(stand_in) as api:
        body = api.get(f"/api/cases/{case}/explain").body
    if as_json:
        print_json(body)
        return
    print_text(body["sentence"])
    for line in (body["due_because"] or {}).get("sentences", ()):
        print_text(f"  {line}")
    for one in body["items"]:
        _print_operations(_("待办 %(item)s（%(step)s）", item=one["item"], step=one["step"]), one["operations"])
    _print_operations(_("办件 %(case)s", case=case), body["operations"])


def _print_operations(about: str, operations: list[dict[str, Any]]) -> None:
    """What may be pressed now, with what it asks for; and why not where the state forbids it."""
    offered = [_offered(one) for one in operations if one["offered"]]
    if offered:
        print_text(_("您现在可以办理%(about)s：%(verbs)s", about=about, verbs=_("、").join(offered)))
    for one in operations:
        if not one["offered"] and one["why_not"]["status"] == CONFLICT:
            print_text(f"  {one['verb']} {one['title']}{_('：')}{one['why_not']['detail']}")


def _offered(one: dict[str, Any]) -> str:
    """A verb with the names of what it needs, and whether it cannot be undone."""
    needed = [*one["schema"].get("required", ())]
    asks = f"({', '.join(needed)})" if needed else ""
    return f"{one['verb']} {one['title']}{asks}" + (_("（不能撤销）") if one["irreversible"] else "")


def preview(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="办件编号 / the case")],
    *,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """后续环节:谁来办、何时办结;取决于未知情况的各种走向都列出 / the way ahead, both ways where a value is not known yet."""
    with house_of(context).api(stand_in) as api:
        body = api.get(f"/api/cases/{case}/preview").body
    if as_json:
        print_json(body)
        return
    # A sequence has nothing to say of itself.
    steps = [one for one in body["steps"] if one["kind"] != "sequence"]
    heads = [_("环节"), _("办理人"), _("时限"), _("是否经过"), _("前提"), _("逾期处理")]
    print_table(heads, [_ahead_cells(one) for one in steps])
    print_text(_("走完这些环节即办结") if body["ends"] else _("走完这些环节后仍未办结"))


def _ahead_cells(one: dict[str, Any]) -> Cell:
    sure = {"live": _("正在办理"), "certain": _("一定经过"), "possible": _("可能经过")}[one["sure"]]
    who = _("取决于尚未填写的内容") if one["who_unknown"] else one["titles"]["who"]
    return [
        one["titles"]["step"],
        who,
        at(one["due_at"]),
        sure,
        one["titles"]["branch"] or "",
        one["titles"]["by_itself"],
    ]


def inbox(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, max=500, help="最多几项 / at most")] = 50,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """本人的待办 / the open work items of the person whose key is used."""
    with house_of(context).api(stand_in) as api:
        body = api.get("/api/work-items", limit=limit).body
    if as_json:
        print_json(body)
        return
    rows = [
        [
            one["id"],
            one["subject"],
            one["titles"]["workflow"],
            one["titles"]["step"],
            _limit(one),
            " ".join(one["verbs"]),
        ]
        for one in body["items"]
    ]
    print_table([_("待办"), _("对象"), _("流程"), _("环节"), _("时限"), _("可以办理")], rows)


def _limit(item: dict[str, Any]) -> str:
    return " ".join(part for part in (item["titles"]["light"], item["titles"]["left"]) if part)
