"""Check codes: how a keyed digest is written on paper, and read again from what somebody types.

Crockford's alphabet: no letter that looks like a figure, and what is mistaken for one of another is read as that one.
"""

from __future__ import annotations

from typing import Final

LETTERS: Final = 20
"""Letters in a code: four say what it was made with, sixteen (80 bits) prove it."""
MARK: Final = 4

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS: Final = 5
_GROUP: Final = 4
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "—": "", "－": "", "　": ""})


def letters_of(digest: str, n: int) -> str:
    """The first bits of a digest, as letters.

    Args:
        digest: in hex, at least as long as `n` letters need.
        n: how many letters.
    """
    number = int(digest, 16) >> (len(digest) * 4 - n * _BITS)
    return "".join(_ALPHABET[number >> (_BITS * place) & 31] for place in reversed(range(n)))


def written(letters: str) -> str:
    """A code in groups of four, as it stands on paper."""
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def read(text: str) -> str | None:
    """The letters of a code that somebody typed, None where it cannot be one."""
    letters = text.upper().translate(_READ_AS)
    return letters if len(letters) == LETTERS and set(letters) <= set(_ALPHABET) else None
