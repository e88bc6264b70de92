"""Timestamped cosignatures of checkpoints (C2SP tlog-cosignature): what witnesses make, and a log's own ML-DSA-44."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from allmanning.audit.log.checkpoint import MAX_SIZE, Checkpoint
from allmanning.audit.log.note import BadNote, Signature
from allmanning.audit.log.vkey import COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44, Vkey, checked_name

_KEY_BYTES: Final = {COSIGNATURE_ED25519: 32, COSIGNATURE_ML_DSA_44: 1312}
_SIGNATURE_BYTES: Final = {COSIGNATURE_ED25519: 64, COSIGNATURE_ML_DSA_44: 2420}
_TIMESTAMP_BYTES: Final = 8
_MAX_NAME_BYTES: Final = 255


class Cosigned(NamedTuple):
    """A cosignature taken apart: POSIX seconds, and the signature proper."""

    timestamp: int
    signature: bytes


@dataclass(frozen=True)
class CosignerKey:
    """The public key of a witness, or the second key of a log: Ed25519 (0x04) or ML-DSA-44 (0x06)."""

    vkey: Vkey

    @classmethod
    def parse(cls, text: str) -> CosignerKey:
        """Read a vkey.

        Raises:
            BadNote: when it is not a cosigner's.
        """
        vkey = Vkey.parse(text)
        if len(vkey.material) != _KEY_BYTES.get(vkey.algorithm):
            raise BadNote("nyckeln är inte ett vittnes nyckel")
        return cls(vkey)

    def __str__(self) -> str:
        return str(self.vkey)

    @property
    def name(self) -> str:
        return self.vkey.name

    def verify(self, text: str, signature: bytes) -> None:
        """Check a cosignature; see `Key`."""
        self.cosigned(text, signature)

    def cosigned(self, text: str, signature: bytes) -> Cosigned:
        """Check a cosignature, and say when it was made.

        Raises:
            BadNote: when it is not this key's cosignature of this checkpoint.
        """
        if len(signature) != _TIMESTAMP_BYTES + _SIGNATURE_BYTES[self.vkey.algorithm]:
            raise BadNote("medunderskriften har fel längd")
        cosigned = Cosigned(int.from_bytes(signature[:_TIMESTAMP_BYTES], "big"), signature[_TIMESTAMP_BYTES:])
        if cosigned.timestamp > MAX_SIZE:
            raise BadNote("medunderskriftens tid är orimlig")
        message = _message(self.vkey, cosigned.timestamp, text)
        try:
            if self.vkey.algorithm == COSIGNATURE_ED25519:
                Ed25519PublicKey.from_public_bytes(self.vkey.material).verify(cosigned.signature, message)
            else:
                MLDSA44PublicKey.from_public_bytes(self.vkey.material).verify(cosigned.signature, message)
        except (InvalidSignature, ValueError) as error:
            raise BadNote("medunderskriften stämmer inte med kontrollpunkten") from error
        return cosigned


@dataclass(frozen=True)
class CosigningKey:
    """The private key of a witness, or the second key of a log."""

    name: str
    private: Ed25519PrivateKey | MLDSA44PrivateKey

    @classmethod
    def from_seed(cls, name: str, algorithm: int, seed: bytes) -> CosigningKey:
        """The key of a 32-byte seed."""
        if algorithm == COSIGNATURE_ED25519:
            return cls(checked_name(name), Ed25519PrivateKey.from_private_bytes(seed))
        return cls(checked_name(name), MLDSA44PrivateKey.from_seed_bytes(seed))

    @property
    def verifier(self) -> CosignerKey:
        algorithm = COSIGNATURE_ED25519 if isinstance(self.private, Ed25519PrivateKey) else COSIGNATURE_ML_DSA_44
        return CosignerKey(Vkey(self.name, algorithm, self.private.public_key().public_bytes_raw()))

    def cosign(self, text: str, timestamp: int) -> Signature:
        """The cosignature of a checkpoint's text at a time in POSIX seconds.

        Raises:
            BadNote: when the text is no checkpoint.
        """
        vkey = self.verifier.vkey
        signature = self.private.sign(_message(vkey, timestamp, text))
        return Signature(self.name, vkey.key_id, struct.pack(">Q", timestamp) + signature)


def _message(vkey: Vkey, timestamp: int, text: str) -> bytes:
    checkpoint = Checkpoint.parse(text)
    if vkey.algorithm == COSIGNATURE_ED25519:
        return f"cosignature/v1\ntime {timestamp}\n{text}".encode()
    return b"".join(
        (
            b"subtree/v1\n\0",
            _counted(vkey.name),
            struct.pack(">Q", timestamp),
            _counted(checkpoint.origin),
            struct.pack(">QQ", 0, checkpoint.size),
            checkpoint.root,
        )
    )


def _counted(text: str) -> bytes:
    data = text.encode()
    if len(data) > _MAX_NAME_BYTES:
        raise BadNote("namnet är längre än 255 byte")
    return bytes([len(data)]) + data
