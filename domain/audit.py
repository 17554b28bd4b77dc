"""The arithmetic of chain and seal.

A case's history is a chain: each entry's hash covers the entry before it. A seal collects
the hashes of new entries under one Merkle root and chains these roots as checkpoints.
Every hash is SHA-256 in lower-case hex, with a tag of its own so that a hash of one kind
can never pass for another.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence

GENESIS = "0" * 64
"""What stands before the first entry of a chain and before the first checkpoint."""

_ENTRY = b"liaison.entry.v1\0"
_CHECKPOINT = b"liaison.checkpoint.v1\0"
_LEAF = b"\x00"
_NODE = b"\x01"


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_PLAIN = frozenset({type(None), bool, int, str})
_TEXT = frozenset({str})


class NotCanonicalError(ValueError):
    """A value has no canonical form; the message names its place and the remedy."""


def canonical(obj: object) -> bytes:
    """Write a value as canonical JSON: sorted keys, no spaces, UTF-8.

    Whole numbers, text, true, false, null, lists, tuples and objects with text keys only:
    a fraction has more than one spelling, so it would hash differently elsewhere.

    Raises:
        NotCanonicalError: for anything else, and for text that is not Unicode.
    """
    if not _is_unambiguous(obj):
        _refuse_ambiguous(obj, "$")
    text = _WRITER.encode(obj)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        message = f"text with a lone surrogate at character {error.start} of the JSON cannot be hashed: remove it"
        raise NotCanonicalError(message) from error


def _is_unambiguous(value: object) -> bool:
    """The quick look, by exact types; what it does not know is looked at again, place by place."""
    todo = [value]
    while todo:
        one = todo.pop()
        match one:
            case dict():
                if not _TEXT.issuperset(map(type, one)):
                    return False
                todo += [inner for inner in one.values() if type(inner) not in _PLAIN]
            case list() | tuple():
                todo += [inner for inner in one if type(inner) not in _PLAIN]
            case _:
                if type(one) not in _PLAIN:
                    return False
    return True


def _refuse_ambiguous(value: object, path: str) -> None:
    match value:
        case None | bool() | int() | str():
            return
        case list() | tuple():
            for index, item in enumerate(value):
                _refuse_ambiguous(item, f"{path}[{index}]")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    message = f"key {key!r} at {path} is {type(key).__name__}, not text: use text keys"
                    raise NotCanonicalError(message)
                _refuse_ambiguous(item, f"{path}.{key}")
        case _:
            message = (
                f"{type(value).__name__} at {path} has no canonical JSON form: "
                "use whole numbers, text, true, false, null, lists or objects"
            )
            raise NotCanonicalError(message)


def entry_hash(prev: str, body: bytes) -> str:
    """Hash one history entry onto the entry before it (GENESIS before the first)."""
    return hashlib.sha256(_ENTRY + prev.encode() + b"\0" + body).hexdigest()


def commitment(salt: bytes, value: bytes) -> str:
    """Commit to a personal value without showing it.

    History keeps the commitment; salt and value go with the person's key, so that erasing
    the key leaves nothing to guess from while the chain still verifies.
    """
    return hmac.new(salt, value, hashlib.sha256).hexdigest()


def merkle_root(hashes: Sequence[str]) -> str:
    """Give the root over hex hashes in order (tree of RFC 6962 §2.1, so no two lists share one)."""
    if not hashes:
        return hashlib.sha256().hexdigest()
    level = [hashlib.sha256(_LEAF + bytes.fromhex(one)).digest() for one in hashes]
    while len(level) > 1:
        pairs = [hashlib.sha256(_NODE + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


def checkpoint_hash(prev: str, first: int, last: int, root: str) -> str:
    """Hash a checkpoint over feed numbers first..last onto the checkpoint before it."""
    return hashlib.sha256(_CHECKPOINT + f"{prev}\0{first}\0{last}\0{root}".encode()).hexdigest()


def verify_chain(rows: Iterable[tuple[str, bytes, str]], prev: str = GENESIS) -> int | None:
    """Find the first row that breaks a chain.

    Args:
        rows: (previous hash, body, own hash) in order.
        prev: what the first row must stand on.

    Returns:
        The index of the first bad row, or None when the chain is whole.
    """
    for index, (stated_prev, body, stated) in enumerate(rows):
        if stated_prev != prev or entry_hash(prev, body) != stated:
            return index
        prev = stated
    return None
