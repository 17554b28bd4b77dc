"""`workflows diff` and `workflows migrate`: what is different between two versions, and the move of running cases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic_core import to_json

from adapters.cli.api import Api, succeeded
from adapters.cli.definitions import read_definition
from adapters.cli.ending import Exit, give_up
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import print_json, print_table, print_text
from adapters.texts import _
from workflows.language.differences import Difference, Kind, differences
from workflows.language.files import from_yaml, logic_hash
from workflows.language.words import Workflow

TOGETHER: Final = 100
"""How many cases one request moves."""
_PAGE: Final = 500
_SIGNS: Final = {Kind.ADDED: "+", Kind.REMOVED: "-", Kind.MOVED: ">", Kind.CHANGED: "~"}

Which = Annotated[
    str, typer.Argument(metavar="NAME|HASH|FILE", help="流程名称、版本或文件 / a workflow, a version or a file")
]


# -- diff --------------------------------------------------------------------------------------------------


def diff(context: typer.Context, before: Which, after: Which, *, as_json: AsJson = False) -> None:
    """两个版本的差别 / what is different: steps added (+), removed (-), moved (>), changed (~), and which fields."""
    with house_of(context).api() as api:
        old, new = _version(api, before), _version(api, after)
    found = differences(old, new)
    if as_json:
        body = {"from": logic_hash(old), "to": logic_hash(new), "differences": found}
        print_text(to_json(body).decode())
        return
    for one in found:
        print_text("\n".join(_lines(one)))
    print_text(_("共%(n)s处不同", n=len(found)))


def _version(api: Api, which: str) -> Workflow:
    path = Path(which)
    if path.suffix in {".yaml", ".yml", ".json"}:
        return read_definition(path)
    return from_yaml(api.get(f"/api/workflows/{which}/yaml").text)


def _lines(one: Difference) -> Iterator[str]:
    place = one.path or _("流程本身")
    moved = "" if one.before is None else _("（原在%(place)s）", place=one.before)
    yield f"{_SIGNS[one.kind]} {place}  {one.word}{moved}"
    for field in one.fields:
        yield f"    {field.name}: {_said(field.before)} → {_said(field.after)}"


def _said(value: Any) -> str:
    return to_json(value).decode()


# -- migrate -----------------------------------------------------------------------------------------------


def migrate(  # everything that a move of cases takes is an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="流程名称 / the workflow")],
    *,
    to: Annotated[str | None, typer.Option(metavar="HASH", help="目标版本 / the version to move to")] = None,
    undo: Annotated[bool, typer.Option(help="撤销上一次迁移 / back to the version of before")] = False,
    case: Annotated[list[str] | None, typer.Option(metavar="ID", help="只迁移这些办件 / these cases only")] = None,
    reason: Annotated[str, typer.Option(help="迁移原因，记入经过 / why; kept in the history")] = "",
    dry_run: Annotated[bool, typer.Option(help="只看结果 / nothing is done")] = False,
    key: Annotated[
        str | None, typer.Option(help="幂等键，重试时用同一个 / idempotency key, the same for a retry")
    ] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """把在办的办件迁移到另一版本 / move running cases to another version; each is moved or refused by itself."""
    if undo == (to is not None):
        give_up(Exit.USAGE, _("请写明 --to 版本，或 --undo，二者选一"))
    where = f"/api/workflows/{name}/migrate" + ("/undo" if undo else "")
    body = {"opinion": reason} | ({} if to is None else {"to": to})
    with house_of(context).api(stand_in) as api:
        cases = case or list(_running(api, name, to))
        results = list(_moved(api, where, body, cases, key or uuid.uuid4().hex, {"preview": True} if dry_run else {}))
    if undo and not case:
        # Nobody named them: of those that were never moved there is nothing to tell.
        results = [one for one in results if one.get("code") != "never_moved"]
    _tell(results, as_json=as_json, done=_("可以迁移") if dry_run else _("已迁移"))


def _running(api: Api, name: str, to: str | None) -> Iterator[str]:
    """The running cases of the workflow that are on another version."""
    cursor: str | None = None
    while True:
        page = api.get("/api/cases", workflow=name, state="running", limit=_PAGE, cursor=cursor).body
        yield from (one["id"] for one in page["cases"] if to is None or not one["definition"].startswith(to))
        cursor = page["cursor"]
        if cursor is None:
            return


def _moved(  # what a request is made of
    api: Api, where: str, body: dict[str, Any], cases: Sequence[str], key: str, params: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    for first in range(0, len(cases), TOGETHER):
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{key}-{first}"}
        content = to_json({**body, "cases": cases[first : first + TOGETHER]})
        yield from succeeded(api.call("POST", where, params=params, content=content, headers=headers)).body["results"]


def _tell(results: Sequence[dict[str, Any]], *, as_json: bool, done: str) -> None:
    refused = [one for one in results if one["status"] >= 400]  # noqa: PLR2004  # where HTTP's refusals begin
    if as_json:
        print_json({"results": results})
    else:
        print_table([_("办件"), _("结果"), _("原因")], [_cells(one, done) for one in results])
        print_text(
            _("%(done)s%(n)s件，未能迁移%(refused)s件", done=done, n=len(results) - len(refused), refused=len(refused))
        )
    raise typer.Exit(Exit.REFUSED if refused else Exit.DONE)


def _cells(one: dict[str, Any], done: str) -> list[str]:
    reasons = [f"{each['path']}  {each['detail']}".strip() for each in one.get("obstacles", ())]
    return [one["case"], one.get("code", done), "\n".join(reasons) or one.get("detail", "")]
