"""Forms with files are read into memory: what somebody sends never lies in a temporary file."""

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import Request

from adapters.doors.http.answers import Refuse
from adapters.doors.multipart import files_in, read_form

LARGE = b"%PDF-" + bytes(3 * 1024 * 1024)
"""More than the framework would hold in memory by itself."""


def request_of(*files: tuple[str, bytes], **more: str) -> Request:
    form = httpx2.Request("POST", "http://x", files=[("file", one) for one in files], data=more)
    body, headers = form.read(), [(name.lower().encode(), value.encode()) for name, value in form.headers.items()]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def read(request: Request, most: int = 8 * 1024 * 1024, files: int = 2) -> list[tuple[str, int, bool]]:
    """The files of a form: their names, sizes, and whether they lie on the disk."""

    async def reading() -> list[tuple[str, int, bool]]:
        async with read_form(request, most, files) as form:
            found = files_in(form, "file")
            return [(one.filename or "", one.size or 0, one.file._rolled) for one in found]  # type: ignore[attr-defined]  # what a spooled file knows of itself

    return asyncio.run(reading())


def test_a_large_file_stays_in_memory() -> None:
    assert read(request_of(("a.pdf", LARGE))) == [("a.pdf", len(LARGE), False)]


def test_a_field_in_which_no_file_was_chosen_holds_none() -> None:
    assert read(request_of(("", b""), ("b.pdf", b"%PDF-"))) == [("b.pdf", 5, False)]


@pytest.mark.parametrize(("most", "files", "status"), [(1024, 2, 413), (8 * 1024 * 1024, 0, 422)])
def test_more_than_a_form_may_hold_is_refused(most: int, files: int, status: int) -> None:
    with pytest.raises(Refuse) as refused:
        read(request_of(("a.pdf", LARGE)), most, files)

    assert refused.value.problem.status == status
