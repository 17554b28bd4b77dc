"""`doctor`: looks at everything that the program needs, and says of each what is wrong and what to do."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import typer
from kombu import Connection
from kombu.exceptions import OperationalError

from adapters.cli.api import is_running
from adapters.cli.ending import Exit
from adapters.cli.house import AsJson, House, house_of, refused_with_a_sentence
from adapters.cli.printing import print_json, print_table
from adapters.now import system_now
from adapters.settings import Settings
from adapters.sql.marks import is_sample
from adapters.sql.reads import SqlReads
from adapters.sql.standing import not_ready
from adapters.sql.units import SqlUnits
from adapters.texts import _
from workflows.ports import BlobsUnavailable

SECONDS: Final = 3
CLOCKS_APART: Final = 2.0
"""Seconds by which the database's clock may differ from this machine's."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was looked at, whether it is well, and what was found."""

    what: str
    well: bool
    found: str


def doctor(context: typer.Context, *, as_json: AsJson = False) -> None:
    """检查运行所需的一切 / whether everything that is needed is there and well."""
    house = house_of(context)
    with refused_with_a_sentence():
        settings = house.settings
        results = [_data_dir(settings), *_database(house), _attachments(house), _broker(settings), _process(settings)]
    if as_json:
        print_json([{"what": one.what, "well": one.well, "found": one.found} for one in results])
    else:
        rows = [[_("正常") if one.well else _("有问题"), one.what, one.found] for one in results]
        print_table([_("结果"), _("检查"), _("情况")], rows)
    raise typer.Exit(Exit.DONE if all(one.well for one in results) else Exit.REFUSED)


def _data_dir(settings: Settings) -> Result:
    folder = settings.data_dir
    if not folder.exists():
        return Result(_("数据目录"), well=True, found=_("%(folder)s 尚未建立，第一次启动时建立", folder=folder))
    loose = [path.name for path in (folder, folder / "secret.key") if path.exists() and _open_to_others(path.stat())]
    if loose:
        return Result(
            _("数据目录"), well=False, found=_("其他用户也能读取 %(names)s：请执行 chmod go= ", names="、".join(loose))
        )
    return Result(_("数据目录"), well=True, found=str(folder))


def _open_to_others(status: os.stat_result) -> bool:
    return bool(status.st_mode & 0o077)


def _database(house: House) -> Iterator[Result]:
    with house.rooms.store(house.settings) as units:
        missing = not_ready(units)
        if missing is not None:
            yield Result(_("数据库"), well=False, found=missing)
            return
        sample = _("样例") if is_sample(units) else _("真实数据")
        yield Result(_("数据库"), well=True, found=f"{units.database.dialect.name} {sample}")
        yield _clock(units)
        yield _waiting(units)


def _clock(units: SqlUnits) -> Result:
    apart = abs((SqlReads(units).now() - system_now()).total_seconds())
    if apart > CLOCKS_APART:
        return Result(_("时钟"), well=False, found=_("数据库与本机相差 %(n)s 秒：请校准时间", n=f"{apart:.1f}"))
    return Result(_("时钟"), well=True, found=_("数据库与本机一致"))


def _waiting(units: SqlUnits) -> Result:
    pending = SqlReads(units).pending()
    found = " ".join(f"{name}={count}" for name, count in sorted(pending.items()))
    return Result(_("等待办理"), well=not pending.get("quarantined"), found=found)


def _attachments(house: House) -> Result:
    """Whether something can be put into the store, got and deleted again."""
    blobs, probe = house.rooms.blobs(house.settings), secrets.token_hex(16)
    try:
        blobs.put(probe, probe.encode())
        same = blobs.get(probe) == probe.encode()
        blobs.delete([probe])
    except BlobsUnavailable as error:
        return Result(_("附件库"), well=False, found=str(error))
    found = _("可以写入、读出和删除") if same else _("读出的与写入的不一致：请检查存储")
    return Result(_("附件库"), well=same, found=found)


def _broker(settings: Settings) -> Result:
    if settings.broker_url is None:
        return Result(_("消息队列"), well=True, found=_("未设置：流程引擎在 liaison up 进程内运行"))
    connection = Connection(settings.broker_url, connect_timeout=SECONDS)
    try:
        connection.ensure_connection(max_retries=1, timeout=SECONDS)
    except OperationalError as error:
        found = _("连接不上（%(why)s）：工作由清扫进程继续，只是慢一些；请启动 RabbitMQ", why=type(error).__name__)
        return Result(_("消息队列"), well=False, found=found)
    finally:
        connection.release()
    return Result(_("消息队列"), well=True, found=_("可以连接"))


def _process(settings: Settings) -> Result:
    found = _("正在运行") if is_running(settings) else _("没有运行：用 liaison up 启动")
    return Result(_("进程"), well=True, found=found)
