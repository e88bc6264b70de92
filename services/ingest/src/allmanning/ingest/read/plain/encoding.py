"""Bytes of unknown encoding become text."""

from __future__ import annotations

import codecs
from typing import Final

from charset_normalizer import from_bytes

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The eight-bit encodings Swedish offices have used, the likeliest first.
_SWEDISH: Final = ("cp1252", "mac_roman", "cp850")
_WESTERN: Final = frozenset({"iso-8859-1", "latin1", "latin-1", "iso8859-1", "windows-1252", "cp1252"})
# What these say is true of nearly every text, or of none: the bytes tell more.
_UNSPOKEN: Final = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "unknown-8bit", "unknown"})
_SWEDISH_LETTERS: Final = frozenset("åäöÅÄÖéÉüÜ§")


def decode(data: bytes) -> str:
    """Decode text of any usual encoding; bytes that fit none become U+FFFD. Line ends become line feeds."""
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def decode_as(data: bytes, encoding: str) -> str:
    """Decode text that says what it is encoded in; one that says nothing, or says wrong, is judged by its bytes."""
    name = encoding.strip().lower()
    if name in _WESTERN:
        # Programs say ISO-8859-1 and mean Windows-1252, which has the same letters and more, or write UTF-8 after all.
        name = "" if _is_utf8(data) else "cp1252"
    if name and name not in _UNSPOKEN:
        try:
            return data.decode(name).replace("\r\n", "\n").replace("\r", "\n")
        except (LookupError, ValueError):
            pass
    return decode(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    start = data[:65_536]
    if start.count(0) > len(start) * 0.3:
        return data.decode("utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be", errors="replace")
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    # A damaged UTF-8 file is still mostly UTF-8.
    if not bad or bad * 10 < sum(character > "\x7f" for character in text):
        return text
    return _eight_bit(data)


def _eight_bit(data: bytes) -> str:
    best = max(_SWEDISH, key=lambda encoding: _swedish(start_of(data), encoding))
    if _swedish(start_of(data), best) > 0:
        return data.decode(best, errors="replace")
    guess = from_bytes(start_of(data)).best()
    return data.decode(guess.encoding if guess else "utf-8", errors="replace")


def start_of(data: bytes) -> bytes:
    """Enough to judge by."""
    return data[:262_144]


def _swedish(data: bytes, encoding: str) -> int:
    """How Swedish the characters above ASCII are: one up for each letter of ours, one down for each other."""
    other = [character for character in data.decode(encoding, errors="replace") if ord(character) > 127]
    letters = sum(character in _SWEDISH_LETTERS for character in other)
    marks = sum(character in "–—’”“•…»«\xa0é°½" for character in other)
    return 2 * letters + marks - len(other)
