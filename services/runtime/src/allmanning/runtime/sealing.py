"""Content sealed by whoever leaves it, for the authority's log alone.

Each part is sealed with AES-256-GCM under a key of its record and retention class, those keys under one that the
producer makes every few minutes, and that one with HPKE (RFC 9180) for the audit service. Neither NATS nor another
producer can read any of them.
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
_PRODUCER: Final = "allmanning/producer-key/v1"


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


class Sealer:
    """Seals for one key of the audit service, with a key of the producer's own in between.

    One encapsulation serves many records: opening one for each took a fifth of all that the log does with a record.
    Whoever reads the producer's memory can open what it has sealed with the same key and NATS still holds, so it should
    live for minutes (`sealing_keys.SealingKeys`).
    """

    def __init__(self, key: SealingKey, authority: str) -> None:
        self._key_id = key.id
        self._authority = authority
        self._own = os.urandom(KEY_BYTES)
        public = X25519PublicKey.from_public_bytes(key.public)
        self._wrapped = _SUITE.encrypt(self._own, public, info=bound(_PRODUCER, key.id, authority))

    def seal(self, record: str, time: str, parts: Sequence[OpenPart]) -> ContentStored:
        """The event that carries the parts of a record."""
        keys = {retention: os.urandom(KEY_BYTES) for retention in dict.fromkeys(part.retention for part in parts)}
        return ContentStored(
            record_id=record,
            authority=self._authority,
            parts=[
                ContentStored.Part(
                    name=part.name,
                    retention_class=part.retention,
                    sealed=seal_part(keys[part.retention], record, self._authority, part),
                )
                for part in parts
            ],
            time=time,
            sealing_key=self._key_id,
            wrapped_keys=encrypted(
                self._own, b"".join(keys.values()), _binding(self._key_id, record, self._authority, keys)
            ),
            producer_key=self._wrapped,
        )


def producer_key(private: X25519PrivateKey, event: ContentStored) -> bytes:
    """The key that the producer of a sealed event made. Raises SealBroken."""
    return _decapsulated(private, event.producer_key, bound(_PRODUCER, event.sealing_key, event.authority))


def open_content(private: X25519PrivateKey, event: ContentStored, producer: bytes | None = None) -> list[OpenPart]:
    """The parts of a sealed event. Raises SealBroken.

    `producer` is its `producer_key`, for whoever has opened that already.
    """
    classes = list(dict.fromkeys(part.retention_class for part in event.parts))
    binding = _binding(event.sealing_key, event.record_id, event.authority, classes)
    if event.producer_key:
        joined = decrypted(producer or producer_key(private, event), event.wrapped_keys, binding)
    else:
        joined = _decapsulated(private, event.wrapped_keys, binding)
    if len(joined) != KEY_BYTES * len(classes):
        raise SealBroken("nycklarna är inte så många som klasserna")
    keys = {each: joined[place * KEY_BYTES : (place + 1) * KEY_BYTES] for place, each in enumerate(classes)}
    return [
        open_part(
            keys[part.retention_class], event.record_id, event.authority, part.name, part.retention_class, part.sealed
        )
        for part in event.parts
    ]


def _decapsulated(private: X25519PrivateKey, wrapped: bytes, info: bytes) -> bytes:
    try:
        return _SUITE.decrypt(wrapped, private, info=info)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("nycklarna går inte att öppna") from error


def _binding(key_id: str, record: str, authority: str, classes: Iterable[str]) -> bytes:
    return bound(_KEYS, key_id, record, authority, *classes)
