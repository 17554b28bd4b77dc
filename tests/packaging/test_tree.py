"""What must stand in no file: a path of the machine it was written on, or a package index of somebody's own."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.tree import ROOT, tracked_files

# Built from pieces, so that this file does not find itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.~-])/(?:" + "|".join(["wor" + "k", "roo" + "t", "opt/py" + "pi", "tmp/bri" + "ef"]) + r")/"
)
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org"}


def test_no_file_names_a_path_of_one_machine() -> None:
    findings = [finding for path in tracked_files() for finding in machine_paths(path)]

    assert findings == []


@pytest.mark.parametrize("path", ["/wor" + "k/main", "cd /roo" + "t/x", "file:///opt/py" + "pi/simple"])
def test_a_planted_path_is_found(tmp_path: Path, path: str) -> None:
    planted = tmp_path / "notes.md"
    planted.write_text(f"see {path}/somewhere", encoding="utf-8")

    assert machine_paths(planted)


def test_the_lock_file_names_the_public_index_only() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    addresses = re.findall(r"https?://[^\"\s]+|file://[^\"\s]+", (ROOT / "uv.lock").read_text(encoding="utf-8"))

    assert len(lock["package"]) > 50
    assert {urlsplit(address).hostname for address in addresses} == PUBLIC_HOSTS


def machine_paths(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", errors="ignore")
    return [f"{path}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
