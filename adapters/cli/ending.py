"""How a command ends: one exit code for each kind of outcome, and the sentence that goes with it."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NoReturn

import typer
from rich.console import Console

errors: Final = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """The exit codes of `liaison` (docs: contract §3)."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    UNAVAILABLE = 5


_OF_STATUS: Final = {401: Exit.NOT_ALLOWED, 403: Exit.NOT_ALLOWED, 404: Exit.NOT_FOUND}
_UNAVAILABLE: Final = frozenset({429, 500, 502, 503, 504})


def exit_of(status: int) -> Exit:
    """The exit code of an HTTP status."""
    if status in _UNAVAILABLE:
        return Exit.UNAVAILABLE
    refused = Exit.REFUSED if status >= 400 else Exit.DONE  # noqa: PLR2004  # where HTTP's refusals begin
    return _OF_STATUS.get(status, refused)


def give_up(code: Exit, sentence: str) -> NoReturn:
    """End the command with a sentence on standard error."""
    errors.print(sentence, style="red" if code else None, markup=False)
    raise typer.Exit(code)
