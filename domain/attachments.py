"""What may be attached: a closed list of file types, and whether a file is what its name says.

An office allows some of the list. A type has a test of its bytes, and no file is ever opened, unpacked or run: so neither
a bomb in an archive nor a script in a picture comes to anything here. Nothing on the list is shown inside a page.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

LONGEST_NAME: Final = 200
"""Characters in the name of a file."""
_UNREADABLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that a reader does not see: line ends, and marks that turn the direction of writing."""


class Wrong(StrEnum):
    """Why a file is not taken."""

    NAME = "bad_name"
    TYPE = "unknown_type"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    CONTENT = "wrong_content"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file: its media type, and whether bytes may be such a file."""

    media_type: str
    fits: Callable[[bytes], bool]


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


def _packed(*members: bytes) -> Callable[[bytes], bool]:
    """A zip archive that holds these members, and no macros: their names stand in it in plain."""

    def fits(content: bytes) -> bool:
        whole = content.startswith(b"PK\x03\x04") and b"PK\x05\x06" in content[-_END_OF_ZIP:]
        return whole and all(one in content for one in members) and b"vbaProject" not in content

    return fits


_END_OF_ZIP: Final = 65_557
"""Within so many bytes from its end a zip archive says that it ends (APPNOTE.TXT 4.3.16)."""
_OPENXML: Final = "application/vnd.openxmlformats-officedocument."


def _is_text(content: bytes) -> bool:
    """Words in UTF-8 or GB 18030 that are no page with markup."""
    plain = content.removeprefix(codecs.BOM_UTF8)
    if _CONTROL.search(plain) or _MARKUP.match(plain):
        return False
    return any(_decodes(plain, encoding) for encoding in ("utf-8", "gb18030"))


_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_MARKUP: Final = re.compile(rb"\s*<[!?/a-z]", re.IGNORECASE)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


TYPES: Final[Mapping[str, FileType]] = MappingProxyType(
    {
        "pdf": FileType("application/pdf", _begins(b"%PDF-")),
        # 版式文档 (GB/T 33190): the office's own signed pages.
        "ofd": FileType("application/ofd", _packed(b"OFD.xml")),
        "docx": FileType(f"{_OPENXML}wordprocessingml.document", _packed(b"[Content_Types].xml", b"word/")),
        "xlsx": FileType(f"{_OPENXML}spreadsheetml.sheet", _packed(b"[Content_Types].xml", b"xl/")),
        "pptx": FileType(f"{_OPENXML}presentationml.presentation", _packed(b"[Content_Types].xml", b"ppt/")),
        "jpg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
        "png": FileType("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
        "txt": FileType("text/plain", _is_text),
        "csv": FileType("text/csv", _is_text),
    }
)
"""Every type that an office may allow, by the ending of a name."""

_ENDINGS: Final = {one.media_type: ending for ending, one in TYPES.items()}
_SAME: Final = {"jpeg": "jpg"}


def ending_of(name: str) -> str:
    """The type that a name says, "" for none."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _SAME.get(ending, ending)


def kind_of(media_type: str) -> str:
    """A media type as people call it."""
    return _ENDINGS.get(media_type, media_type).upper()


def wrong_with(name: str, content: bytes, allowed: frozenset[str], most: int) -> Wrong | None:
    """What is wrong with a file, None where it may be taken.

    Args:
        name: as the sender calls it.
        content: its bytes.
        allowed: the endings that the office takes, of `TYPES`.
        most: bytes that a file may have.
    """
    if not _is_plain(name):
        return Wrong.NAME
    if ending_of(name) not in allowed:
        return Wrong.TYPE
    if not content:
        return Wrong.EMPTY
    if len(content) > most:
        return Wrong.TOO_LARGE
    return None if TYPES[ending_of(name)].fits(content) else Wrong.CONTENT


def _is_plain(name: str) -> bool:
    """Whether a name is one word of a folder: not a way to somewhere else, and with nothing in it that nobody sees."""
    stem = name.rpartition(".")[0] if "." in name else name
    if not stem.strip(" .") or len(name) > LONGEST_NAME or name != name.strip():
        return False
    return not any(one in '/\\:*?"<>|' or unicodedata.category(one) in _UNREADABLE for one in name)
