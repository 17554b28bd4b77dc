"""`act` and `batch`: the same verbs as on the pages, as the person whose key is used; and `withdraw` for a case."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import typer
from pydantic_core import from_json, to_json

from adapters.cli.api import succeeded
from adapters.cli.ending import Exit, give_up
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import print_json, print_table, print_text
from adapters.texts import _

JSON_TYPE = "application/json"


def act(  # everything that a person may say to an item is an option
    context: typer.Context,
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="待办编号(撤回时为办件编号) / the item, or the case to withdraw")
    ],
    verb: Annotated[str, typer.Argument(metavar="VERB", help="agree|reject|return|complete|withdraw")],
    *,
    opinion: Annotated[str, typer.Option(help="意见 / opinion")] = "",
    reason: Annotated[str | None, typer.Option(help="规定的原因 / a reason of the closed list")] = None,
    field: Annotated[list[str] | None, typer.Option(metavar="K=V", help="表单字段 / a field of the form")] = None,
    version: Annotated[int | None, typer.Option(help="看到的版本 / the version that was looked at")] = None,
    key: Annotated[
        str | None, typer.Option(help="幂等键,重试时用同一个 / idempotency key, the same for a retry")
    ] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """办理一项待办 / act on a work item."""
    body: dict[str, Any] = {"version": version, "opinion": opinion}
    path = f"/api/cases/{item}/withdraw"
    if verb != "withdraw":
        path = f"/api/work-items/{item}/{verb}"
        body |= {"reason": reason, "form": dict(map(_field, field or []))}
    headers = {"Content-Type": JSON_TYPE, "Idempotency-Key": key or uuid.uuid4().hex}
    with house_of(context).api(stand_in) as api:
        answer = succeeded(api.call("POST", path, content=to_json(body), headers=headers)).body
    if as_json:
        print_json(answer)
        return
    print_text(_("已办理。用 liaison explain %(case)s 查看下一步", case=answer["case"]))


def batch(  # what may be said to all of the items is an option
    context: typer.Context,
    verb: Annotated[str, typer.Argument(metavar="VERB", help="agree|reject|complete|…")],
    items: Annotated[list[str], typer.Argument(metavar="ITEM…", help="同一环节的待办编号 / items of one step")],
    *,
    opinion: Annotated[str, typer.Option(help="意见 / opinion")] = "",
    reason: Annotated[str | None, typer.Option(help="规定的原因 / a reason of the closed list")] = None,
    key: Annotated[
        str | None, typer.Option(help="幂等键,重试时用同一个 / idempotency key, the same for a retry")
    ] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """批量办理同一环节的待办,每项各有结果 / act on several items of one step, each with its own outcome."""
    acts = [{"item": one, "verb": verb, "opinion": opinion, "reason": reason} for one in items]
    headers = {"Content-Type": JSON_TYPE, "Idempotency-Key": key or uuid.uuid4().hex}
    with house_of(context).api(stand_in) as api:
        content = to_json({"acts": acts})
        answer = succeeded(api.call("POST", "/api/work-items/act", content=content, headers=headers)).body
    if as_json:
        print_json(answer)
    else:
        rows = [[item, one.get("detail") or _("已办理")] for item, one in zip(items, answer["results"], strict=True)]
        print_table([_("待办"), _("结果")], rows)
        print_text(_("共%(all)s项，已办理%(done)s项", all=len(items), done=answer["done"]))
    raise typer.Exit(Exit.REFUSED if answer["refused"] else Exit.DONE)


def _field(given: str) -> tuple[str, Any]:
    """A field as NAME=VALUE; what reads as JSON (true, 3, null) is that value, anything else is text."""
    name, equals, value = given.partition("=")
    if not equals:
        give_up(Exit.USAGE, _("--field %(given)s：应当写成 名称=值", given=given))
    try:
        return name, from_json(value)
    except ValueError:
        return name, value
