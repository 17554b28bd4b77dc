"""Log lines: structured, in UTC, without secrets and without anything personal.

The name of an event is a constant, what belongs to it stands in keywords: ids, never objects. `case_id`,
`event_id` and `task_id` are bound once per request or task with `structlog.contextvars` and stand on every line.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.types import EventDict, Processor

from domain.identifiers import mask_forbidden

MASK: Final = "********"
_SECRET_NAMES: Final = re.compile(r"password|secret|token|authorization|cookie|(^|_)key$", re.IGNORECASE)
_NOT_SECRET: Final = frozenset({"idempotency_key", "event_key"})
_CREDENTIALS: Final = (
    (re.compile(r"(://[^/\s:@]+):[^/\s@]+@"), r"\1:***@"),
    (re.compile(r"(?i)\b(bearer)\s+\S+"), r"\1 " + MASK),
    (re.compile(r"([?&]token=)[A-Za-z0-9_-]+"), r"\1" + MASK),
)


def configure(log_format: str, level: int = logging.INFO) -> None:
    """Send every log line of the process, also those of libraries, to standard error.

    Args:
        log_format: console (for people) or json (one object a line).
        level: the lowest level that is written.
    """
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(log_format))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Celery's two tell each task's coming and going: four lines for every hint.
    for chatty in (
        "uvicorn.access",
        "httpx2",
        "httpcore2",
        "kombu",
        "amqp",
        "celery.worker.strategy",
        "celery.app.trace",
    ):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]


def _formatter(log_format: str) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def without_secrets(logger: object, method: str, line: EventDict) -> EventDict:
    """Mask values whose name says secret, credentials inside any text, and numbers that must not be recorded."""
    return {name: MASK if _is_secret(name) else _clean(value) for name, value in line.items()}


def _is_secret(name: str) -> bool:
    return name not in _NOT_SECRET and _SECRET_NAMES.search(name) is not None


def _clean(value: Any) -> Any:
    match value:
        case str():
            return _clean_text(value)
        case MutableMapping():
            return {name: MASK if _is_secret(str(name)) else _clean(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_clean(inner) for inner in value]
        case _:
            return value


def _clean_text(text: str) -> str:
    for pattern, replacement in _CREDENTIALS:
        text = pattern.sub(replacement, text)
    return mask_forbidden(text)
