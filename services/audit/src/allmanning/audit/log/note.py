"""Signed notes (C2SP signed-note): a text and any number of signatures, and the Ed25519 keys of logs."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from allmanning.audit.log.vkey import ED25519, BadNote, Vkey, checked_name, from_base64

__all__ = ["BadNote", "Key", "Note", "Signature", "SigningKey", "VerifierKey", "from_base64"]

KEY_BYTES: Final = 32
# Room for thirty ML-DSA-44 signatures; the specification asks for sixteen.
MAX_NOTE_BYTES: Final = 100_000
_SIGNATURE: Final = "— "
_KEY_ID_BYTES: Final = 4


class Key(Protocol):
    """A public key that may have signed a note."""

    @property
    def vkey(self) -> Vkey:
        """Name, algorithm and key."""

    def verify(self, text: str, signature: bytes) -> None:
        """Check a signature, without its key id, of a note's text.

        Raises:
            BadNote: when it is not this key's signature of this text.
        """


AnyKey = TypeVar("AnyKey", bound=Key)


class Signature(NamedTuple):
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def made_by(self, vkey: Vkey) -> bool:
        """Whether it says so; that it is true is for the key to check."""
        return (self.name, self.key_id) == (vkey.name, vkey.key_id)

    def __str__(self) -> str:
        return f"{_SIGNATURE}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"

    @classmethod
    def parse_lines(cls, lines: str) -> tuple[Signature, ...]:
        """Read signature lines, each with its newline.

        Raises:
            BadNote: unless there is at least one and every one has the form of a signature line.
        """
        if not lines.endswith("\n"):
            raise BadNote("underskrift saknas")
        return tuple(cls._parse(line) for line in lines[:-1].split("\n"))

    @classmethod
    def _parse(cls, line: str) -> Signature:
        name, space, encoded = line.removeprefix(_SIGNATURE).partition(" ")
        try:
            raw = from_base64(encoded)
        except ValueError as error:
            raise BadNote("underskriftsraden är trasig") from error
        if not line.startswith(_SIGNATURE) or not space or len(raw) <= _KEY_ID_BYTES:
            raise BadNote("underskriftsraden är trasig")
        return cls(checked_name(name), raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


@dataclass(frozen=True)
class Note:
    """A text, with its final newline, and the signatures under it. That it could be read says nothing of them."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str) -> Note:
        """Read a note.

        Raises:
            BadNote: unless it has exactly the form of a note.
        """
        if len(_utf8(note)) > MAX_NOTE_BYTES or _has_controls(note):
            raise BadNote("inte en undertecknad text")
        body, blank, tail = note.rpartition("\n\n")
        if not blank:
            raise BadNote("underskrift saknas")
        return cls(body + "\n", Signature.parse_lines(tail))

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signers(self, keys: Iterable[AnyKey]) -> list[AnyKey]:
        """Those of `keys` that signed the note; unknown keys' signatures are ignored.

        Raises:
            BadNote: when a signature under the name and id of one of the keys is not that key's.
        """
        found: list[AnyKey] = []
        for key in keys:
            under = [each for each in self.signatures if each.made_by(key.vkey)]
            for each in under:
                key.verify(self.text, each.signature)
            if under:
                found.append(key)
        return found

    def with_signatures(self, signatures: Iterable[Signature]) -> Note:
        """The note with more signatures; a new one of a key takes the place of its old one."""
        kept = {(each.name, each.key_id): each for each in (*self.signatures, *signatures)}
        return Note(self.text, tuple(kept.values()))


@dataclass(frozen=True)
class VerifierKey:
    """The public Ed25519 key that a log's notes are checked with, and the name it signs under."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read the vkey form `<name>+<key id>+<base64>`.

        Raises:
            BadNote: when the text is not an Ed25519 vkey.
        """
        vkey = Vkey.parse(text)
        if vkey.algorithm != ED25519 or len(vkey.material) != KEY_BYTES:
            raise BadNote("nyckeln är inte en Ed25519-nyckel")
        return cls(vkey.name, vkey.material)

    @property
    def vkey(self) -> Vkey:
        return Vkey(self.name, ED25519, self.public)

    def __str__(self) -> str:
        return str(self.vkey)

    def verify(self, text: str, signature: bytes) -> None:
        """Check a signature; see `Key`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError) as error:
            raise BadNote("underskriften stämmer inte med texten") from error

    def open(self, note: str) -> str:
        """The text of a note that this key has signed, with its final newline.

        Raises:
            BadNote: when it is no note, or this key's signature is missing or wrong.
        """
        parsed = Note.parse(note)
        if not parsed.signers([self]):
            raise BadNote(f"ingen underskrift av {self.name}")
        return parsed.text


@dataclass(frozen=True)
class SigningKey:
    """The private key of one log."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        return cls(checked_name(name), Ed25519PrivateKey.generate())

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
        signature = Signature(self.name, self.verifier.vkey.key_id, self.private.sign(_utf8(text)))
        return str(Note(text, (signature,)))


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise BadNote("texten går inte att skriva som UTF-8") from error


def _has_controls(text: str) -> bool:
    return any(letter < " " and letter != "\n" for letter in text)
