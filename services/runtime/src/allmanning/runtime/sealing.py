"""Content sealed by whoever leaves it, for the authority's log alone.

Each part is sealed with AES-256-GCM under a key of its record and retention class, and those keys are wrapped with HPKE
(RFC 9180) for the audit service. Neither NATS nor another producer can read either.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from allmanning.contracts.audit.v1.audit_pb import ContentStored

KEY_BYTES: Final = 32
SALT_BYTES: Final = 32
NONCE_BYTES: Final = 12
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PART: Final = "allmanning/part/v1"
_KEYS: Final = "allmanning/keys/v1"


class SealingKey(NamedTuple):
    """A public key of the audit service (X25519, 32 bytes)."""

    id: str
    public: bytes


class OpenPart(NamedTuple):
    """A part in the clear: its 32-byte salt and its canonical JSON."""

    name: str
    salt: bytes
    content: bytes
    retention: str


class SealBroken(ValueError):
    """Sealed content that can't be opened: changed on its way, or sealed for somebody else."""


def bound(*words: str) -> bytes:
    """Associated data: what a sealed text belongs to. None of the words holds a zero character."""
    return "\x00".join(words).encode()


def encrypted(key: bytes, text: bytes, belongs_to: bytes) -> bytes:
    """AES-256-GCM with a fresh nonce before the ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, belongs_to)


def decrypted(key: bytes, sealed: bytes, belongs_to: bytes) -> bytes:
    """Raises SealBroken when it was not sealed with this key for this."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], belongs_to)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("förseglat innehåll går inte att öppna") from error


def seal_part(key: bytes, record: str, authority: str, part: OpenPart) -> bytes:
    return encrypted(key, part.salt + part.content, bound(_PART, record, authority, part.name, part.retention))


def open_part(key: bytes, record: str, authority: str, name: str, retention: str, sealed: bytes) -> OpenPart:
    """Raises SealBroken when it is not this part of this record."""
    text = decrypted(key, sealed, bound(_PART, record, authority, name, retention))
    if len(text) < SALT_BYTES:
        raise SealBroken("förseglat innehåll saknar salt")
    return OpenPart(name, text[:SALT_BYTES], text[SALT_BYTES:], retention)


def seal(key: SealingKey, record: str, authority: str, time: str, parts: Sequence[OpenPart]) -> ContentStored:
    """The event that carries the parts of a record; without parts it needs no key."""
    keys = {retention: os.urandom(KEY_BYTES) for retention in dict.fromkeys(part.retention for part in parts)}
    return ContentStored(
        record_id=record,
        authority=authority,
        parts=[
            ContentStored.Part(
                name=part.name,
                retention_class=part.retention,
                sealed=seal_part(keys[part.retention], record, authority, part),
            )
            for part in parts
        ],
        time=time,
        sealing_key=key.id,
        wrapped_keys=_SUITE.encrypt(
            b"".join(keys.values()),
            X25519PublicKey.from_public_bytes(key.public),
            info=_binding(key.id, record, authority, keys),
        ),
    )


def open_content(private: X25519PrivateKey, event: ContentStored) -> list[OpenPart]:
    """The parts of a sealed event. Raises SealBroken."""
    classes = list(dict.fromkeys(part.retention_class for part in event.parts))
    info = _binding(event.sealing_key, event.record_id, event.authority, classes)
    try:
        joined = _SUITE.decrypt(event.wrapped_keys, private, info=info)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("nycklarna går inte att öppna") from error
    if len(joined) != KEY_BYTES * len(classes):
        raise SealBroken("nycklarna är inte så många som klasserna")
    keys = {each: joined[place * KEY_BYTES : (place + 1) * KEY_BYTES] for place, each in enumerate(classes)}
    return [
        open_part(
            keys[part.retention_class], event.record_id, event.authority, part.name, part.retention_class, part.sealed
        )
        for part in event.parts
    ]


def _binding(key_id: str, record: str, authority: str, classes: Iterable[str]) -> bytes:
    return bound(_KEYS, key_id, record, authority, *classes)
