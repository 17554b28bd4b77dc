import re

import pytest

from adapters.settings import Settings
from tests.tree import ROOT

ROW = re.compile(r"^\| `LIAISON_([A-Z0-9_]+)` \| (.*?) \|", re.MULTILINE)


@pytest.mark.parametrize("document", ["README.md", "README.zh.md"])
def test_the_readme_lists_exactly_the_settings_that_exist(document: str) -> None:
    listed = [name.lower() for name, _default in ROW.findall((ROOT / document).read_text(encoding="utf-8"))]

    assert sorted(listed) == sorted(Settings.model_fields)


@pytest.mark.parametrize("document", ["README.md", "README.zh.md"])
@pytest.mark.parametrize("name", ["base_url", "county", "crypto", "language", "log_format", "time_zone"])
def test_the_readme_tells_the_true_default(document: str, name: str) -> None:
    listed = dict(ROW.findall((ROOT / document).read_text(encoding="utf-8")))

    assert listed[name.upper()] == f"`{Settings.model_fields[name].default}`"


def test_both_readmes_show_the_same_commands() -> None:
    console = re.compile(r"^\$ .*", re.MULTILINE)

    english, chinese = (
        console.findall((ROOT / name).read_text(encoding="utf-8")) for name in ("README.md", "README.zh.md")
    )

    assert english == chinese


@pytest.mark.parametrize("document", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_every_file_that_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", text)
    paths = re.findall(r"`((?:docs|workflows|adapters|domain|tasks|\.ci)/[\w./-]+)`", text)

    assert [name for name in [*links, *paths] if not (ROOT / name).exists()] == []
