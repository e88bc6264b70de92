"""Public keys as text: `<name>+<key id>+<base64 of type and key>` (C2SP signed-note)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final, NamedTuple

ED25519: Final = 0x01
COSIGNATURE_ED25519: Final = 0x04
COSIGNATURE_ML_DSA_44: Final = 0x06
_KEY_ID_BYTES: Final = 4
# What decoding leaves where bytes are not UTF-8.
_SURROGATES: Final = frozenset(map(chr, range(0xD800, 0xE000)))


class BadNote(ValueError):
    """Not a note or a key, or not signed by the key; says why in Swedish."""


class Vkey(NamedTuple):
    """The three things that a vkey tells: under which name, with which algorithm, and the key itself."""

    name: str
    algorithm: int
    material: bytes

    @classmethod
    def parse(cls, text: str) -> Vkey:
        """Read a vkey whose key id is that of its own name, algorithm and key.

        Raises:
            BadNote: for anything else.
        """
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            raw = from_base64(encoded)
        except ValueError as error:
            raise BadNote("nyckeln är inte en vkey") from error
        if len(raw) < 2:
            raise BadNote("nyckeln är inte en vkey")
        vkey = cls(checked_name(name), raw[0], raw[1:])
        if key_id != vkey.key_id.hex():
            raise BadNote("nyckelns kontrollsumma stämmer inte med nyckeln")
        return vkey

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, say which key made a signature."""
        told = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.material
        return hashlib.sha256(told).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.algorithm]) + self.material).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def checked_name(name: str) -> str:
    """The name, when a key may have it.

    Raises:
        BadNote: when it is empty, is not UTF-8, or holds a space, a plus sign or a control character.
    """
    if not name or "+" in name or any(letter.isspace() or letter < " " or letter in _SURROGATES for letter in name):
        raise BadNote("nyckelns namn är tomt eller innehåller blanksteg, plustecken eller annat otillåtet")
    return name


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
