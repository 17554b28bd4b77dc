"""What the composition root hands to the command line: the settings, and the rooms that a command may open."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from starlette.types import ASGIApp

from adapters import logs
from adapters.cli.api import Api, in_this_process, is_running, over_the_socket
from adapters.cli.ending import Exit, give_up
from adapters.doors.http.office import Office
from adapters.settings import Settings, WrongSettings, read_settings
from adapters.sql.holding import DatabaseInUse
from adapters.sql.units import SqlUnits
from adapters.texts import _, use_language
from adapters.vault import WrongSecretKeyError
from workflows.ports import Blobs, StoreUnavailable


@dataclass(frozen=True, slots=True)
class Running:
    """Open doors: the application, and the office behind it."""

    app: ASGIApp
    office: Office


@dataclass(frozen=True, slots=True)
class Turned:
    """Open doors on a clock that is turned; nothing moves but by `drain`. `next_due` tells what falls due next."""

    running: Running
    drain: Callable[[], int]
    next_due: Callable[[], datetime | None]


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a command may open, each closed when its `with` ends; only the composition root knows how.

    `doors` takes in and reads; in `embedded` the moves are made as well. `work` and `sweep` run until they are asked
    to stop and return an exit code. `turned` is for sample play on a clock of its own. `begun` tells whether the office has its roster: before that there are no doors.
    `blobs` is where attachments lie.
    """

    store: Callable[[Settings], AbstractContextManager[SqlUnits]]
    doors: Callable[[Settings], AbstractContextManager[Running]]
    embedded: Callable[[Settings], AbstractContextManager[Running]]
    work: Callable[[Settings], int]
    sweep: Callable[[Settings], int]
    begun: Callable[[Settings], bool]
    turned: Callable[[Settings, Callable[[], datetime]], AbstractContextManager[Turned]]
    blobs: Callable[[Settings], Blobs]


@dataclass(frozen=True)
class House:
    """The settings of this start, and the rooms."""

    settings: Settings
    rooms: Rooms

    def has_roster(self) -> bool:
        """Whether the office has begun: a process runs for it, or its database holds a roster."""
        with refused_with_a_sentence():
            return is_running(self.settings) or self.rooms.begun(self.settings)

    @contextmanager
    def api(self, stand_in: str | None = None) -> Iterator[Api]:
        """The API: of the running process if there is one, else of the same application here."""
        if is_running(self.settings):
            with over_the_socket(self.settings) as line:
                yield Api(line, self.settings, stand_in)
            return
        with refused_with_a_sentence(), self.rooms.doors(self.settings) as here, in_this_process(here.app) as line:
            yield Api(line, self.settings, stand_in)


@contextmanager
def refused_with_a_sentence() -> Iterator[None]:
    """End the command with the sentence and the code that belong to what the start of a process may raise."""
    try:
        yield
    except WrongSettings as error:
        give_up(Exit.USAGE, _("设置有误，无法启动：") + "\n" + "\n".join(error.findings))
    except (StoreUnavailable, DatabaseInUse, WrongSecretKeyError) as error:
        give_up(Exit.UNAVAILABLE, str(error))


def house_of(context: typer.Context) -> House:
    """The house of this command, with its settings read and its language set."""
    rooms: Rooms = context.obj
    with refused_with_a_sentence():
        settings = read_settings()
    use_language(settings.language, settings.time_zone)
    logs.configure(settings.log_format, logging.ERROR)
    return House(settings, rooms)


AsJson = Annotated[bool, typer.Option("--json", help="按 JSON 输出 / print JSON")]
StandIn = Annotated[
    str | None,
    typer.Option("--as", metavar="USER", help="仅样例数据库:以此人(或 department:代码)的身份 / sample database only"),
]
