"""附件 on pages, without a script: chosen with a note, kept after an error, taken out again, read by a colleague."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, Tab
from tests.browser.house import CLERK, House, enter
from tests.browser.test_accessibility import findings
from workflows.memory.blobs import MemoryBlobs

NEXT = "sample.qiantong_clerk"
"""Who is asked after the centre's clerk."""
PDF = b"%PDF-1.7 invented \x00\xff" + bytes(range(256))
AGREE = "form.operation.agree"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "情况说明（样例）.pdf"
    path.write_bytes(PDF)
    return path


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "run.exe"
    path.write_bytes(b"MZ")
    return path


def choose(tab: Tab, selector: str, *files: Path) -> None:
    """Choose files as a person does in the window that a browser opens."""
    root = tab.ask("DOM.getDocument")["root"]["nodeId"]
    node = tab.ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
    tab.ask("DOM.setFileInputFiles", files=[str(one) for one in files], nodeId=node)


def at_the_item(chromium: Browser, house: House, address: str, *, scripts: bool = False, width: int = 1280) -> Tab:
    house.hand_in_samples(1)
    tab = chromium.tab(width, scripts=scripts)
    enter(tab, address, house, CLERK)
    tab.press("table.lines [data-row]")
    return tab


def only_case(house: House) -> str:
    [row] = house.office.cases()
    return row.case.id


def attached(tab: Tab, note: Path) -> None:
    """Agree with a file."""
    choose(tab, f"{AGREE} input[type=file]", note)
    tab.press(f"{AGREE} button")
    assert "已办理：同意。" in tab.text(".done")


def linked(house: House) -> list[str]:
    """The names of what the case has, as its clerk may read them."""
    found = house.office.store.reads.attachments(house.office.viewer(CLERK), only_case(house), "test")
    return [one.name for one in found]


def bytes_behind(tab: Tab, selector: str) -> bytes:
    """What a link leads to, fetched by the page itself."""
    script = """fetch(document.querySelector(%r).href).then(one => one.arrayBuffer())
        .then(one => btoa(String.fromCharCode(...new Uint8Array(one))))"""
    return base64.b64decode(tab.value(script % selector))


def test_a_note_is_sent_with_an_answer_and_a_colleague_downloads_the_same_bytes(
    chromium: Browser, house: House, address: str, note: Path
) -> None:
    tab = at_the_item(chromium, house, address)
    attached(tab, note)

    colleague = chromium.tab()
    enter(colleague, address, house, NEXT)
    colleague.open(f"{address}/cases/{only_case(house)}")

    beside, told = colleague.text(".attachments"), colleague.text(".timeline")
    assert note.name in beside
    assert "服务中心经办员" in beside
    assert "附件：PDF 1 KiB" in told
    assert bytes_behind(colleague, ".attachments a") == PDF
    colleague.press(".actions a.button.first")
    assert note.name in colleague.text(".attachments")
    assert (tab.problems, colleague.problems) == ([], [])


def test_a_file_that_is_not_taken_is_told_and_the_others_are_kept(
    chromium: Browser, house: House, address: str, note: Path, program: Path
) -> None:
    tab = at_the_item(chromium, house, address)

    choose(tab, f"{AGREE} input[type=file]", note, program)
    tab.press(f"{AGREE} button")
    told, kept = tab.text(f"{AGREE} .bad"), tab.text(f"{AGREE} fieldset.files")
    tab.press(f"{AGREE} button")

    assert "“run.exe”：不接受这种类型的文件" in told
    assert note.name in kept
    assert linked(house) == [note.name]


def test_what_was_kept_can_be_taken_out_again(
    chromium: Browser, house: House, address: str, note: Path, program: Path
) -> None:
    tab = at_the_item(chromium, house, address)
    choose(tab, f"{AGREE} input[type=file]", note, program)
    tab.press(f"{AGREE} button")

    tab.value(f"document.querySelector('{AGREE} fieldset.files input').click()")
    tab.press(f"{AGREE} button")

    assert "已办理：同意。" in tab.text(".done")
    assert linked(house) == []


def test_a_file_is_kept_while_somebody_looks_at_what_would_come_of_it(
    chromium: Browser, house: House, address: str, note: Path, program: Path
) -> None:
    tab = at_the_item(chromium, house, address)
    handing = "form.operation.transfer"
    tab.value(f"document.querySelector('{handing}').closest('details').open = true")
    tab.value(f"document.querySelector('{handing} select').value = 'sample.centre_clerk_2'")
    choose(tab, f"{handing} input[type=file]", note, program)
    tab.press(f"{handing} button[formaction]")
    told = tab.text(f"{handing} .bad")

    tab.press(f"{handing} button[formaction]")
    kept = tab.text(f"{handing} fieldset.files")
    before = linked(house)
    tab.press(f"{handing} button:not([formaction])")

    assert "run.exe" in told
    assert note.name in kept
    assert (before, linked(house)) == ([], [note.name])


def test_whoever_attached_a_file_withdraws_it_and_the_next_one_is_told_so(
    chromium: Browser, house: House, address: str, note: Path
) -> None:
    tab = at_the_item(chromium, house, address)
    attached(tab, note)
    tab.open(f"{address}/cases/{only_case(house)}/operations")
    tab.value("document.querySelector('.operation.detach').closest('details').open = true")
    choices = tab.text(".operation.detach select")
    tab.value("document.querySelector('.operation.detach select').selectedIndex = 1")
    tab.type(".operation.detach textarea", "传错了")
    tab.press(".operation.detach button")

    colleague = chromium.tab()
    enter(colleague, address, house, NEXT)
    colleague.open(f"{address}/cases/{only_case(house)}")
    beside = colleague.text(".attachments")

    assert note.name in choices
    assert "已由服务中心经办员" in beside
    assert note.name not in beside
    assert colleague.value("document.querySelector('.attachments a')") is None
    assert "撤下附件" in colleague.text(".timeline")


def test_a_store_that_is_away_is_told_on_a_page(chromium: Browser, house: House, address: str, note: Path) -> None:
    tab = at_the_item(chromium, house, address)
    attached(tab, note)
    blobs = house.office.engine.files.blobs
    assert isinstance(blobs, MemoryBlobs)
    blobs.away = True

    tab.open(f"{address}/cases/{only_case(house)}")
    tab.open(tab.value("document.querySelector('.attachments a').href"))

    assert "附件库暂时没有应答" in tab.text("main")


def test_in_print_the_names_stand(chromium: Browser, house: House, address: str, note: Path) -> None:
    tab = at_the_item(chromium, house, address)
    attached(tab, note)
    tab.open(f"{address}/cases/{only_case(house)}")

    tab.ask("Emulation.setEmulatedMedia", media="print")

    assert tab.value("document.querySelector('.attachments').offsetHeight") > 0
    assert note.name in tab.text(".attachments")


@pytest.mark.parametrize("place", ["item", "case", "error"])
def test_pages_with_files_have_no_barrier_and_scroll_only_downwards(
    chromium: Browser, house: House, address: str, axe: str, note: Path, program: Path, place: str
) -> None:
    tab = at_the_item(chromium, house, address, scripts=True, width=360)
    choose(tab, f"{AGREE} input[type=file]", note, *([program] if place == "error" else []))
    tab.press(f"{AGREE} button")
    if place == "case":
        tab.open(f"{address}/cases/{only_case(house)}")

    assert tab.value("document.documentElement.scrollWidth") <= 360
    assert findings(tab, axe) == []
