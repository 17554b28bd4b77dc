"""`liaison up --sample` as a person runs it: one process, killed in the middle, started again, nothing lost."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.sample.county import sample_events
from tests.tree import ROOT

SECONDS = 90
LIAISON = [sys.executable, "-m", "worker"]


class Office:
    """A data folder, and the process that serves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.parent / "up.log"
        given = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
        self.environment = given | {"LIAISON_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Returns the pid when the table of cases is printed."""
        with self.log.open("wb") as out:
            command = [*LIAISON, "up", "--sample", "--port", "18000"]
            self.process = subprocess.Popen(
                command, cwd=self.folder.parent, env=self.environment, stdout=out, stderr=out
            )
        until = time.monotonic() + SECONDS
        while "└" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)
        return self.process.pid

    def said(self) -> str:
        return self.log.read_text()

    def end(self, number: int) -> int:
        """Send a signal and return the return code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [*LIAISON, *arguments]
        return subprocess.run(
            command,
            check=False,
            cwd=self.folder.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def cases(self) -> dict[str, Any]:
        listed = self.run("cases", "--json", "--limit", "500")
        return {row["subject"] + row["workflow"]: row for row in json.loads(listed.stdout)["cases"]}

    def address(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.said())
        assert found is not None
        return found.group()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path / "data")
    yield office
    if office.process is not None and office.process.poll() is None:
        office.process.kill()
        office.process.wait(SECONDS)


@pytest.mark.slow
@pytest.mark.crash
@pytest.mark.timeout(400)
def test_up_is_killed_and_started_again_and_all_cases_are_there(office: Office) -> None:
    first_pid = office.start()
    before = office.cases()
    second = office.run("up", "--sample")

    code = office.end(signal.SIGKILL)
    second_pid = office.start()
    after = office.cases()

    assert (code, second.returncode) == (-9, 5)
    assert second_pid != first_pid
    assert len(before) >= 40
    assert after.keys() == before.keys()
    assert f"样例事件：接收 0 个，重复 {len(sample_events())} 个" in office.said()
    assert office.end(signal.SIGINT) == 0
    assert not (office.folder / "liaison.sock").exists()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_what_up_prints_works(office: Office) -> None:
    office.start()
    link = re.search(r"http://\S+/enter\?token=\S+", office.said())
    assert link is not None

    front = httpx2.get(office.address() + "/", follow_redirects=True)
    looked = httpx2.get(link.group())
    password = link.group().partition("token=")[2]
    here = {"Origin": office.address()}
    entered = httpx2.post(office.address() + "/enter", data={"password": password}, headers=here)
    inbox = office.run("inbox", "--json", "--as", "sample.centre_clerk_1")
    item = json.loads(inbox.stdout)["items"][0]
    done = office.run("act", item["id"], "agree", "--as", "sample.centre_clerk_1")
    explained = office.run("explain", item["case"])
    verified = office.run("audit", "verify")

    assert front.status_code == 200
    assert "样例" in front.text
    assert (looked.status_code, "liaison" in looked.cookies) == (200, False)
    assert (entered.status_code, "liaison" in entered.cookies) == (303, True)
    assert (done.returncode, explained.returncode, verified.returncode) == (0, 0, 0)
    assert (office.folder / "liaison.sock").stat().st_mode & 0o777 == 0o600
    assert office.end(signal.SIGTERM) == 0
