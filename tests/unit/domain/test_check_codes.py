"""Check codes: written in groups, and read again whatever somebody makes of letters that look alike."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.check_codes import LETTERS, letters_of, read, written

DIGESTS = st.binary(min_size=1, max_size=9).map(lambda one: sha256(one).hexdigest())


@given(DIGESTS)
def test_a_code_that_is_typed_as_it_stands_is_read_as_it_was_made(digest: str) -> None:
    letters = letters_of(digest, LETTERS)

    assert read(written(letters)) == read(written(letters).lower().replace("-", " ")) == letters


@given(DIGESTS)
def test_what_looks_alike_is_read_alike(digest: str) -> None:
    letters = letters_of(digest, LETTERS)

    assert read(letters.replace("0", "O").replace("1", "l")) == letters


@pytest.mark.parametrize("wrong", ["", "ABCD", "U" * LETTERS, "样例" * 10, "0" * (LETTERS + 1)])
def test_what_cannot_be_a_code_is_none(wrong: str) -> None:
    assert read(wrong) is None


def test_letters_are_the_first_bits() -> None:
    assert letters_of("f8" + "00" * 31, 2) == "Z0"
    assert written("0123456789ABCDEFGHJK") == "0123-4567-89AB-CDEF-GHJK"
