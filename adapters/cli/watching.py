"""The live table that `up` shows: the cases as they move, until the program is asked to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from rich.live import Live
from rich.table import Table

from adapters.cli.api import Api
from adapters.cli.printing import out, table_of
from adapters.cli.reading import case_cells, case_headers
from adapters.texts import _

TICK_SECONDS: Final = 0.5
SETTLE_SECONDS: Final = 20.0
MOST: Final = 60
GREETING_LINES: Final = 20
"""What `up` has printed above the table stays on the screen: the address and the sign-in links."""
_UNREADY: Final = 503


def watch(api: Api, stopping: threading.Event, tick: Callable[[], None]) -> None:
    """Show the cases until `stopping` is set; `tick` is called twice a second.

    On a terminal the table is drawn again; anywhere else it is printed once, when nothing moves any more.
    """
    if not out.is_terminal:
        _print_once(api, stopping, tick)
        return
    with Live(console=out, auto_refresh=False, vertical_overflow="ellipsis") as live:
        while not stopping.is_set():
            live.update(_table(api, most=max(out.height - GREETING_LINES, 5)), refresh=True)
            tick()
            stopping.wait(TICK_SECONDS)


def _print_once(api: Api, stopping: threading.Event, tick: Callable[[], None]) -> None:
    settle_by = time.monotonic() + SETTLE_SECONDS
    while not stopping.is_set() and time.monotonic() < settle_by and _still_moving(api):
        tick()
        stopping.wait(TICK_SECONDS / 5)
    out.width = 200
    out.print(_table(api, MOST))
    while not stopping.is_set():
        tick()
        stopping.wait(TICK_SECONDS)


def _still_moving(api: Api) -> bool:
    return bool(api.get("/api/operating").body["pending"]["inbox"])


def _table(api: Api, most: int) -> Table:
    reply = api.call("GET", "/api/cases", params={"limit": most})
    if reply.status == _UNREADY:
        return table_of([_("数据库暂时没有应答，恢复后继续")], [])
    body = reply.body
    title = _("最近变动的办件") if body["cursor"] else _("全部办件")
    return table_of(case_headers(), [case_cells(row) for row in body["cases"]], title)
