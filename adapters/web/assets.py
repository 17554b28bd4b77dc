"""The style sheet and the script of the pages: small files of our own, nothing from another host."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

_TYPES: Final[Mapping[str, str]] = {
    "liaison.css": "text/css; charset=utf-8",
    "print.css": "text/css; charset=utf-8",
    "liaison.js": "text/javascript; charset=utf-8",
    "liaison.svg": "image/svg+xml",
}


@cache
def _content(name: str) -> bytes:
    return (files("adapters.web") / "static" / name).read_bytes()


def address(name: str) -> str:
    """Where a file is found; the address changes with the content, so a browser may keep it for good."""
    return f"/static/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """One of the files."""
    if name not in _TYPES:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(_content(name), headers=headers, media_type=_TYPES[name])


@router.get("/favicon.ico")
def favicon(request: Request) -> Response:
    """The sign of the house, for browsers that ask without being told."""
    return static(request, "liaison.svg")
