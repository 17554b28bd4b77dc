"""Checks that each command shown in a ```console block of the documents exists: make targets and liaison verbs."""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typer

from adapters.cli.program import command

DOCUMENTS = ("README.md", "README.zh.md", "CONTRIBUTING.md", *map(str, sorted(Path("docs").rglob("*.md"))))
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def main() -> int:
    findings = [finding for document in DOCUMENTS for finding in unknown(Path(document))]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


def unknown(document: Path) -> Iterator[str]:
    for words in commands(document.read_text(encoding="utf-8")):
        if words[0] == "make" and not all(word in targets() for word in words[1:] if word.isalpha()):
            yield f"{document}: `{' '.join(words)}`: the Makefile has no such target."
        if words[0].endswith("liaison") and not verb_exists(verb(words)):
            yield f"{document}: `{' '.join(words)}`: liaison has no such command."


def commands(text: str) -> Iterator[list[str]]:
    for block in BLOCK.findall(text):
        yield from (line[2:].split() for line in block.splitlines() if line.startswith("$ "))


def verb(words: list[str]) -> tuple[str, ...]:
    """The lower-case words after `liaison`: a command, perhaps with a sub-command (`audit verify`)."""
    return tuple(word for word in words[1:3] if re.fullmatch(r"[a-z][a-z-]*", word))


@cache
def targets() -> set[str]:
    return set(TARGET.findall(Path("Makefile").read_text(encoding="utf-8")))


@cache
def verbs() -> dict[str, Any]:
    """Every command by its name; of a group again every command by its name."""
    return named(typer.main.get_command(command()))


def named(group: Any) -> dict[str, Any]:
    """The commands of a group; a command that is none has nothing below it."""
    return {name: named(one) for name, one in getattr(group, "commands", {}).items()}


def verb_exists(words: tuple[str, ...]) -> bool:
    """Whether the words name a command; what follows one that is no group are its arguments."""
    below = verbs()
    for word in words:
        if word not in below:
            return False
        below = below[word]
        if not below:
            return True
    return True


if __name__ == "__main__":
    sys.exit(main())
