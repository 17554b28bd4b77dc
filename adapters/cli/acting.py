"""`act` and `batch`: the same verbs as on the pages, as the person whose key is used; and `withdraw` for a case."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import from_json, to_json

from adapters.cli.api import Api, succeeded
from adapters.cli.attaching import case_of_item, sent
from adapters.cli.ending import Exit, give_up
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import print_json, print_table, print_text
from adapters.texts import _
from workflows.machine.operations import ON_CASES, ON_ITEMS, PICTURE, Asked

JSON_TYPE = "application/json"
_SEVERAL = frozenset({"several", "people"})
_WHOLE = frozenset({"number", "comment"})
SAVE = "save"
"""暂存: no act, so it stands in no table of operations; what was typed is kept for whoever typed it."""


def act(  # everything that a person may say to an item or a case is an option
    context: typer.Context,
    on: Annotated[str, typer.Argument(metavar="ITEM|CASE", help="待办编号,或办件编号 / the item, or the case")],
    verb: Annotated[
        str, typer.Argument(metavar="VERB", help=f"{'|'.join((*ON_ITEMS, SAVE))}; 办件/case: {'|'.join(ON_CASES)}")
    ],
    *,
    opinion: Annotated[str, typer.Option(help="意见 / opinion")] = "",
    reason: Annotated[str | None, typer.Option(help="规定的原因 / a reason of the closed list")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="K=V",
            help="表单字段;多个值、多人用逗号隔开 / a field of the form; several values or users with commas",
        ),
    ] = None,
    own: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="K=V",
            help="操作本身的字段,如 to=…;多人用逗号隔开 / what the verb itself asks for, such as to=…; users with commas",
        ),
    ] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="随附的文件,可多次 / a file that goes with it, may be repeated"),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--signature-picture",
            metavar="FILE",
            help="签名图片,与 --with signature=… 同用 / a picture of the signature, beside --with signature=…",
        ),
    ] = None,
    version: Annotated[int | None, typer.Option(help="看到的版本 / the version that was looked at")] = None,
    key: Annotated[
        str | None, typer.Option(help="幂等键,重试时用同一个 / idempotency key, the same for a retry")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="只看后果,不办理 / tell what would follow, do nothing")
    ] = False,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """办理一项待办或一个办件 / act on a work item or on a case."""
    body: dict[str, Any] = {"version": version, "opinion": opinion}
    body |= dict(_own(verb, one) for one in own or [])
    path = f"/api/{'cases' if verb in ON_CASES else 'work-items'}/{on}/{verb}"
    key = key or uuid.uuid4().hex
    headers = {"Content-Type": JSON_TYPE, "Idempotency-Key": key}
    with house_of(context).api(stand_in) as api:
        if verb not in ON_CASES:
            body |= {"reason": reason, "form": _form(api, on, field or [])}
        if attach or picture:
            case = on if verb in ON_CASES else case_of_item(api, on)
            body |= _files(api, case, attach or [], picture, key)
        params = {"preview": "true"} if preview else {}
        answer = succeeded(api.call("POST", path, params=params, content=to_json(body), headers=headers)).body
    if as_json or preview:
        print_json(answer)
        return
    if verb == SAVE:
        print_text(_("已暂存，只有您看得到"))
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


def _files(api: Api, case: str, attach: list[Path], picture: Path | None, key: str) -> dict[str, Any]:
    """The files that go with an act, and the picture that it is signed with, sent before it."""
    body: dict[str, Any] = {"attachments": sent(api, case, attach, key)}
    return body if picture is None else body | {PICTURE: sent(api, case, [picture], f"{key}.sign")[0]}


def _own(verb: str, given: str) -> tuple[str, Any]:
    """A field of the verb as NAME=VALUE, read by the kind that the table of operations says; the API refuses the rest."""
    name, equals, value = given.partition("=")
    if not equals:
        give_up(Exit.USAGE, _("--with %(given)s：应当写成 名称=值", given=given))
    operation = ON_ITEMS.get(verb) or ON_CASES.get(verb)
    asked = next((one for one in operation.asks if one.name == name), None) if operation is not None else None
    return name, value if asked is None else _read(asked, value)


def _read(asked: Asked, value: str) -> Any:
    if asked.kind == "users":
        return [one for one in value.split(",") if one]
    return int(value) if asked.kind in _WHOLE and value.lstrip("-").isdecimal() else value


def _form(api: Api, item: str, given: list[str]) -> dict[str, Any]:
    """The fields of the form as they are given; of one that takes several, such as people, they are parted by commas."""
    form = dict(map(_field, given))
    fields = (api.get(f"/api/work-items/{item}").body["form"] or {}).get("fields", ()) if form else ()
    several = {one["name"] for one in fields if one["type"] in _SEVERAL}
    return {name: _parted(value) if name in several else value for name, value in form.items()}


def _parted(value: Any) -> Any:
    return [one for one in value.split(",") if one] if isinstance(value, str) else value


def _field(given: str) -> tuple[str, Any]:
    """A field as NAME=VALUE; what reads as JSON (true, 3, null) is that value, anything else is text."""
    name, equals, value = given.partition("=")
    if not equals:
        give_up(Exit.USAGE, _("--field %(given)s：应当写成 名称=值", given=given))
    try:
        return name, from_json(value)
    except ValueError:
        return name, value
