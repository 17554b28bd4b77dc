"""打印 in a real browser: a PDF of A4 pages whose text is Chinese, and a paper that fits a phone's screen as well."""

from __future__ import annotations

import re
import subprocess
import unicodedata
import zlib
from pathlib import Path

import pytest

from tests.browser.chromium import EXECUTABLE, Browser
from tests.browser.house import CLERK, House, enter

PATIENCE = 60
"""Seconds for a browser of its own to begin, print and end."""


def printed(address: str, folder: Path) -> bytes:
    """What a browser of its own prints as a PDF; in a sample database a guest of this machine may read."""
    assert EXECUTABLE, "there is no chromium on PATH"
    path = folder / "print.pdf"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder / 'profile'}")
    done = subprocess.run(
        [EXECUTABLE, *options, "--no-pdf-header-footer", f"--print-to-pdf={path}", address],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert path.exists(), done.stderr.decode(errors="replace")[-2000:]
    return path.read_bytes()


def letters_in(pdf: bytes) -> set[str]:
    """The characters that the text of a PDF consists of: its fonts say which they show (ToUnicode, ISO 32000 9.10.3)."""
    found: set[str] = set()
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(packed)
        except zlib.error:
            continue
        # Some fonts have one glyph for a character and the radical that looks like it: NFKC makes one of them again.
        for first, last, letter in re.findall(
            r"^<(\w+)>(?: <(\w+)>)? <(\w{4})>$", text.decode("latin-1"), re.MULTILINE
        ):
            n = int(last or first, 16) - int(first, 16)
            found.update(unicodedata.normalize("NFKC", chr(int(letter, 16) + one)) for one in range(n + 1))
    return found


@pytest.fixture
def case(house: House) -> str:
    house.hand_in_samples(1)
    [row] = house.office.cases()
    return row.case.id


def test_a_pdf_comes_out_with_its_text_in_chinese_on_numbered_pages_of_a4(
    chromium: Browser, house: House, address: str, case: str, tmp_path: Path
) -> None:
    pdf = printed(f"{address}/cases/{case}/print?history=1", tmp_path)

    letters = letters_in(pdf)
    [sizes] = {tuple(map(float, one.split())) for one in re.findall(rb"/MediaBox \[([^\]]+)\]", pdf)}
    assert set("新的社会阶层人士登记状态提交单位办理过程校验码") - letters == set()
    assert set("样例") <= letters
    assert "存" not in letters, "what is only for the screen was printed"
    assert [round(one) for one in sizes] == [0, 0, 595, 842]
    assert "/" in letters


def test_many_rows_take_several_pages(chromium: Browser, house: House, address: str, case: str, tmp_path: Path) -> None:
    for number in range(60):
        answer = house.office.act("sample.office_head", case, "comment", opinion=f"样例意见{number}")
        assert answer.status == 200, answer.body

    tab = chromium.tab()
    enter(tab, address, house, CLERK)
    tab.open(f"{address}/cases/{case}/print?history=1")
    display = tab.value("getComputedStyle(document.querySelector('.rows thead')).display")
    pdf = printed(f"{address}/cases/{case}/print?history=1", tmp_path)

    assert display == "table-header-group"
    assert len(re.findall(rb"/Type /Page\b", pdf)) > 2  # more than a sheet


def test_the_code_of_the_paper_is_checked_on_a_page(chromium: Browser, house: House, address: str, case: str) -> None:
    tab = chromium.tab(scripts=False)
    enter(tab, address, house, CLERK)
    tab.open(f"{address}/cases/{case}")
    tab.press(".actions a[href$='/print']")
    code, number = tab.text(".code"), tab.text(".number").rpartition("：")[2]

    tab.open(f"{address}/check")
    tab.type("input[name=number]", number)
    tab.type("input[name=code]", code)
    tab.press("form.filters button")

    assert "真实，且是最新的" in tab.text("main")
    tab.press("main .done a.button")
    assert tab.value("location.pathname") == f"/cases/{case}"
