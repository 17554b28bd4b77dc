"""/docs: the machine API for a reader, made from its own description; one page without a script or a foreign file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from adapters.texts import ENGLISH, _, current_language

router = APIRouter(include_in_schema=False)

_STYLE: Final = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code{font-family:ui-monospace,monospace}section{border-top:1px solid #ccc;padding:.5rem 0}"
)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@router.get("/docs")
def manual(request: Request) -> Response:
    """Every call with what it takes."""
    description = request.app.openapi()
    language = "en" if current_language() == ENGLISH else "zh-CN"
    title = _("接口说明")
    page = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><h1>Liaison {escape(description['info']['version'])} {title}</h1>"
        f'<p><a href="/openapi.json">/openapi.json</a></p>{"".join(_sections(description["paths"]))}</html>'
    )
    headers = {"Content-Security-Policy": _POLICY}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


def _sections(paths: dict[str, dict[str, Any]]) -> Iterator[str]:
    for path, methods in sorted(paths.items()):
        for method, call in sorted(methods.items()):
            yield (
                f"<section><h2><code>{method.upper()} {escape(path)}</code></h2>"
                f"<p>{escape(call.get('description', ''))}</p>{_parameters(call.get('parameters', []))}</section>"
            )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    items = "".join(f"<li><code>{escape(one['name'])}</code> {escape(one['in'])}</li>" for one in parameters)
    return f"<ul>{items}</ul>" if items else ""
