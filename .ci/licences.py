"""Checks uv.lock: a hash for each file, the public index only, and no GPL or AGPL among what runs in production.

LGPL is allowed: psycopg is used unmodified and can be replaced by the user.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
PUBLIC = ("https://pypi.org/simple", "https://files.pythonhosted.org/")
COPYLEFT = re.compile(r"(?<!L)(?<!Lesser )\b(A?GPL|(Affero )?General Public License)", re.IGNORECASE)

Package = dict[str, Any]


def main() -> int:
    packages = tomllib.loads(Path("uv.lock").read_text(encoding="utf-8"))["package"]
    findings = [*without_hash(packages), *from_elsewhere(packages), *copyleft(runtime_names())]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


def files(package: Package) -> Iterator[Package]:
    yield from package.get("wheels", [])
    if "sdist" in package:
        yield package["sdist"]


def without_hash(packages: list[Package]) -> Iterator[str]:
    for package in packages:
        if any(not file.get("hash", "").startswith("sha256:") for file in files(package)):
            yield f"uv.lock: {package['name']} has a file without a sha256 hash; run `uv lock`."


def from_elsewhere(packages: list[Package]) -> Iterator[str]:
    for package in packages:
        if package["source"] == {"editable": "."}:
            continue
        addresses = [package["source"].get("registry", "no registry"), *(file["url"] for file in files(package))]
        if any(not address.startswith(PUBLIC) for address in addresses):
            yield f"uv.lock: {package['name']} does not come from the public index; lock it again without a mirror."


def runtime_names() -> list[str]:
    command = [f"{BIN}/uv", "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project"]
    command += ["--no-hashes", "--no-header", "--no-annotate"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split("==")[0] for line in lines]


def copyleft(names: list[str]) -> Iterator[str]:
    command = [f"{BIN}/pip-licenses", "--python", sys.executable, "--format=json", "--from=all", "--packages", *names]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for row in report:
        stated = " ".join(row[key] for key in ("License-Expression", "License-Classifier", "License-Metadata"))
        if COPYLEFT.search(stated):
            yield f"{row['Name']} {row['Version']} is under {stated}: GPL and AGPL are not allowed at run time."


if __name__ == "__main__":
    sys.exit(main())
