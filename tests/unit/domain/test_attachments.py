"""What may be attached: each type is told by its bytes, and what claims to be one and is not is refused."""

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from domain.attachments import TYPES, Wrong, ending_of, wrong_with

MOST = 1024 * 1024


def archive(*members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for one in members:
            opened.writestr(one, "<x/>")
    return made.getvalue()


def workbook() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, "样例")
    return made.getvalue()


RIGHT = {
    "pdf": b"%PDF-1.7\n",
    "ofd": archive("OFD.xml", "Doc_0/Document.xml"),
    "docx": archive("[Content_Types].xml", "word/document.xml"),
    "xlsx": workbook(),
    "pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "png": b"\x89PNG\r\n\x1a\n\x00",
    "txt": "样例\r\n".encode("gb18030"),
    "csv": "\ufeff姓名,金额\n样例,<5\n".encode(),
}


def test_every_type_has_an_example() -> None:
    assert RIGHT.keys() == TYPES.keys()


@pytest.mark.parametrize("ending", TYPES)
def test_a_file_that_is_what_its_name_says_is_taken(ending: str) -> None:
    assert wrong_with(f"说明 (1).{ending.upper()}", RIGHT[ending], frozenset(TYPES), MOST) is None


@pytest.mark.parametrize("ending", TYPES)
@pytest.mark.parametrize("other", TYPES)
def test_a_file_of_one_type_is_no_file_of_another(ending: str, other: str) -> None:
    same = ending == other or {ending, other} == {"txt", "csv"} or (ending in {"txt", "csv"} and other == "pdf")

    wrong = wrong_with(f"x.{ending}", RIGHT[other], frozenset(TYPES), MOST)

    assert wrong == (None if same else Wrong.CONTENT)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg onload=x>",
        b"\xef\xbb\xbf \n<html>",
        b"<?xml version='1.0'?>",
        b"<!-- -->",
        b"</p>",
        b"a\x00b",
        b"\xff\xff",
    ],
)
def test_markup_and_bytes_are_no_words(content: bytes) -> None:
    assert wrong_with("note.txt", content, frozenset(TYPES), MOST) is Wrong.CONTENT


def test_a_document_with_macros_is_not_taken_under_another_name() -> None:
    hidden = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")

    assert wrong_with("letter.docx", hidden, frozenset(TYPES), MOST) is Wrong.CONTENT


def test_an_archive_that_was_cut_off_is_not_taken() -> None:
    assert wrong_with("sheet.xlsx", RIGHT["xlsx"][:-30], frozenset(TYPES), MOST) is Wrong.CONTENT


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".pdf",
        "..",
        "../a.pdf",
        "a/b.pdf",
        "a\\b.pdf",
        "C:a.pdf",
        "a\nb.pdf",
        "\u202efdp.pdf",
        " a.pdf",
        "a" * 197 + ".pdf",
    ],
)
def test_a_name_that_leads_elsewhere_or_cannot_be_read_is_refused(name: str) -> None:
    assert wrong_with(name, RIGHT["pdf"], frozenset(TYPES), MOST) is Wrong.NAME


def test_only_what_the_office_allows_is_taken() -> None:
    assert wrong_with("a.png", RIGHT["png"], frozenset({"pdf"}), MOST) is Wrong.TYPE
    assert wrong_with("a.pdf", RIGHT["pdf"], frozenset({"pdf"}), 3) is Wrong.TOO_LARGE
    assert wrong_with("a.pdf", b"", frozenset({"pdf"}), 3) is Wrong.EMPTY


def test_a_photo_has_two_endings() -> None:
    assert (ending_of("a.JPEG"), ending_of("b.jpg"), ending_of("none")) == ("jpg", "jpg", "")


@given(name=st.text(max_size=30), ending=st.sampled_from([*TYPES, "svg"]), content=st.binary(max_size=200))
def test_whatever_is_sent_is_answered(name: str, ending: str, content: bytes) -> None:
    wrong = wrong_with(f"{name}.{ending}", content, frozenset(TYPES), MOST)

    assert wrong is None or wrong in Wrong
