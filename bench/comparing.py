"""Our product beside what a user would pick instead: `peers/drive.py`, interleaved, on servers of the benchmark's own.

The peers' latencies are commit times, for which PostgreSQL must keep them (track_commit_timestamp); no server that is
found running is reconfigured, so a scratch cluster is started for the comparison, with the settings it was first
measured with.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.places import ROOT, broker
from bench.reporting import Figure, report
from tests.crash.scratch import Postgres, folder_of, servant

ROUNDS, WORKFLOWS, LATENCIES = 3, 1000, 35
OURS = {"liaison": "liaison", "liaison_single": "liaison:PEER_COMMITS=single"}
PEERS = {
    "celery_commit": "celery:CELERY_VARIANT=commit",
    "oban": "oban",
    "pgqueuer": "pgqueuer",
    "spiff": "spiff",
}
SETTINGS = "fsync = on\nsynchronous_commit = on\ntrack_commit_timestamp = on\nshared_buffers = 1GB\n"
HOW = "the approval job of bench/peers, peers interleaved round by round, median of the rounds"

Run = dict[str, Any]


def measure(rounds: int = ROUNDS, workflows: int = WORKFLOWS) -> None:
    """One interleaved run of everything that is installed."""
    present = [spec for name, spec in PEERS.items() if _is_installed(name)]
    with cluster() as dsn, broker() as amqp, tempfile.TemporaryDirectory(prefix="liaison-peers-") as folder:
        runs = _driven([*OURS.values(), *present], dsn, amqp, Path(folder), rounds, workflows)
    speeds = {name: median(run["wf_s"] for run in of_one) for name, of_one in runs.items()}
    for name, of_one in sorted(runs.items()):
        _report(name, of_one)
    _report_ratios(speeds)


def _is_installed(peer: str) -> bool:
    module = {"celery_commit": "celery", "spiff": "SpiffWorkflow"}.get(peer, peer)
    if importlib.util.find_spec(module) is not None or f"PERF_PY_{peer}" in os.environ:
        return True
    print(
        f"{peer} is not measured: not installed for this Python; set PERF_PY_{peer} to one that has it", file=sys.stderr
    )
    return False


@contextmanager
def cluster() -> Iterator[str]:
    """A PostgreSQL cluster of the comparison's own; gives its libpq URL without a database."""
    user = servant("postgres")
    with folder_of(user) as folder:
        own = Postgres(folder, user)
        with (own.data / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        own.start()
        try:
            yield f"postgresql://postgres@127.0.0.1:{own.port}"
        finally:
            own.stop()


def _driven(specs: list[str], dsn: str, amqp: str, folder: Path, rounds: int, workflows: int) -> dict[str, list[Run]]:
    results = folder / "results.jsonl"
    around = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    environment = around | {
        "PERF_DSN": dsn,
        "PERF_AMQP": amqp,
        "PERF_OUT": str(results),
        "PERF_TMP": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "drive.py", str(rounds), str(workflows), str(LATENCIES), *specs]
    subprocess.run(command, cwd=ROOT / "bench" / "peers", env=environment, stdout=sys.stderr, check=True)
    found: dict[str, list[Run]] = defaultdict(list)
    for line in results.read_text().splitlines():
        run = json.loads(line)
        found[run["peer"]].append(run)
    return found


def _report(name: str, runs: list[Run]) -> None:
    speeds = [run["wf_s"] for run in runs]
    shared = {"rounds": len(runs), "spread": [min(speeds), max(speeds)], "done": [run["done"] for run in runs]}
    report(Figure(f"peer_{name}_speed", median(speeds), "workflows/s", "postgresql", HOW, shared))
    for word, what in (
        ("b50", "event_to_task_p50"),
        ("b99", "event_to_task_p99"),
        ("c50", "decision_to_done_p50"),
        ("c99", "decision_to_done_p99"),
    ):
        report(Figure(f"peer_{name}_{what}", median(run[word] for run in runs), "ms", "postgresql", HOW))


def _report_ratios(speeds: dict[str, float]) -> None:
    fastest = max((name for name in speeds if name not in OURS), key=lambda name: speeds[name])
    for name in OURS:
        how = f"{name} / {fastest}, the fastest peer of this run"
        report(Figure(f"{name}_to_fastest_peer", speeds[name] / speeds[fastest], "ratio", "postgresql", how))
