"""How a workflow is called and explained to people: titles, help and templates in Chinese and English.

Presentation is no part of the logic and of its hash: it has a revision of its own, and the newest is used. It
stands beside the catalogue files as `<name>.titles.yaml`; `common.titles.yaml` holds what every workflow shares.
A name that nobody has titled is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import yaml

from workflows.language.words import End, Workflow
from workflows.machine.nodes import index
from workflows.machine.turn import step_path

COMMON: Final = "common"
PRINT: Final = "print"


@dataclass(frozen=True, slots=True)
class Title:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        """The words in `language`: zh or en."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Print:
    """How a case of the workflow is printed: what stands above and below, and which fields, in this order (none: all)."""

    heading: Title | None = None
    footing: Title | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Presentation:
    """The titles of one workflow.

    `steps` are keyed by step name or path, `branches` by choice and number ("route.0", "route.otherwise"),
    `choices` by "field.value",
    `templates` are the sentences of notices, `words` the few words that pictures need. `print` is how a case is printed.
    """

    revision: str = ""
    workflows: Mapping[str, Title] = field(default_factory=dict)
    help: Mapping[str, Title] = field(default_factory=dict)
    steps: Mapping[str, Title] = field(default_factory=dict)
    branches: Mapping[str, Title] = field(default_factory=dict)
    outcomes: Mapping[str, Title] = field(default_factory=dict)
    events: Mapping[str, Title] = field(default_factory=dict)
    templates: Mapping[str, Title] = field(default_factory=dict)
    fields: Mapping[str, Title] = field(default_factory=dict)
    choices: Mapping[str, Title] = field(default_factory=dict)
    reasons: Mapping[str, Title] = field(default_factory=dict)
    roles: Mapping[str, Title] = field(default_factory=dict)
    departments: Mapping[str, Title] = field(default_factory=dict)
    posts: Mapping[str, Title] = field(default_factory=dict)
    words: Mapping[str, Title] = field(default_factory=dict)
    print: Print = Print()

    def workflow(self, name: str, language: str) -> str:
        """The title of the workflow `name`."""
        return _said(self.workflows, (name,), language)

    def step(self, path: str, name: str, language: str) -> str:
        """The title of the step at `path`: that of the path itself, else that of its name."""
        return _said(self.steps, (path, name), language)

    def outcome(self, name: str, language: str) -> str:
        """How a case ended, in words."""
        return _said(self.outcomes, (name,), language)

    def event(self, type: str, language: str) -> str:  # noqa: A002  # CloudEvents' own name
        """What happened, in words."""
        return _said(self.events, (type,), language)

    def template(self, name: str, language: str) -> str:
        """The sentence of a notice."""
        return _said(self.templates, (name,), language)

    def label(self, name: str, language: str) -> str:
        """The label of a field."""
        return _said(self.fields, (name,), language)

    def choice(self, field: str, value: str, language: str) -> str:
        """The label of one value of a field."""
        return _said(self.choices, (f"{field}.{value}", value), language)

    def reason(self, name: str, language: str) -> str:
        """One of the closed reasons of a refusal."""
        return _said(self.reasons, (name,), language)

    def role(self, name: str, language: str) -> str:
        """The title of a role."""
        return _said(self.roles, (name,), language)

    def department(self, code: str, language: str) -> str:
        """The name of a department."""
        return _said(self.departments, (code,), language)

    def post(self, code: str, language: str) -> str:
        """The title of a post."""
        return _said(self.posts, (code,), language)

    def word(self, name: str, language: str, **values: object) -> str:
        """One of the few words that pictures need, with its values filled in."""
        said = _said(self.words, (name,), language)
        return said % values if values else said


def step_title(presentation: Presentation, definition: Workflow, path: str, language: str) -> str:
    """The title of the step of an activation at `path`; a supplement is called by the word for it."""
    asked = step_path(path)
    if asked.endswith("/supplement"):
        return presentation.word("supplement", language)
    node = index(definition).get(asked)
    if node is None:
        return path
    if isinstance(node.step, End):
        return presentation.outcome(node.step.outcome, language)
    return presentation.step(asked, node.step.name or asked.rpartition("/")[2], language)


def _said(titles: Mapping[str, Title], names: Iterable[str], language: str) -> str:
    last = ""
    for name in names:
        if name in titles:
            return titles[name].said(language)
        last = name
    return last


def merged(first: Presentation, second: Presentation) -> Presentation:
    """Both together; where both title a name, `second` wins. The revision covers both."""
    together = {name: {**getattr(first, name), **getattr(second, name)} for name in _SECTIONS}
    printed = first.print if second.print == Print() else second.print
    return replace(first, revision=_revision(first.revision + second.revision), print=printed, **together)


def parse_presentation(text: str, place: str) -> Presentation:
    """Read the titles of a YAML file.

    Args:
        text: the file's content: sections of name -> {zh, en}, and `print` (heading, footing, fields).
        place: what to call the file in an error.

    Raises:
        ValueError: for an unknown section, a title that lacks one of its languages, or fields to print that are no list.
    """
    sections = yaml.safe_load(text) or {}
    for name in sections:
        if name not in {*_SECTIONS, PRINT}:
            message = f"{place}: section '{name}' is unknown; use one of {', '.join(sorted((*_SECTIONS, PRINT)))}"
            raise ValueError(message)
    printed = _print(sections.pop(PRINT, None) or {}, f"{place}: {PRINT}")
    titles = {name: _titles(section or {}, f"{place}: {name}") for name, section in sections.items()}
    return Presentation(revision=_revision(text), print=printed, **titles)


def _print(section: Mapping[str, Any], place: str) -> Print:
    for name in section:
        if name not in {"heading", "footing", "fields"}:
            message = f"{place}.{name} is unknown; use heading, footing or fields"
            raise ValueError(message)
    wanted = section.get("fields") or []
    if (
        not isinstance(wanted, list)
        or not all(isinstance(one, str) for one in wanted)
        or len(set(wanted)) < len(wanted)
    ):
        message = f"{place}.fields: give a list of names of fields, each once"
        raise ValueError(message)
    said = _titles({name: title for name, title in section.items() if name != "fields"}, place)
    return Print(said.get("heading"), said.get("footing"), tuple(wanted))


def _titles(section: Mapping[str, Any], place: str) -> dict[str, Title]:
    for name, title in section.items():
        if not isinstance(title, dict) or set(title) != {"zh", "en"}:
            message = f"{place}.{name}: give the words as {{zh: …, en: …}}"
            raise ValueError(message)
    return {str(name): Title(zh=str(title["zh"]), en=str(title["en"])) for name, title in section.items()}


def _revision(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


_SECTIONS: Final = tuple(one.name for one in fields(Presentation) if one.name not in {"revision", PRINT})
"""The sections of titles; `print` says more than titles."""


@cache
def presentation_of(workflow: str) -> Presentation:
    """The titles that come with a catalogue file, over those that all share."""
    return merged(_shipped(COMMON), _shipped(workflow))


@cache
def _shipped(name: str) -> Presentation:
    file = files("workflows.catalogue") / f"{name}.titles.yaml"
    return parse_presentation(file.read_text(encoding="utf-8"), file.name) if file.is_file() else Presentation()
