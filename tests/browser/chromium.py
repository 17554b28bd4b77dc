"""A real browser over its debugging pipe: open, look, type, press, take a picture. No driver package is needed."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 20
"""Seconds within which a browser does anything that it is asked."""

_MIDDLE = """(() => {
    const one = document.querySelector(%s);
    one.scrollIntoView();
    const box = one.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
})()"""


class PageLeftError(AssertionError):
    """The page that was asked was left before it answered."""


def _refuse_error(method: str, error: Mapping[str, Any] | None) -> None:
    if error is not None:
        refused = PageLeftError if "navigated" in str(error["message"]) else AssertionError
        raise refused(f"{method}: {error}")


class Tab:
    """One page of the browser; `problems` are the errors that the page caused."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    @property
    def problems(self) -> list[str]:
        """What the browser complained about: scripts that fail, sources that the page's policy forbids."""
        return [text for session, text in self._browser.problems if session == self._session]

    def ask(self, method: str, **values: Any) -> dict[str, Any]:
        return self._browser.ask(method, self._session, **values)

    def open(self, address: str) -> None:
        before = self.value("performance.timeOrigin")
        self.ask("Page.navigate", url=address)
        self.wait_for(f"performance.timeOrigin != {before} && document.readyState == 'complete'")

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        return found["result"].get("value")

    def wait_for(self, expression: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._holds(expression):
            assert time.monotonic() < deadline, f"still not true after {PATIENCE} s: {expression}"
            time.sleep(0.05)

    def _holds(self, expression: str) -> bool:
        """Whether it is true now; a page that is just being left cannot say so yet."""
        try:
            return bool(self.value(f"Boolean({expression})"))
        except PageLeftError:
            return False

    def text(self, selector: str = "body") -> str:
        return str(self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def type(self, selector: str, words: str) -> None:
        self.value(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(words)}")

    def press(self, selector: str) -> None:
        """Press a button that leads to another page with the mouse, and wait for that page."""
        before = self.value("performance.timeOrigin")
        x, y = self.value(_MIDDLE % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.wait_for(f"performance.timeOrigin != {before} && document.readyState == 'complete'")

    def picture(self, path: Path, *, whole: bool = False) -> None:
        found = self.ask("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))


class Browser:
    """One running browser."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._numbers = itertools.count(1)
        self._answers: Queue[dict[str, Any]] = Queue()
        self.problems: list[tuple[str, str]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def tab(self, width: int = 1280, height: int = 900, *, dark: bool = False, scripts: bool = True) -> Tab:
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.ask(f"{domain}.enable")
        tab.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        tab.ask("Emulation.setEmulatedMedia", features=[scheme])
        tab.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        return tab

    def ask(self, method: str, session: str | None = None, **values: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": values}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            try:
                answer = self._answers.get(timeout=PATIENCE)
            except Empty:
                raise TimeoutError(f"the browser does not answer {method}") from None
            if answer["id"] == number:
                _refuse_error(method, answer.get("error"))
                return dict(answer["result"])

    def _listen(self) -> None:
        rest = b""
        while piece := os.read(self._back, 1 << 20):
            *messages, rest = (rest + piece).split(b"\0")
            for raw in messages:
                self._take(json.loads(raw))

    def _take(self, message: Mapping[str, Any]) -> None:
        if "id" in message:
            self._answers.put(dict(message))
        elif message["method"] == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            self.problems.append((message["sessionId"], str(message["params"]["entry"]["text"])))
        elif message["method"] == "Runtime.exceptionThrown":
            self.problems.append((message["sessionId"], str(message["params"]["exceptionDetails"]["text"])))


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of its own, with an empty profile, ended at the end."""
    assert EXECUTABLE, "there is no chromium on PATH"
    their_in, to = os.pipe()
    back, their_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = [
            "--headless=new",
            "--remote-debugging-pipe",
            "--no-sandbox",  # as root there is none; it only ever opens our own loopback pages
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--no-first-run",
            f"--user-data-dir={profile}",
        ]
        # The browser reads its commands from descriptor 3 and answers on 4.
        wiring = f'exec "$@" 3<&{their_in} 4>&{their_out}'
        process = subprocess.Popen(
            ["bash", "-c", wiring, "bash", EXECUTABLE, *options],
            pass_fds=(their_in, their_out),
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        running = Browser(to, back)
        try:
            yield running
        finally:
            running.ask("Browser.close")
            process.wait(PATIENCE)
            os.close(to)
