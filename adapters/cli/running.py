"""Commands that run until they are asked to stop: up, web, worker, sweep."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Final

import typer

from adapters import logs
from adapters.cli import sampling
from adapters.cli.api import Api, is_running, over_the_socket
from adapters.cli.ending import Exit, give_up
from adapters.cli.house import House, Running, house_of, refused_with_a_sentence
from adapters.cli.idling import until_idle
from adapters.cli.printing import print_text
from adapters.cli.watching import watch
from adapters.doors.amqp.listening import listening
from adapters.doors.http.serving import PortTaken, Serving, open_local, open_port
from adapters.settings import Settings
from adapters.sql.engines import SqliteDatabase
from adapters.sql.migrations import upgrade
from adapters.supervisor import STOP_SECONDS, Child
from adapters.texts import _

LOOPBACK: Final = "127.0.0.1"
PORT: Final = 8000

Host = Annotated[str, typer.Option(help="监听地址 / address to listen on")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="端口，被占用时用下一个 / port, the next free one if taken")]


def up(
    context: typer.Context,
    *,
    sample: Annotated[bool, typer.Option("--sample", help="装入样例县 / load the sample county")] = False,
    idle: Annotated[
        bool, typer.Option("--until-idle", help="样例县在几分钟内演完一年 / play a year of the sample county")
    ] = False,
    host: Host = LOOPBACK,
    port: Port = PORT,
) -> None:
    """全部在一处运行：网页、接口和流程引擎 / everything: pages, API and engine."""
    house = house_of(context)
    settings = house.settings
    if idle:
        logs.configure(settings.log_format, logging.ERROR)
        with refused_with_a_sentence():
            raise typer.Exit(until_idle(house))
    if is_running(settings):
        give_up(
            Exit.UNAVAILABLE,
            _(
                "数据目录 %(folder)s 已有一个正在运行的 liaison：请先停止它，或设置另一个 LIAISON_DATA_DIR",
                folder=settings.data_dir,
            ),
        )
    refuse_broker_with_sqlite(settings)
    logs.configure(settings.log_format, logging.WARNING)
    stopping = stop_on_signals()
    with refused_with_a_sentence():
        prepare(house, sample=sample)
        # The child is started before this process has threads.
        with workers(settings) as tick, _open(house) as running, served(running, settings, host, port) as address:
            _greet(running, address, sample=sample)
            with over_the_socket(settings) as line:
                watch(Api(line, settings.model_copy(update={"key": None})), stopping, tick)
            print_text(_("正在停止：办理到一半的都留在数据库里，下次启动接着办"))


def web(context: typer.Context, *, host: Host = LOOPBACK, port: Port = PORT) -> None:
    """只运行网页和接口（需要 PostgreSQL）/ pages and API alone, on PostgreSQL."""
    house = house_of(context)
    refuse_sqlite(house.settings, "web")
    logs.configure(house.settings.log_format)
    stopping = stop_on_signals()
    with (
        refused_with_a_sentence(),
        house.rooms.doors(house.settings) as running,
        served(running, house.settings, host, port) as address,
    ):
        print_text(address)
        stopping.wait()


def worker(context: typer.Context) -> None:
    """运行 Celery 和清扫进程（需要 PostgreSQL 和 RabbitMQ）/ Celery and the sweeper as siblings."""
    house = house_of(context)
    refuse_sqlite(house.settings, "worker")
    logs.configure(house.settings.log_format)
    with refused_with_a_sentence():
        raise typer.Exit(house.rooms.work(house.settings))


def sweep(context: typer.Context) -> None:
    """运行清扫进程：办理到期而无人提示的 / what is due and nobody hinted."""
    house = house_of(context)
    refuse_sqlite(house.settings, "sweep")
    logs.configure(house.settings.log_format)
    with refused_with_a_sentence():
        raise typer.Exit(house.rooms.sweep(house.settings))


# -- parts -------------------------------------------------------------------------------------------------


def refuse_sqlite(settings: Settings, verb: str) -> None:
    """SQLite serves one process: `up`."""
    if settings.on_sqlite:
        give_up(
            Exit.USAGE,
            _(
                "SQLite 只能由一个进程使用：请运行 liaison up，或把 LIAISON_DATABASE_URL 设为 postgresql+psycopg://… 再运行 liaison %(verb)s",
                verb=verb,
            ),
        )


def refuse_broker_with_sqlite(settings: Settings) -> None:
    """With a broker the moves are made by other processes, which SQLite does not let in."""
    if settings.on_sqlite and settings.broker_url is not None:
        give_up(
            Exit.USAGE,
            _(
                "设置了 LIAISON_BROKER_URL，数据库却是 SQLite：请把 LIAISON_DATABASE_URL 设为 postgresql+psycopg://…，或去掉 LIAISON_BROKER_URL"
            ),
        )


def prepare(house: House, *, sample: bool) -> None:
    """Bring the database to this version, and the sample county into it where that is asked for."""
    with house.rooms.store(house.settings) as units:
        if isinstance(units.database, SqliteDatabase):
            units.database.hold()
        upgrade(units.database.writing)
        if sample:
            sampling.install(units)


@contextmanager
def workers(settings: Settings) -> Iterator[Callable[[], None]]:
    """With a broker: the worker and its sweeper in a process of their own. Gives what keeps it alive, called often."""
    if settings.broker_url is None:
        yield lambda: None
        return
    child = Child("worker", [sys.executable, "-m", "worker", "worker"])
    child.keep(time.monotonic())
    try:
        yield partial(_keep, child)
    finally:
        _stop(child)


def _keep(child: Child) -> None:
    child.keep(time.monotonic())


def _stop(child: Child) -> None:
    child.ask_to_stop()
    if child.process is None:
        return
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.process.wait(STOP_SECONDS)
    child.kill()


@contextmanager
def _open(house: House) -> Iterator[Running]:
    """The doors; and the moves too where no broker brings them to other processes."""
    room = house.rooms.embedded if house.settings.embedded else house.rooms.doors
    with room(house.settings) as running:
        yield running


@contextmanager
def served(running: Running, settings: Settings, host: str, port: int) -> Iterator[str]:
    """The doors: an address, the socket in the data folder, the exchange of the broker. Gives the address."""
    try:
        listener = open_port(host, port)
    except PortTaken as error:
        give_up(Exit.UNAVAILABLE, str(error))
    found = listener.getsockname()[1]
    if port not in {0, found}:
        print_text(_("端口 %(port)s 已被占用，改用 %(found)s", port=port, found=found))
    serving = Serving(running.app, [listener], open_local(settings.socket))
    serving.start()
    try:
        with listening(running.office, settings.broker_url):
            yield f"http://{f'[{host}]' if ':' in host else host}:{found}"
    finally:
        serving.stop()


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C and the supervisor's SIGTERM set."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stopping.set())
    return stopping


def _greet(running: Running, address: str, *, sample: bool) -> None:
    print_text(_("Liaison 已在 %(address)s 运行，按 Ctrl-C 停止", address=address))
    if not sample:
        return
    counts = sampling.submit(running, address)
    accepted, duplicate = counts.get("accepted", 0), counts.get("duplicate", 0)
    print_text(_("样例事件：接收 %(accepted)s 个，重复 %(duplicate)s 个", accepted=accepted, duplicate=duplicate))
    print_text(_("样例岗位的一次性密码（在登录页输入，或打开链接；30 分钟内有效）："))
    for link in sampling.links(running, address):
        print_text(f"  {link.password}  {link.title}  {link.address}")
    print_text(_("接下来可以试试（另开一个终端）："))
    for command in (
        "liaison inbox --as sample.centre_clerk_1",
        "liaison explain CASE",
        "liaison act ITEM agree --as sample.centre_clerk_1",
        "liaison submit FILE --as department:service_centre",
    ):
        print_text(f"  {command}")
