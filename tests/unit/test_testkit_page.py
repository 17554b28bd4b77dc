"""Each example of `docs/testkit.md` is a whole program and runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "testkit.md"
EXAMPLES: Final = re.findall(r"^## (.*?)\n.*?^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_there_are_three_examples() -> None:
    assert [title for title, _ in EXAMPLES] == [
        "A first workflow",
        "Time, ladder and silence",
        "Replaying a foreign log",
    ]


@pytest.mark.parametrize("program", [program for _, program in EXAMPLES], ids=[title for title, _ in EXAMPLES])
def test_an_example_runs_as_it_stands(program: str) -> None:
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
