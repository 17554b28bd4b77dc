"""YAML as definitions use it: the values of JSON, no aliases, bounded in depth and size, and each place has its line."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from typing import Any, Final

import yaml
from yaml.composer import ComposerError

MAX_DEPTH: Final = 64
"""How deep lists and mappings may stand in each other; the catalogue needs about 20."""

MAX_NODES: Final = 20_000
"""How many values, keys, lists and mappings a file may hold; the catalogue's longest has about 1,500."""

Route = Iterable[str | int]


def write(data: Any) -> str:
    """Plain data as YAML, in the order in which they stand."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


class Document:
    """A YAML text that was read: its data, and the lines on which they stand.

    Raises:
        yaml.YAMLError: when the text is not YAML, is too deep or too large, or uses what is not read; with its place.
    """

    def __init__(self, text: str) -> None:
        loader = _Loader(text)
        try:
            self._root = loader.get_single_node()
            self.data: Any = None if self._root is None else loader.construct_document(self._root)
        finally:
            loader.dispose()

    def line(self, route: Route) -> int:
        """The line (from 1) of the value that the keys and numbers of `route` lead to, or of the last one on the way.

        Parts that lead nowhere are passed over: an error's place names the word that was tried between the keys.
        """
        node = self._root
        for part in route:
            node = _inside(node, part) or node
        return 1 if node is None else node.start_mark.line + 1


def _inside(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    match node:
        case yaml.MappingNode(value=pairs):
            return next((value for key, value in pairs if key.value == part), None)
        case yaml.SequenceNode(value=values) if isinstance(part, int) and part < len(values):
            found: yaml.Node = values[part]
            return found
        case _:
            return None


class _Dumper(yaml.SafeDumper):
    """YAML in which the line breaks of other alphabets are escaped, because a reader would fold them."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if any(mark in text for mark in "\x85\u2028\u2029\ufeff") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


class _Loader(yaml.SafeLoader):
    """YAML with the values of JSON only."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        if self.check_event(yaml.AliasEvent):
            raise ComposerError(None, None, "an alias (*…) is not read; write it out", mark)
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH:
            raise ComposerError(None, None, f"nested deeper than {MAX_DEPTH}; divide it", mark)
        if self._nodes > MAX_NODES:
            raise ComposerError(None, None, f"more than {MAX_NODES} values; divide it", mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  # PyYAML's signature
        seen = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise ComposerError(None, None, f"'{name}' stands twice in one place; keep one of them", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]{0,17})$"), list("-0123456789"))
