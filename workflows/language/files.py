"""Definitions as files: canonical JSON and its hash, and YAML that people read. What is written reads back equal."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable, Iterable
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError
from yaml.composer import ComposerError

from workflows.language.words import Workflow

MAX_CHARACTERS: Final = 262_144
MAX_DEPTH: Final = 64
"""How deep lists and mappings may stand in each other; the catalogue needs about 20."""

_ALWAYS_WRITTEN: Final = frozenset({"word", "who", "rung", "action", "op", "language"})
"""What tells one word from another is written although it is the default of its class."""


class BadDefinition(ValueError):  # noqa: N818  # a name of the language, read by those who write definitions
    """A file that is not a definition: says where, what, and what to do."""


def canonical_json(definition: Workflow) -> bytes:
    """The one way to write a definition: keys sorted, no spaces, defaults of the language left out, UTF-8."""
    plain = _plain(definition)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def logic_hash(definition: Workflow) -> str:
    """SHA-256 (hex) of the canonical JSON: the version of a definition. Titles are presentation and not in it."""
    return hashlib.sha256(canonical_json(definition)).hexdigest()


def to_yaml(definition: Workflow) -> str:
    """The definition as YAML, in the order in which the words name their parts."""
    return yaml.dump(_plain(definition), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def from_json(text: str | bytes) -> Workflow:
    """Read a definition.

    Raises:
        BadDefinition: when the text is too long or too deep, is not JSON, or says what the language does not know.
    """
    _refuse_long(text)
    try:
        data = json.loads(text, object_pairs_hook=_without_twins)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadDefinition(f"definition: not JSON ({error}); correct the file at that place") from error
    except RecursionError as error:
        raise _too_deep() from error
    return _parse(data)


def from_yaml(text: str) -> Workflow:
    """Read a definition from YAML without anchors, aliases or tags; `on`, `yes` and dates are plain words in it.

    Raises:
        BadDefinition: as `from_json`.
    """
    _refuse_long(text)
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader that reads even less
    except yaml.YAMLError as error:
        raise BadDefinition(f"definition: not YAML ({error}); correct the file at that place") from error
    except RecursionError as error:
        raise _too_deep() from error
    return _parse(data)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        pairs = ((name, getattr(value, name), fields[name].default) for name in fields)
        return {name: _plain(own) for name, own, default in pairs if name in _ALWAYS_WRITTEN or own != default}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, str) else value


def _parse(data: Any) -> Workflow:
    if _depth(data) > MAX_DEPTH:
        raise _too_deep()
    try:
        return Workflow.model_validate_json(json.dumps(data), strict=True)
    except TypeError as error:
        raise BadDefinition(f"definition: {error}; write texts, whole numbers, true, false, null and lists") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "top"
        raise BadDefinition(f"definition: at {place}: {first['msg']}; correct it there") from error


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


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        twin = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise BadDefinition(f"definition: '{twin}' stands twice in one place; keep one of them")
    return data


class _Dumper(yaml.SafeDumper):
    """YAML in which the line breaks of other alphabets are escaped, because a reader would fold them."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if any(mark in text for mark in "\x85\u2028\u2029\ufeff") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


class _Loader(yaml.SafeLoader):
    """YAML with the values of JSON only."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it untyped
            raise ComposerError(None, None, "an alias (*…) is not read; write it out", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  # PyYAML's signature
        pairs = [(str(key.value), None) for key, _ in node.value]
        _without_twins(pairs)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]{0,17})$"), list("-0123456789"))
