"""A real S3 peer for tests: moto's server, a process of its own on 127.0.0.1."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

BUCKET = "attachments"
KEY, SECRET, REGION = "test", "test-secret", "us-east-1"


@contextmanager
def s3_server(log: Path) -> Iterator[str]:
    """The address of a store with the empty bucket BUCKET, gone at the end; its lines go to `log`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as lines:
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        process = subprocess.Popen(command, stdout=lines, stderr=lines, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        make_bucket(address)
        yield address
    finally:
        process.kill()
        process.wait()


def make_bucket(address: str, seconds: float = 30) -> None:
    """Make the bucket, as soon as the server answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            httpx2.put(f"{address}/{BUCKET}").raise_for_status()
        except httpx2.TransportError:
            if time.monotonic() > until:
                raise
            # A process that is starting tells nobody that it has: it is asked until it answers.
            time.sleep(0.05)
        else:
            return
