import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.audit import (
    GENESIS,
    NotCanonicalError,
    canonical,
    checkpoint_hash,
    commitment,
    entry_hash,
    merkle_root,
    verify_chain,
)

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
leaves = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=9)


def chain(bodies: list[bytes]) -> list[tuple[str, bytes, str]]:
    rows: list[tuple[str, bytes, str]] = []
    prev = GENESIS
    for body in bodies:
        rows.append((prev, body, entry_hash(prev, body)))
        prev = rows[-1][2]
    return rows


def test_canonical_json_is_sorted_tight_and_readable() -> None:
    assert canonical({"b": [1, True, None], "a": "样例\n"}) == '{"a":"样例\\n","b":[1,true,null]}'.encode()


@settings(deadline=None)
@given(values)
def test_canonical_json_is_json_and_has_one_spelling(value: object) -> None:
    written = canonical(value)

    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize(
    ("value", "place"),
    [({"a": [1, 2.5]}, "$.a[1]"), ({"a": {1: "x"}}, "$.a"), ({"a": b"x"}, "$.a"), ([float("nan")], "$[0]")],
)
def test_what_has_more_than_one_spelling_is_refused_at_its_place(value: object, place: str) -> None:
    with pytest.raises(NotCanonicalError) as refused:
        canonical(value)

    assert place in str(refused.value)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(NotCanonicalError, match="surrogate"):
        canonical({"a": "\ud800"})


def test_hashes_never_change() -> None:
    assert entry_hash(GENESIS, b"{}") == "b2b0d13dab973d2d5736889fdc9d6e775d248f21c35756925dc109eea5388505"
    assert commitment(b"salt", b"value") == "aaf15d64f29e7a06f6a3e5581fa216df16433dd089f43f9e7fb5fa82471e273b"
    assert checkpoint_hash(GENESIS, 1, 2, "r") == "a3b8030f53e9bf26264ba21b64cfbd11c2da612ee6531f65c6abcd3d7a698d58"


def test_a_commitment_depends_on_salt_and_value() -> None:
    found = {commitment(salt, value) for salt in (b"a", b"b") for value in (b"x", b"y")}

    assert len(found) == 4


def test_the_root_is_that_of_rfc_6962() -> None:
    a, b, c = (hashlib.sha256(bytes([place])).digest() for place in range(3))
    leaf_a, leaf_b, leaf_c = (hashlib.sha256(b"\x00" + one).digest() for one in (a, b, c))
    pair = hashlib.sha256(b"\x01" + leaf_a + leaf_b).digest()

    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    assert merkle_root([a.hex()]) == leaf_a.hex()
    assert merkle_root([a.hex(), b.hex(), c.hex()]) == hashlib.sha256(b"\x01" + pair + leaf_c).hexdigest()


@settings(deadline=None)
@given(leaves, leaves)
def test_different_lists_have_different_roots(some: list[str], others: list[str]) -> None:
    assert (merkle_root(some) == merkle_root(others)) is (some == others)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20), max_size=6))
def test_a_whole_chain_verifies(bodies: list[bytes]) -> None:
    assert verify_chain(chain(bodies)) is None


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20), min_size=1, max_size=6), st.data())
def test_a_changed_row_is_named(bodies: list[bytes], data: st.DataObject) -> None:
    rows = chain(bodies)
    place = data.draw(st.integers(0, len(rows) - 1))
    prev, body, own = rows[place]
    rows[place] = (prev, body + b"!", own)

    assert verify_chain(rows) == place


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20), min_size=2, max_size=6, unique=True), st.data())
def test_a_row_taken_out_is_named(bodies: list[bytes], data: st.DataObject) -> None:
    rows = chain(bodies)
    place = data.draw(st.integers(0, len(rows) - 2))
    del rows[place]

    assert verify_chain(rows) == place


def test_a_chain_may_be_verified_from_the_middle() -> None:
    rows = chain([b"a", b"b", b"c"])

    assert verify_chain(rows[1:], prev=rows[0][2]) is None
    assert verify_chain(rows[1:]) == 0
