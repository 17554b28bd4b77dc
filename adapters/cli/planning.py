"""Commands for what comes later, and for the numbers that were given: plans, serials."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import at, print_json, print_table, print_text
from adapters.texts import _


def plans(  # each filter of the list is an option
    context: typer.Context,
    *,
    case: Annotated[str | None, typer.Option(help="办件 / the case")] = None,
    subject: Annotated[str | None, typer.Option(help="对象编号 / subject")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="最多几项 / at most")] = 50,
    cursor: Annotated[str | None, typer.Option(help="续页 / continue a list")] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """后续计划，最近的在前 / what is planned, the soonest first."""
    with house_of(context).api(stand_in) as api:
        body = api.get("/api/plans", case=case, subject=subject, limit=limit, cursor=cursor).body
    if as_json:
        print_json(body)
        return
    print_table([_("时间"), _("计划"), _("对象"), _("内容"), _("第几次")], [_plan_cells(one) for one in body["plans"]])
    if body["cursor"]:
        print_text(_("还有更多：加上 --cursor %(cursor)s", cursor=f"'{body['cursor']}'"))


def _plan_cells(one: dict[str, Any]) -> list[str]:
    return [at(one["due_at"]), one["name"], one["subject"], one["event"] or one["starts"], str(one["occurrence"])]


def serials(
    context: typer.Context,
    *,
    series: Annotated[str | None, typer.Option(help="编号系列 / the series")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="最多几项 / at most")] = 50,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """已给出的编号，最近的在前 / the numbers that were given, the last ones first."""
    with house_of(context).api(stand_in) as api:
        body = api.get("/api/serials", series=series, limit=limit).body
    if as_json:
        print_json(body)
        return
    rows = [[one["series"], one["text"], one["case"], at(one["at"])] for one in body["serials"]]
    print_table([_("系列"), _("编号"), _("办件"), _("时间")], rows)
