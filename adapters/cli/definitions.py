"""The definition files that the command line reads: YAML, JSON, and catalogue files of Python."""

from __future__ import annotations

import runpy
from pathlib import Path

from adapters.cli.ending import Exit, give_up
from adapters.texts import _
from workflows.language.files import BadDefinition, canonical_json, from_json, from_yaml
from workflows.language.words import Workflow

Document = tuple[bytes, str]
"""A definition as a request carries it: its content and media type."""


def documents_in(file: Path) -> list[Document]:
    """Every definition in a file; ends the command where it cannot be read, or holds none."""
    if file.suffix == ".py":
        return [(canonical_json(one), "application/json") for one in _from_python(file)]
    return [(_content(file), "application/json" if file.suffix == ".json" else "application/yaml")]


def read_definition(file: Path) -> Workflow:
    """The definition in a YAML or JSON file; ends the command with the place where it is wrong."""
    content = _content(file)
    try:
        return from_json(content) if file.suffix == ".json" else from_yaml(content.decode())
    except (BadDefinition, UnicodeDecodeError) as error:
        give_up(Exit.USAGE, f"{file}: {error}")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法读取：%(why)s", name=str(file), why=error.strerror or ""))


def _from_python(file: Path) -> list[Workflow]:
    """Every definition that a catalogue file names; it is run as the program of the person who asks."""
    try:
        named = runpy.run_path(str(file))
    except OSError as error:
        give_up(Exit.USAGE, _("%(name)s 无法读取：%(why)s", name=str(file), why=error.strerror or ""))
    found = [value for value in named.values() if isinstance(value, Workflow)]
    if not found:
        give_up(Exit.USAGE, _("%(name)s 里没有流程定义", name=str(file)))
    return found
