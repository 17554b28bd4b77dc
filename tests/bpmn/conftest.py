"""bpmn-moddle, the reader of most drawing tools, as a process of its own: installed once into a temporary folder."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services import MISSING

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "read.js")
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")

Reader = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def moddle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Read a file: the type of its root, and the warnings."""
    folder = _installed(tmp_path_factory.mktemp("moddle"))
    with subprocess.Popen(
        ("node", "read.js"), cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None
        assert answers is not None

        def read(xml: str) -> dict[str, Any]:
            asked.write(f"{json.dumps(xml)}\n")
            asked.flush()
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield read


def _installed(folder: Path) -> Path:
    if shutil.which("npm") is None or shutil.which("node") is None:
        _give_up("no npm on PATH (apt-get install npm)")
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    if done.returncode:
        _give_up(f"npm cannot install bpmn-moddle: {done.stderr.strip()[-500:]}")
    return folder


def _give_up(why: str) -> None:
    reason = f"{MISSING}: {why}"
    pytest.fail(reason, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(reason)
