"""One browser for all tests of pages, and axe-core; without them tests are skipped by name, and fail with CI=true."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import EXECUTABLE, Browser, browser
from tests.browser.house import House, served
from tests.browser.stage import WORKFLOWS, Stage
from tests.services import MISSING


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if EXECUTABLE is None:
        _give_up("no chromium on PATH (apt-get install chromium)")
    with browser() as running:
        yield running


HERE = Path(__file__).parent
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, which looks at a page as the accessibility guidelines do; installed once."""
    if shutil.which("npm") is None:
        _give_up("no npm on PATH (apt-get install npm)")
    folder = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    if done.returncode:
        _give_up(f"npm cannot install axe-core: {done.stderr.strip()[-500:]}")
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def _give_up(why: str) -> None:
    reason = f"{MISSING}: {why}"
    pytest.fail(reason, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(reason)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house.application()) as base:
        yield base


@pytest.fixture(scope="module")
def stage(chromium: Browser) -> Iterator[Stage]:
    """One house for all stories of a file; each begins a case of its own."""
    house = House(workflows=WORKFLOWS)
    with served(house.application()) as address:
        yield Stage(chromium, house, address)
