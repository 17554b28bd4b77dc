"""Forms with files, read into memory: what somebody sends may speak of a person, and must not lie in a temporary file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from adapters.doors.http.answers import Refuse
from adapters.doors.problems import Fault, Problem
from adapters.texts import _

BESIDE_FILES: Final = 256 * 1024
"""Bytes for the other fields of a form, and for what stands between its parts."""
_MOST_FIELDS: Final = 1000


class _InMemory(MultiPartParser):
    """Starlette's parser, which would put a part of more than a megabyte into a file of the machine."""

    spool_max_size = 2**40


@asynccontextmanager
async def read_form(request: Request, most: int, files: int) -> AsyncIterator[FormData]:
    """The form of a request, its files closed at the end.

    Args:
        request: how long it is must stand in its head.
        most: bytes that all of it may have.
        files: how many files there may be.

    Raises:
        Refuse: 413 for more than that, 422 for what is no such form.
    """
    declared = request.headers.get("content-length", "")
    if not declared.isdigit() or int(declared) > most:
        raise Refuse(Problem(413, "too-large", _("内容过大，请缩短后再提交")))
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refuse(Problem(422, "bad-data", _("请以 multipart/form-data 发送文件")))
    parser = _InMemory(request.headers, request.stream(), max_files=files, max_fields=_MOST_FIELDS)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Refuse(Problem(422, "bad-data", _("表单不完整，请刷新页面后重试"), (Fault("", error.message),))) from None
    try:
        yield form
    finally:
        await form.close()


def files_in(form: FormData, name: str) -> list[UploadFile]:
    """The files that were chosen for a field; a browser sends an empty one where none was."""
    return [one for one in form.getlist(name) if isinstance(one, UploadFile) and one.filename]
