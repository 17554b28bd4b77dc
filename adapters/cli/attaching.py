"""`act --attach` sends files before the act that they go with; `attachments` lists those of a case, and saves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer

from adapters.cli.api import Api, succeeded
from adapters.cli.ending import Exit, give_up
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import at, print_json, print_table, print_text
from adapters.texts import _, file_size
from domain.texts import zh

STATES: Mapping[str, str] = {"linked": "", "withdrawn": zh("已撤下"), "dropped": zh("已按规定删除")}


def attachments(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="办件编号 / the case")],
    *,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="存到这个目录 / save them into this folder")
    ] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """办件的附件:列出,或存下来 / the files beside a case: listed, or saved."""
    with house_of(context).api(stand_in) as api:
        found = api.get(f"/api/cases/{case}/attachments").body["attachments"]
        saved = [] if save is None else list(_saved(api, case, found, save))
    if as_json:
        print_json({"attachments": found, "saved": [str(path) for path in saved]})
        return
    print_table([_("附件"), _("大小"), _("办理人"), _("时间"), _("状态")], map(_cells, found))
    for path in saved:
        print_text(str(path))


def sent(api: Api, case: str, files: Iterable[Path], key: str) -> list[str]:
    """Send files for a case; their ids, in this order. With the same key they are the same attachments."""
    return [_sent(api, case, path, f"{key}.file{place}") for place, path in enumerate(files)]


def case_of_item(api: Api, item: str) -> str:
    """The case that an item belongs to."""
    case: str = api.get(f"/api/work-items/{item}").body["case"]
    return case


def _sent(api: Api, case: str, path: Path, key: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        give_up(Exit.USAGE, _("%(path)s：无法读取（%(why)s）", path=path, why=error.strerror))
    # The client's own way of writing such a form; the request itself goes over the line of the house.
    form = httpx2.Request("POST", "http://liaison", files={"file": (path.name, content)})
    headers = {"Content-Type": form.headers["Content-Type"], "Idempotency-Key": key}
    answer = api.call("POST", f"/api/cases/{case}/attachments", content=form.read(), headers=headers)
    attachment: str = succeeded(answer).body["id"]
    return attachment


def _saved(api: Api, case: str, found: Sequence[Mapping[str, Any]], folder: Path) -> Iterable[Path]:
    """Each file that may be read, under a name that begins with its place: two may be called the same."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, one in enumerate(found, 1):
        if one["name"] is None:
            continue
        path = folder / f"{place:02}-{Path(one['name']).name}"
        path.write_bytes(api.get(f"/api/cases/{case}/attachments/{one['id']}").content)
        yield path


def _cells(one: Mapping[str, Any]) -> list[str]:
    stands: str = STATES[one["state"]]
    name = one["name"] or _("（无权查看名称）")
    return [name, file_size(one["size"]), one["by"], at(one["at"]), _(stands) if stands else ""]
