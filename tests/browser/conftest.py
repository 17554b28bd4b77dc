"""One browser for all tests of pages; without one they are skipped by name, and with CI=true that is a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.browser.chromium import EXECUTABLE, Browser, browser
from tests.browser.house import House, served
from tests.services import MISSING


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if EXECUTABLE is None:
        reason = f"{MISSING}: no chromium on PATH (apt-get install chromium)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with browser() as running:
        yield running


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house.application()) as base:
        yield base
