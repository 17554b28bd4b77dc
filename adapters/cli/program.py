"""The `liaison` command as a whole: every verb, and nothing that is not built."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from adapters.cli import (
    acting,
    attaching,
    calendar,
    examining,
    fanouts,
    operating,
    planning,
    reading,
    roster,
    running,
    submitting,
    workflows,
)
from adapters.cli.house import Rooms


def program(rooms: Rooms) -> None:
    """Run the command that the arguments name; ends the process with its exit code."""
    command()(obj=rooms)


def command() -> typer.Typer:
    """The command line."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="联席会议联络流程 / liaison processes of a joint meeting",
    )
    app.callback()(_common)
    verbs: list[Callable[..., None]] = [
        running.up,
        running.web,
        running.worker,
        running.sweep,
        submitting.submit,
        reading.event_types,
        reading.cases,
        reading.show,
        reading.explain,
        reading.preview,
        reading.inbox,
        planning.plans,
        planning.serials,
        acting.act,
        acting.batch,
        attaching.attachments,
        examining.doctor,
        operating.sign_in,
    ]
    for verb in verbs:
        app.command(verb.__name__.replace("_", "-"))(verb)
    app.add_typer(workflows.app, name="workflows")
    app.add_typer(fanouts.app, name="fanouts")
    app.add_typer(roster.app, name="roster")
    app.add_typer(calendar.app, name="calendar")
    app.add_typer(operating.export, name="export")
    app.add_typer(operating.audit, name="audit")
    app.add_typer(operating.db, name="db")
    app.add_typer(operating.config, name="config")
    app.add_typer(operating.key, name="key")
    return app


def _common(
    *, show_version: Annotated[bool, typer.Option("--version", help="版本 / version", is_eager=True)] = False
) -> None:
    if show_version:
        print(f"liaison {version('liaison')}")
        raise typer.Exit
