"""The scripts of `make check` bite: each is shown something wrong."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from tests.tree import ROOT


def script(name: str) -> ModuleType:
    """The module of `.ci/<name>.py`, which is no package."""
    specification = importlib.util.spec_from_file_location(f"ci_{name}", ROOT / ".ci" / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("import sqlalchemy", "standard library and pydantic only"),
        ("from celery import app", "standard library and pydantic only"),
        ("import random", "the domain is pure"),
        ("def late():\n    from time import monotonic", "the domain is pure"),
    ],
)
def test_a_stranger_in_the_domain_is_named(tmp_path: Path, statement: str, complaint: str) -> None:
    module = tmp_path / "module.py"
    module.write_text(statement, encoding="utf-8")

    (finding,) = script("domain_imports").strangers(module)

    assert complaint in finding


def test_the_domain_may_import_the_standard_library_and_pydantic(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import hashlib\nfrom pydantic import BaseModel\nfrom domain.texts import zh", encoding="utf-8")

    assert list(script("domain_imports").strangers(module)) == []


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("待办", ""), "is empty"),
        (Message("待办", "To do", flags=["fuzzy"]), "is marked fuzzy"),
        (Message("待办", "待办"), "holds Chinese characters in its English"),
        (Message(("%d 件", "%d 件"), ("%d case", "")), "is empty"),
    ],
)
def test_an_unfinished_translation_is_named(message: Message, fault: str) -> None:
    assert fault in list(script("translations").faults(message))


def test_a_finished_translation_has_no_fault() -> None:
    assert list(script("translations").faults(Message("待办", "To do"))) == []


def test_a_sentence_without_translation_is_named_from_code_and_from_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "door.py").write_text('TITLE = zh("收件")', encoding="utf-8")
    (tmp_path / "adapters" / "page.html").write_text("<p>{{ _('待办') }}</p>", encoding="utf-8")

    findings = list(script("translations").missing(Catalog(locale="en")))

    assert [finding.split(" in ")[0] for finding in findings] == [
        "adapters/door.py:1: '收件' has no English translation",
        "adapters/page.html:1: '待办' has no English translation",
    ]


@pytest.mark.parametrize("english", ["", "Receipt 收件", "~"])
def test_a_workflow_title_without_english_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, english: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workflows").mkdir()
    titles = f"steps:\n  received: {{zh: 收件, en: {english}}}\n  done: {{zh: 办结, en: Done}}\n"
    (tmp_path / "workflows" / "sample.titles.yaml").write_text(titles, encoding="utf-8")

    (finding,) = script("translations").untranslated_titles()

    assert finding == "workflows/sample.titles.yaml: steps.received: '收件' has no English title."


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-or-later",
        "AGPL-3.0-only",
        "GPLv2",
        "GNU General Public License v3",
        "GNU Affero General Public License v3",
    ],
)
def test_a_strong_copyleft_licence_is_refused(licence: str) -> None:
    assert script("licences").COPYLEFT.search(licence)


@pytest.mark.parametrize(
    "licence", ["LGPL-3.0-only", "GNU Lesser General Public License v2 or later (LGPLv2+)", "MIT", "BSD-3-Clause"]
)
def test_a_weak_copyleft_or_permissive_licence_is_allowed(licence: str) -> None:
    assert not script("licences").COPYLEFT.search(licence)


def test_a_locked_file_without_a_hash_or_from_a_mirror_is_named() -> None:
    locked = {
        "name": "sample",
        "source": {"registry": "https://mirror.example"},
        "wheels": [{"url": "https://x.example"}],
    }

    findings = [*script("licences").without_hash([locked]), *script("licences").from_elsewhere([locked])]

    assert [finding.split(";")[0] for finding in findings] == [
        "uv.lock: sample has a file without a sha256 hash",
        "uv.lock: sample does not come from the public index",
    ]


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("```console\n$ make nonsense\n$ make test\n```\n", encoding="utf-8")

    findings = list(script("examples").unknown(document))

    assert findings == [f"{document}: `make nonsense`: the Makefile has no such target."]
