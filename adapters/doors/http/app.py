"""The HTTP application: the machine API of an office, and the pages where they are given."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import Final

from fastapi import APIRouter, FastAPI

from adapters.doors.http import (
    adopting,
    attachments,
    calendars,
    cases,
    events,
    exporting,
    fanouts,
    items,
    keys,
    manual,
    migrating,
    operating,
    plans,
    printing,
    rosters,
    sign_ins,
    stats,
    workflows,
)
from adapters.doors.http.answers import answer_problems
from adapters.doors.http.guarding import Guard
from adapters.doors.http.office import Office
from workflows.showing import within_rights

ROOMS: Final = (
    events,
    attachments,
    cases,
    items,
    adopting,
    migrating,
    workflows,
    exporting,
    fanouts,
    calendars,
    plans,
    printing,
    stats,
    keys,
    rosters,
    sign_ins,
    operating,
    manual,
)
"""What the machine API consists of, in the order in which addresses are looked up."""


def create_app(office: Office, pages: APIRouter | None = None) -> FastAPI:
    """The application of `office`; `pages` are what people see in a browser.

    The framework's /docs would load its assets from elsewhere; ours needs none.
    """
    app = FastAPI(
        title="Liaison",
        summary="Carries every matter that crosses the departments of a joint meeting (联席会议), and loses none.",
        version=version("liaison"),
        docs_url=None,
        redoc_url=None,
        max_body_size=events.EVENT_BYTES,
    )
    app.state.office = replace(office, reads=within_rights(office.reads, office.engine.library))
    for room in ROOMS:
        app.include_router(room.router)
    if pages is not None:
        app.include_router(pages)
    answer_problems(app)
    https = office.base_url.startswith("https://")
    app.add_middleware(Guard, figures=office.figures, language=office.language, https=https)
    return app
