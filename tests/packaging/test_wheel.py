import importlib.metadata
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tree import ROOT, tracked_files

OUR_NAMES = {"domain", "workflows", "tasks", "adapters", "worker", "celeryconfig"}
OUR_FILES = ("domain", "workflows", "tasks", "adapters", "worker.py", "celeryconfig.py")
OWNERS = "import importlib.metadata, json; print(json.dumps(importlib.metadata.packages_distributions()))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built by the hatchling that uv.lock names."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("liaison-*.whl"))


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_exactly_our_top_level_names(contents: set[str]) -> None:
    tops = {name.split("/")[0].removesuffix(".py") for name in contents if ".dist-info/" not in name}

    assert tops == OUR_NAMES


def test_the_wheel_holds_every_tracked_file_of_our_packages(contents: set[str]) -> None:
    tracked = {str(path.relative_to(ROOT)) for path in tracked_files(*OUR_FILES)}

    assert tracked - contents == set()


@pytest.mark.parametrize(
    "needed",
    [
        "adapters/locales/en/LC_MESSAGES/liaison.po",
        "adapters/sql/migrations/",
        "adapters/web/templates/",
        "adapters/web/static/",
        "adapters/sample/",
    ],
)
def test_the_wheel_holds_what_is_not_python(contents: set[str], needed: str) -> None:
    assert [name for name in contents if name.startswith(needed)]


def test_an_installed_wheel_is_the_only_owner_of_each_name(wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    uv = str(Path(sys.executable).parent / "uv")
    install = [uv, "pip", "install", "--offline", "--no-deps", "--quiet", "--python", str(python), str(wheel)]
    subprocess.run(install, check=True, env={"UV_CACHE_DIR": str(tmp_path / "cache"), "PATH": ""})

    answer = subprocess.run([python, "-c", OWNERS], check=True, capture_output=True, text=True, cwd=tmp_path)

    owners = json.loads(answer.stdout)
    assert {name: owners.get(name) for name in OUR_NAMES} == {name: ["liaison"] for name in OUR_NAMES}


def test_no_dependency_owns_one_of_our_names() -> None:
    owners = importlib.metadata.packages_distributions()

    assert {name: owners[name] for name in OUR_NAMES if set(owners.get(name, [])) - {"liaison"}} == {}
