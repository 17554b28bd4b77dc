"""What the composition root hands to the command line: the settings, and the rooms that a command may open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from starlette.types import ASGIApp

from adapters.cli.api import Api, in_this_process, is_running, over_the_socket
from adapters.cli.ending import Exit, give_up
from adapters.settings import Settings, WrongSettings, read_settings
from adapters.texts import _, use_language
from adapters.vault import WrongSecretKeyError
from workflows.ports import StoreUnavailable


@dataclass(frozen=True)
class Rooms:
    """Ways to open things, each closed when its `with` ends; only the composition root knows how.

    `application` is the API on the database, no engine running. `running` starts the engine as well and gives the
    address. `worker` and `sweeper` return an exit code.
    """

    application: Callable[[Settings], AbstractContextManager[ASGIApp]]
    serve: Callable[..., Any]
    worker: Callable[[Settings], int]
    sweeper: Callable[[Settings], int]
    program: Path


@dataclass(frozen=True)
class House:
    """The settings of this start, and the rooms."""

    settings: Settings
    rooms: Rooms

    @contextmanager
    def api(self, stand_in: str | None = None) -> Iterator[Api]:
        """The API: of the running process if there is one, else of the same application here."""
        if is_running(self.settings):
            with over_the_socket(self.settings) as line:
                yield Api(line, self.settings, stand_in)
            return
        with refused_with_a_sentence(), self.rooms.application(self.settings) as app, in_this_process(app) as line:
            yield Api(line, self.settings, stand_in)


@contextmanager
def refused_with_a_sentence() -> Iterator[None]:
    """End the command with the sentence and the code that belong to what the start of a process may raise."""
    try:
        yield
    except WrongSettings as error:
        give_up(Exit.USAGE, _("设置有误，无法启动：") + "\n" + "\n".join(error.findings))
    except (StoreUnavailable, WrongSecretKeyError) as error:
        give_up(Exit.UNAVAILABLE, str(error))


def house_of(context: typer.Context) -> House:
    """The house of this command, with its settings read and its language set."""
    rooms: Rooms = context.obj
    with refused_with_a_sentence():
        settings = read_settings()
    use_language(settings.language, settings.time_zone)
    return House(settings, rooms)


AsJson = Annotated[bool, typer.Option("--json", help="按 JSON 输出 / print JSON")]
StandIn = Annotated[
    str | None,
    typer.Option("--as", metavar="USER", help="仅样例数据库:以此人(或 department:代码)的身份 / sample database only"),
]
