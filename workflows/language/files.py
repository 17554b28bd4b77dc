"""Definitions as files: canonical JSON and its hash, and YAML that people read. What is written reads back equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError

from workflows.language.words import Workflow
from workflows.language.yaml_text import MAX_DEPTH, Document, write
from workflows.machine.nodes import everything

MAX_CHARACTERS: Final = 262_144
LONGEST_NUMBER: Final = 18

_ALWAYS_WRITTEN: Final = frozenset({"word", "who", "rung", "action", "op", "language"})
"""What tells one word from another is written although it is the default of its class."""

Route = tuple[str | int, ...]


class BadDefinition(ValueError):  # noqa: N818  # a name of the language, read by those who write definitions
    """A file that is not a definition: says where (`line` from 1, where it is YAML), what, and what to do."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


def canonical_json(definition: Workflow) -> bytes:
    """The one way to write a definition: keys sorted, no spaces, defaults of the language left out, UTF-8.

    Raises:
        BadDefinition: when it is nested too deep to be written.
    """
    try:
        plain = _plain(definition)
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except RecursionError as error:
        raise _too_deep() from error


def logic_hash(definition: Workflow) -> str:
    """SHA-256 (hex) of the canonical JSON: the version of a definition. Titles are presentation and not in it."""
    return hashlib.sha256(canonical_json(definition)).hexdigest()


def to_yaml(definition: Workflow) -> str:
    """The definition as YAML, in the order in which the words name their parts."""
    return write(_plain(definition))


def from_json(text: str | bytes) -> Workflow:
    """Read a definition.

    Raises:
        BadDefinition: when the text is too long or too deep, is not JSON, or says what the language does not know.
    """
    _refuse_long(text)
    try:
        data = json.loads(text, object_pairs_hook=_without_twins, parse_int=_whole)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadDefinition(f"definition: not JSON ({error}); correct the file at that place") from error
    except RecursionError as error:
        raise _too_deep() from error
    if _depth(data) > MAX_DEPTH:
        raise _too_deep()
    return _parse(data)


def from_yaml(text: str) -> Workflow:
    """Read a definition from YAML without anchors, aliases or tags; `on`, `yes` and dates are plain words in it.

    Raises:
        BadDefinition: as `from_json`, with the line.
    """
    document = _document(text)
    return _parse(document.data, document)


def lines(text: str) -> Mapping[str, int]:
    """The line (from 1) on which each step, form and guard of a YAML file stands, by the path that findings name.

    Raises:
        BadDefinition: as `from_yaml`.
    """
    document = _document(text)
    definition = _parse(document.data, document)
    routes = {id(word): route for word, route in _words(definition, ())}
    found = {node.path: document.line(routes[id(node.step)]) for node in everything(definition)}
    found |= {f"forms/{form.name}": document.line(routes[id(form)]) for form in reversed(definition.forms)}
    found |= {f"guards/{number}": document.line(("guards", number)) for number in range(len(definition.guards))}
    found |= {f"jumps/{number}": document.line(("jumps", number)) for number in range(len(definition.jumps))}
    found |= {"revocation": document.line(("revocation",))} if definition.revocation is not None else {}
    return {"": document.line(()), **found}


def _document(text: str) -> Document:
    _refuse_long(text)
    try:
        return Document(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise BadDefinition(f"definition: not YAML ({error.problem}); correct it there", line) from error
    except yaml.YAMLError as error:
        raise BadDefinition(f"definition: not YAML ({error}); correct the file at that place") from error
    except RecursionError as error:
        raise _too_deep() from error


def _words(value: Any, route: Route) -> Iterator[tuple[BaseModel, Route]]:
    """Everything that a definition is made of, with the keys and numbers that lead to it."""
    if isinstance(value, BaseModel):
        yield value, route
        for name in type(value).model_fields:
            yield from _words(getattr(value, name), (*route, name))
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _words(part, (*route, number))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        pairs = ((name, getattr(value, name), fields[name].default) for name in fields)
        return {name: _plain(own) for name, own, default in pairs if name in _ALWAYS_WRITTEN or own != default}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, str) else value


def _parse(data: Any, document: Document | None = None) -> Workflow:
    try:
        return Workflow.model_validate_json(json.dumps(data), strict=True)
    except TypeError as error:
        raise BadDefinition(f"definition: {error}; write texts, whole numbers, true, false, null and lists") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "top"
        line = None if document is None else document.line(first["loc"])
        raise BadDefinition(f"definition: at {place}: {first['msg']}; correct it there", line) from error


def _refuse_long(text: str | bytes) -> None:
    if len(text) > MAX_CHARACTERS:
        raise BadDefinition(f"definition: {len(text)} characters, at most {MAX_CHARACTERS} are read; divide it")


def _too_deep() -> BadDefinition:
    return BadDefinition(f"definition: nested deeper than {MAX_DEPTH}; divide it into more steps of one sequence")


def _depth(data: Any) -> int:
    deepest, level = 0, [data]
    while level:
        deepest += 1
        level = [inner for outer in level for inner in _inside(outer)]
    return deepest


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise BadDefinition(f"definition: the number {digits[:LONGEST_NUMBER]}… is too long; write a smaller one")
    return int(digits)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, value in pairs:
        if name in data:
            raise BadDefinition(f"definition: '{name}' stands twice in one place; keep one of them")
        data[name] = value
    return data
