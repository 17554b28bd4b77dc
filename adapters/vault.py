"""Keys: the office's own, from which everything secret derives, and one data key for each person.

Every person's data key is random and kept only wrapped by the office's key; destroying the wrapped key makes all
that was written under it unreadable for good, on every copy and backup of the database (个人信息保护法 art. 47).
AES-256-GCM throughout; what a ciphertext belongs to is authenticated with it, so no row can stand in for another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALGORITHM = "aes-256-gcm"
SHORTEST_SECRET = 16
_KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_BYTES = 4
_SALT_BYTES = 16


class WrongSecretKeyError(Exception):
    """A person's key was wrapped under another LIAISON_SECRET_KEY than the one in use."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A person's data key in clear: held for the length of one unit, never written."""

    id: str
    secret: bytes


class OfficeVault:
    """The keyed arithmetic of one county's office.

    Args:
        secret: LIAISON_SECRET_KEY.
        county: the code that leads every fingerprint.

    Raises:
        ValueError: when the secret is shorter than 16 bytes.
    """

    def __init__(self, secret: str, county: str) -> None:
        raw = secret.encode()
        if len(raw) < SHORTEST_SECRET:
            raise ValueError(
                f"LIAISON_SECRET_KEY holds {len(raw)} bytes: give at least {SHORTEST_SECRET}, "
                "best made with `openssl rand -base64 32`"
            )
        self.county = county
        self._index_key = _derived(raw, b"liaison fingerprint v1")
        self._saying_key = _derived(raw, b"liaison said by the house v1")
        office_key = _derived(raw, b"liaison office key v1")
        self._office = AESGCM(office_key)
        self._office_id = hashlib.sha256(b"liaison key id\0" + office_key).digest()[:_ID_BYTES]

    def fingerprint(self, *values: str) -> str:
        """A blind index: equal values give equal text, and nobody without the office's key can try values out."""
        return self._keyed(self._index_key, values)

    def salt(self, *_parts: str | int) -> str:
        """A fresh salt for a commitment.

        Drawn, not derived: it is kept only under the person's key, so that once this is destroyed not even the
        office, with all its keys, can try out what was committed to.
        """
        return secrets.token_hex(_SALT_BYTES)

    def mac(self, *parts: str | int) -> str:
        """A keyed digest of what the house says, so that it can be told later that the house has said it."""
        return self._keyed(self._saying_key, parts)

    def _keyed(self, key: bytes, parts: tuple[str | int, ...]) -> str:
        spelled = json.dumps([self.county, *parts], ensure_ascii=False, separators=(",", ":"))
        return hmac.new(key, spelled.encode(), hashlib.sha256).hexdigest()

    def new_key(self) -> DataKey:
        """A fresh data key."""
        return DataKey(id=secrets.token_hex(8), secret=AESGCM.generate_key(8 * _KEY_BYTES))

    def wrap(self, key: DataKey, person: str) -> str:
        """The person's data key under the office's, with the office key's id before it, in base64."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._office.encrypt(nonce, key.secret, self._bound(person, key.id))
        return base64.b64encode(self._office_id + nonce + sealed).decode()

    def unwrap(self, wrapped: str, key_id: str, person: str) -> DataKey:
        """The data key in clear.

        Raises:
            WrongSecretKeyError: when it was wrapped under another secret, or tampered with.
        """
        raw = base64.b64decode(wrapped)
        nonce, sealed = raw[_ID_BYTES : _ID_BYTES + _NONCE_BYTES], raw[_ID_BYTES + _NONCE_BYTES :]
        try:
            secret = self._office.decrypt(nonce, sealed, self._bound(person, key_id))
        except InvalidTag as error:
            cause = "was changed" if raw[:_ID_BYTES] == self._office_id else "belongs to another secret"
            raise WrongSecretKeyError(
                f"key {key_id} of person {person} {cause}: set LIAISON_SECRET_KEY to the value it was made with"
            ) from error
        return DataKey(key_id, secret)

    def seal(self, key: DataKey, person: str, ref: str, plain: bytes) -> bytes:
        """Personal values under the person's key, bound to the row `ref` that they stand in."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(key.secret).encrypt(nonce, plain, self._bound(person, ref))

    def open(self, key: DataKey, person: str, ref: str, sealed: bytes) -> bytes | None:
        """The values again, or None when the row was changed or moved."""
        try:
            return AESGCM(key.secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound(person, ref))
        except InvalidTag:
            return None

    def _bound(self, *parts: str) -> bytes:
        return json.dumps([self.county, *parts], ensure_ascii=False, separators=(",", ":")).encode()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(secret)
