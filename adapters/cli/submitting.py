"""`submit`: events from files through the same door as anybody's, with a bar, and a line for each refused row."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from adapters.cli.api import Api, Reply, refusal
from adapters.cli.ending import Exit, errors, exit_of, give_up
from adapters.cli.house import AsJson, StandIn, house_of
from adapters.cli.printing import print_json, print_text
from adapters.cli.rows import Row, chunks, rows_of
from adapters.cli.sheets import Sheets
from adapters.doors.spreadsheets.tables import is_workbook
from adapters.texts import _

BATCH: Final = {"Content-Type": "application/cloudevents-batch+json"}
STDIN: Final = "-"
TRIES: Final = 8
"""How often a request is sent to a door that says "later"; a repetition is recognised as a duplicate."""
WAIT_SECONDS: Final = 1.0


@dataclass(slots=True)
class Tally:
    """What became of the rows so far."""

    accepted: int = 0
    duplicate: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.accepted + self.duplicate + len(self.refused)


class RowsPerSecond(ProgressColumn):
    """How fast it goes."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else _("%(n)s 行/秒", n=f"{speed:,.0f}"))


def submit(
    context: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...|-", help="CloudEvents:JSON、JSON 批量、JSON lines,或 XLSX、CSV 表格 / - is standard input"
        ),
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查,不提交 / check only")] = False,
    type_: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="表格的事件类型 / event type of a sheet")
    ] = None,
    stand_in: StandIn = None,
    as_json: AsJson = False,
) -> None:
    """提交事件 / submit events."""
    house = house_of(context)
    if stand_in is None and house.settings.key is None:
        hint = _(
            "提交需要部门密钥:设置 LIAISON_KEY 或 LIAISON_KEY_FILE(用 liaison key issue 发放);样例数据库可用 --as department:united_front"
        )
        give_up(Exit.NOT_ALLOWED, hint)
    tally = Tally()
    with house.api(stand_in) as api, _bar() as bar:
        for name in files:
            content = _content(name)
            sheet = Sheets(name, content, type_) if is_workbook(name, content) else None
            rows = rows_of(name, content) if sheet is None else sheet.rows()
            task = bar.add_task(_("提交"), total=None)
            for chunk in chunks(rows):
                _send(api, chunk, tally, dry_run=dry_run)
                bar.update(task, completed=tally.rows)
            if sheet is not None:
                _give_back(sheet, tally)
    _report(tally, as_json=as_json, dry_run=dry_run)
    raise typer.Exit(Exit.REFUSED if tally.refused else Exit.DONE)


def _content(name: str) -> bytes:
    if name == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法读取：%(why)s", name=name, why=error.strerror or ""))


def _give_back(sheet: Sheets, tally: Tally) -> None:
    """Tell which columns were left out, and write the copy that says of each refused row why."""
    for name, headers in sheet.report.dropped.items():
        print_text(_("“%(sheet)s”中的列不得收集，已略去：%(columns)s", sheet=name, columns=_("、").join(headers)))
    refused = {one["place"]: one["why"] for one in tally.refused}
    if any(place.startswith(f"{sheet.name}:") for place in refused):
        target = sheet.write_copy(refused)
        print_text(_("逐行标注的副本：%(file)s", file=target))


def _bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RowsPerSecond(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=errors, disable=not errors.is_terminal)


def _send(api: Api, chunk: list[Row], tally: Tally, *, dry_run: bool) -> None:
    sound = [row for row in chunk if row.fault is None]
    for row in chunk:
        if row.fault is not None:
            _refuse(tally, row, None, row.fault)
    if not sound:
        return
    content = b"[" + b",".join(row.raw for row in sound) + b"]"
    params = {"partial": "true"} | ({"preview": "true"} if dry_run else {})
    reply = _answered(api, content, params)
    for row, result in zip(sound, reply.body["results"], strict=True):
        _count(tally, row, result)


def _answered(api: Api, content: bytes, params: dict[str, str], tries: int = TRIES) -> Reply:
    reply = api.call("POST", "/api/events", params=params, content=content, headers=BATCH)
    if isinstance(reply.body, dict) and "results" in reply.body:
        return reply
    code = exit_of(reply.status)
    if code is not Exit.UNAVAILABLE:
        give_up(code, refusal(reply.body))
    if tries == 1:
        give_up(code, refusal(reply.body) + "\n" + _("再次提交同一文件即可：已接收的会识别为重复"))
    time.sleep(reply.retry_after or WAIT_SECONDS)
    return _answered(api, content, params, tries - 1)


def _count(tally: Tally, row: Row, result: dict[str, Any]) -> None:
    match result["status"]:
        case "accepted":
            tally.accepted += 1
        case "duplicate":
            tally.duplicate += 1
        case _:
            _refuse(tally, row, result["id"], _why(result["problem"]))


def _why(problem: dict[str, Any]) -> str:
    faults = problem.get("errors") or [{"pointer": "", "detail": problem["detail"]}]
    return ";".join(f"{fault['pointer']} {fault['detail']}".strip() for fault in faults)


def _refuse(tally: Tally, row: Row, event: str | None, why: str) -> None:
    tally.refused.append({"place": row.place, "id": event, "why": why})
    errors.print(f"{row.place}  {event or ''}  {why}", style="red", markup=False)


def _report(tally: Tally, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print_json({"accepted": tally.accepted, "duplicate": tally.duplicate, "refused": tally.refused})
        return
    counts = {"accepted": tally.accepted, "duplicate": tally.duplicate, "refused": len(tally.refused)}
    if dry_run:
        print_text(_("检查完毕，没有提交：可接收 %(accepted)s 行，有误 %(refused)s 行", **counts))
        return
    print_text(_("已接收 %(accepted)s 行，重复 %(duplicate)s 行，未接收 %(refused)s 行", **counts))
