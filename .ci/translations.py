"""Checks that every Chinese sentence of the program has a finished English translation.

The Chinese sentence is the msgid; it is marked with `_`, `ngettext`, `{% trans %}`, or `zh` (a sentence kept as data).
The titles of workflows stand in both languages beside each other: {zh: ..., en: ...}.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ENGLISH = Path("adapters/locales/en/LC_MESSAGES/liaison.po")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "zh": None}
METHODS = [("**/static/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"encoding": "utf-8", "silent": "false"}}
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def main() -> int:
    catalogue = english()
    findings = [*missing(catalogue), *unfinished(catalogue), *untranslated_titles()]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


def english() -> Catalog:
    if not ENGLISH.exists():
        sys.exit(f"{ENGLISH} does not exist: the English translation of every sentence belongs there.")
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def missing(catalogue: Catalog) -> Iterator[str]:
    for place, msgid in sorted(extracted(), key=str):
        if msgid not in catalogue:
            yield f"{place}: {msgid!r} has no English translation in {ENGLISH}."


def extracted() -> Iterator[tuple[str, str]]:
    for room in ("domain", "workflows", "tasks", "adapters"):
        for file, line, msgid, _comments, _context in extract_from_dir(room, METHODS, OPTIONS, KEYWORDS):
            yield f"{room}/{file}:{line}", msgid[0] if isinstance(msgid, tuple) else msgid


def unfinished(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        if message.id:
            yield from (f"{ENGLISH}:{message.lineno}: {message.id!r} {fault}." for fault in faults(message))


def faults(message: Message) -> Iterator[str]:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield "is marked fuzzy"
    if not all(strings):
        yield "is empty"
    if any(HAN.search(string or "") for string in strings):
        yield "holds Chinese characters in its English"


def untranslated_titles() -> Iterator[str]:
    for path in sorted(Path("workflows").rglob("*.titles.yaml")):
        for place, title in titles(yaml.safe_load(path.read_text(encoding="utf-8")), ()):
            if not title.get("en") or HAN.search(str(title["en"])):
                yield f"{path}: {'.'.join(place)}: {title['zh']!r} has no English title."


def titles(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Every {zh, en} below a node, with the names that lead to it."""
    if not isinstance(node, dict):
        return
    if "zh" in node:
        yield place, node
        return
    for name, below in node.items():
        yield from titles(below, (*place, str(name)))


if __name__ == "__main__":
    sys.exit(main())
