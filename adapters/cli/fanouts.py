"""Commands for what concerns many cases at once: fanouts list, show, announce, undo."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import typer
from pydantic_core import to_json

from adapters.cli.acting import JSON_TYPE
from adapters.cli.api import Api, succeeded
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import at, print_json, print_table, print_text
from adapters.texts import _

app = typer.Typer(no_args_is_help=True, help="一次涉及许多办件的通知 / what concerns many cases at once")

Named = Annotated[str, typer.Argument(metavar="FANOUT", help="编号 / its id")]


@app.command("list")
def list_fanouts(context: typer.Context, *, stand_in: StandIn = None, as_json: AsJson = False) -> None:
    """最近的通知和进度 / the last ones, with how far each has come."""
    with house_of(context).api(stand_in) as api:
        body = api.get("/api/fanouts").body
    if as_json:
        print_json(body)
        return
    headers = [_("编号"), _("种类"), _("状态"), _("进度"), _("发起人"), _("时间")]
    print_table(headers, [_cells(one) for one in body["fanouts"]])


@app.command()
def show(context: typer.Context, fanout: Named, *, stand_in: StandIn = None, as_json: AsJson = False) -> None:
    """一次通知 / one of them."""
    with house_of(context).api(stand_in) as api:
        body = api.get(f"/api/fanouts/{fanout}").body
    _print(body, as_json=as_json)


@app.command()
def announce(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="通知内容 / what they are told")],
    *,
    workflow: Annotated[str | None, typer.Option(help="只限这个流程 / only this workflow")] = None,
    town: Annotated[str | None, typer.Option(help="只限这个镇街的代码 / only this town")] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """通知一个流程或镇街的全部办件 / let the cases of a workflow or a town know something."""
    with house_of(context).api(stand_in) as api:
        made = _post(api, "/api/fanouts", {"text": text, "workflow": workflow, "town": town})
        body = api.get(f"/api/fanouts/{made['id']}").body
    _print(body, as_json=as_json)


@app.command()
def undo(
    context: typer.Context,
    fanout: Named,
    *,
    reason: Annotated[str, typer.Option(help="原因 / why")],
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """撤销：未发的不再发，未办的收回，已办的能更正则更正 / stop it, take back what can be, counter the rest."""
    with house_of(context).api(stand_in) as api:
        body = _post(api, f"/api/fanouts/{fanout}/undo", {"reason": reason})
    _print(body, as_json=as_json)


def _post(api: Api, path: str, body: dict[str, Any]) -> Any:
    headers = {"Content-Type": JSON_TYPE, "Idempotency-Key": secrets.token_hex(16)}
    return succeeded(api.call("POST", path, content=to_json(body), headers=headers)).body


def _print(body: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(body)
    else:
        print_text("  ".join(_cells(body)))


def _cells(one: dict[str, Any]) -> list[str]:
    return [one["id"], one["kind"], one["state"], one["said"], one["by"], at(one["started_at"])]
