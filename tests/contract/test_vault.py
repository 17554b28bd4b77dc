"""The vault: what it seals opens in its place only, and with its key only."""

import pytest

from adapters.vault import OfficeVault, WrongSecretKeyError
from tests.contract.conftest import COUNTY, SECRET

VAULT = OfficeVault(SECRET, COUNTY)
KEY = VAULT.new_key()
PLAIN = "样例一".encode()


def test_what_was_sealed_opens_again() -> None:
    assert VAULT.open(KEY, "P-1", "case/c1", VAULT.seal(KEY, "P-1", "case/c1", PLAIN)) == PLAIN


def test_the_same_values_are_never_sealed_to_the_same_bytes() -> None:
    assert len({VAULT.seal(KEY, "P-1", "case/c1", PLAIN) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("vault", "key", "person", "ref"),
    [
        (OfficeVault(SECRET, "330227"), KEY, "P-1", "case/c1"),
        (VAULT, VAULT.new_key(), "P-1", "case/c1"),
        (VAULT, KEY, "P-2", "case/c1"),
        (VAULT, KEY, "P-1", "case/c2"),
    ],
    ids=["another county", "another key", "another person", "another row"],
)
def test_nothing_opens_elsewhere(vault: OfficeVault, key: object, person: str, ref: str) -> None:
    sealed = VAULT.seal(KEY, "P-1", "case/c1", PLAIN)

    assert vault.open(key, person, ref, sealed) is None  # type: ignore[arg-type]  # a data key


def test_a_changed_byte_opens_nothing() -> None:
    sealed = bytearray(VAULT.seal(KEY, "P-1", "case/c1", PLAIN))
    sealed[-1] ^= 1

    assert VAULT.open(KEY, "P-1", "case/c1", bytes(sealed)) is None


def test_a_wrapped_key_is_the_same_key_again() -> None:
    assert VAULT.unwrap(VAULT.wrap(KEY, "P-1"), KEY.id, "P-1") == KEY


def test_a_key_wrapped_under_another_secret_says_which_setting_is_wrong() -> None:
    other = OfficeVault(SECRET + "!", COUNTY)

    with pytest.raises(WrongSecretKeyError, match="belongs to another secret: set LIAISON_SECRET_KEY"):
        other.unwrap(VAULT.wrap(KEY, "P-1"), KEY.id, "P-1")


def test_a_key_wrapped_for_somebody_else_is_refused() -> None:
    with pytest.raises(WrongSecretKeyError, match="was changed"):
        VAULT.unwrap(VAULT.wrap(KEY, "P-1"), KEY.id, "P-2")


def test_fingerprints_depend_on_every_part_and_on_where_it_ends() -> None:
    other_county, other_secret = OfficeVault(SECRET, "330227"), OfficeVault(SECRET + "!", COUNTY)

    fingerprints = [
        VAULT.fingerprint("a", "bc"),
        VAULT.fingerprint("ab", "c"),
        VAULT.fingerprint("abc"),
        other_county.fingerprint("abc"),
        other_secret.fingerprint("abc"),
    ]

    assert len(set(fingerprints)) == len(fingerprints)
    assert VAULT.fingerprint("abc") == OfficeVault(SECRET, COUNTY).fingerprint("abc")


def test_a_salt_cannot_be_made_again_from_the_office_key() -> None:
    salts = {VAULT.salt("c1", 1), VAULT.salt("c1", 1), OfficeVault(SECRET, COUNTY).salt("c1", 1)}

    assert len(salts) == 3
    assert {len(salt) for salt in salts} == {32}


def test_a_secret_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="LIAISON_SECRET_KEY holds 5 bytes"):
        OfficeVault("short", COUNTY)


def test_what_the_house_says_is_told_apart_by_every_part_and_cannot_be_said_with_another_secret() -> None:
    said = VAULT.mac("print", "c1", 7)
    others = [
        VAULT.mac("print", "c1", 8),
        VAULT.mac("print", "c17"),
        VAULT.fingerprint("print", "c1", "7"),
        OfficeVault(SECRET, "330227").mac("print", "c1", 7),
        OfficeVault(f"{SECRET}x", COUNTY).mac("print", "c1", 7),
    ]

    assert said == OfficeVault(SECRET, COUNTY).mac("print", "c1", 7)
    assert said not in others
    assert len(said) == 64
