"""Signed notes and verifier keys (C2SP signed-note), with Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
KEY_BYTES: Final = 32
MAX_NOTE_BYTES: Final = 100_000
_SIGNATURE: Final = "— "


class BadNote(ValueError):
    """Not a note, or not signed by the key; says why in Swedish."""


def from_base64(text: str) -> bytes:
    """Decode standard base64 that could have been written in no other way.

    Raises:
        ValueError: for anything else, such as stray bits after the last byte.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("inte base64") from error
    if base64.b64encode(data).decode() != text:
        raise ValueError("inte entydig base64")
    return data


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def _checked_name(name: str) -> str:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise BadNote("nyckelns namn är tomt eller innehåller blanksteg eller plustecken")
    return name


@dataclass(frozen=True)
class VerifierKey:
    """The public key that a note is checked with, and the name it signs under."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read the vkey form `<name>+<key id>+<base64>`.

        Raises:
            BadNote: when the text is not an Ed25519 vkey.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, material = rest.partition("+")
        try:
            raw = from_base64(material)
        except ValueError as error:
            raise BadNote("nyckeln är inte en vkey") from error
        if raw[:1] != ED25519 or len(raw) != 1 + KEY_BYTES:
            raise BadNote("nyckeln är inte en Ed25519-nyckel")
        key = cls(_checked_name(name), raw[1:])
        if key_id != _key_id(name, key.public).hex():
            raise BadNote("nyckelns kontrollsumma stämmer inte med nyckeln")
        return key

    def __str__(self) -> str:
        material = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{_key_id(self.name, self.public).hex()}+{material}"

    def open(self, note: str) -> str:
        """The text of a note that this key has signed, with its final newline.

        Raises:
            BadNote: when it is no note, or this key's signature is missing or wrong.
        """
        text, signatures = _split(note)
        signed = False
        for name, raw in signatures:
            if name == self.name and raw[:4] == _key_id(self.name, self.public):
                try:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(raw[4:], text.encode())
                except (InvalidSignature, ValueError) as error:
                    raise BadNote("underskriften stämmer inte med texten") from error
                signed = True
        if not signed:
            raise BadNote(f"ingen underskrift av {self.name}")
        return text


@dataclass(frozen=True)
class SigningKey:
    """The private key of one log."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        return cls(_checked_name(name), Ed25519PrivateKey.generate())

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """A note of `text` and this key's signature. The same text always gives the same note.

        Raises:
            BadNote: unless the text is printable and ends in a newline.
        """
        if not text.endswith("\n") or _has_controls(text):
            raise BadNote("texten slutar inte med radbrytning eller innehåller styrtecken")
        public = self.verifier.public
        raw = _key_id(self.name, public) + self.private.sign(text.encode())
        return f"{text}\n{_SIGNATURE}{self.name} {base64.b64encode(raw).decode()}\n"


def _has_controls(text: str) -> bool:
    return any(letter < " " and letter != "\n" for letter in text)


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note.encode(errors="surrogatepass")) > MAX_NOTE_BYTES or _has_controls(note):
        raise BadNote("inte en undertecknad text")
    body, blank, tail = note.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise BadNote("underskrift saknas")
    signatures: list[tuple[str, bytes]] = []
    for line in tail[:-1].split("\n"):
        name, space, encoded = line.removeprefix(_SIGNATURE).partition(" ")
        try:
            raw = from_base64(encoded)
        except ValueError as error:
            raise BadNote("underskriftsraden är trasig") from error
        if not line.startswith(_SIGNATURE) or not space or len(raw) < 5:
            raise BadNote("underskriftsraden är trasig")
        signatures.append((_checked_name(name), raw))
    return body + "\n", signatures
