"""Log lines: one JSON object each, UTC, bound ids, no secret and no forbidden number."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from adapters import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().err.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_line_is_json_in_utc_with_the_bound_ids(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.contextvars.bind_contextvars(case_id="c1")

    structlog.get_logger("test").info("case_moved", rows=3)

    line = written(capsys)
    assert (line["event"], line["case_id"], line["rows"], line["level"]) == ("case_moved", "c1", 3, "info")
    assert line["timestamp"].endswith("Z")


def test_lines_of_libraries_look_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    logging.getLogger("some.library").warning("lost %s", "connection")

    assert written(capsys)["event"] == "lost connection"


@pytest.mark.parametrize(
    ("values", "secret"),
    [
        ({"password": "hunter2"}, "hunter2"),
        ({"Authorization": "Bearer abcdef"}, "abcdef"),
        ({"secret_key": "abcdef"}, "abcdef"),
        ({"nested": {"token": "abcdef"}}, "abcdef"),
        ({"url": "amqp://office:hunter2@mq/v"}, "hunter2"),
        ({"why": "GET /enter?token=abc-def_1 HTTP/1.1"}, "abc-def_1"),
        ({"why": "header was Bearer abcdef"}, "abcdef"),
        ({"text": "身份证 11010519491231002X"}, "11010519491231002X"),
    ],
)
def test_secrets_and_forbidden_numbers_are_masked(
    capsys: pytest.CaptureFixture[str], values: dict[str, object], secret: str
) -> None:
    logs.configure("json")

    structlog.get_logger("test").info("something", **values)

    assert secret not in json.dumps(written(capsys), ensure_ascii=False)


def test_a_line_break_in_a_value_makes_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    structlog.get_logger("test").info("something", text="first\nsecond\x1b[31m")

    assert written(capsys)["text"] == "first\nsecond\x1b[31m"
