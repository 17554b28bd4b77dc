"""The samples are modelled on a published report about a real county; the officials it names appear nowhere here.

Their names are stored as salted hashes only, so that this test itself does not spread them.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tree import tracked_files

SALT = "b8f6f3d45e7a5413a621e04c420cc19c"
REAL_NAMES = frozenset(
    {
        "1fab7415cb4fc6b2236aacf6d701f5d8692a4a040cdf96ef6ef7039a79807366",
        "29f17894e981d396473d161533aee37712ae9b0f6daa5c2a3932185cec936c4f",
        "54a38beaf3ec9a0baa0296b59efd3a30bd97783ef29b7d9667f71e3af1cbd2b8",
        "89fe24ab5e6b0e8348aebe3c16376a189b8da5f1510646adbd67fb5ce3adfcfe",
        "eb25ecdd34d874e1755e9a45668107090d262269a3817699be7d339c07d4ab46",
        "eb63dbb1c16f414fb2b2a25c5e052942a067c27dafaf0f26735862c45c091e30",
    }
)
HAN_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]{2,}")


def test_no_tracked_file_holds_the_name_of_a_real_person() -> None:
    findings = [path for path in tracked_files() if names_in(path, REAL_NAMES)]

    assert findings == []


def test_a_planted_name_is_found_in_the_middle_of_a_sentence(tmp_path: Path) -> None:
    planted = tmp_path / "report.md"
    planted.write_text("会议由样例人甲乙丙主持。", encoding="utf-8")

    found = names_in(planted, {salted("甲乙丙")})

    assert found == {salted("甲乙丙")}


def test_a_file_without_the_name_is_left_alone(tmp_path: Path) -> None:
    harmless = tmp_path / "report.md"
    harmless.write_text("会议由甲乙主持。", encoding="utf-8")

    assert names_in(harmless, {salted("甲乙丙")}) == set()


def names_in(path: Path, hashes: set[str] | frozenset[str]) -> set[str]:
    text = path.read_bytes().decode("utf-8", errors="ignore")
    return {salted(run) for run in set(runs(text))} & hashes


def runs(text: str) -> Iterator[str]:
    """Every run of two, three or four Han characters, also inside a longer one."""
    for long_run in HAN_RUN.findall(text):
        for length in (2, 3, 4):
            yield from (long_run[start : start + length] for start in range(len(long_run) - length + 1))


def salted(name: str) -> str:
    return hashlib.sha256((SALT + name).encode()).hexdigest()
