"""Takes off what hides words from a filter and not from a model: look-alike letters, spaced letters, encodings."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from allmanning.index.fold import folded

# Cyrillic and Greek letters that look like Latin ones.
_LOOK_ALIKE: Final = str.maketrans(
    "абвгдеёзіјкмнорстухѕԁԛԝһӏαβγεηικνορτυχωѵɑɡıłđ", "abbrdeezijkmhopctyxsdqwhlabyenikvoptuxwvagild"
)
_DIGITS: Final = str.maketrans("01345789@$!|", "oieastbgasil")
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_TAGS: Final = re.compile("[\U000e0000-\U000e007f]+")
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_WORD: Final = re.compile(r"[a-z0-9@$!|]*[a-z0-9]")
_SPACED: Final = re.compile(r"(?<!\w)(?:\w[ .\-_*·]{1,2}){5,400}\w(?!\w)")
_ENCODED: Final = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{24,4000}={0,2}(?![A-Za-z0-9+/=])")
_HEX: Final = re.compile(r"(?<![\w])(?:[0-9a-fA-F]{2}[ ]?){20,2000}(?!\w)")


def unseen(text: str) -> str:
    """What is written in Unicode tags (U+E0020 to U+E007E) or as bytes in variation selectors.

    No screen shows it and every model reads it.
    """
    tags = (
        "".join(chr(ord(sign) - 0xE0000) for sign in match[0] if 0x20 <= ord(sign) - 0xE0000 < 0x7F)
        for match in _TAGS.finditer(text)
    )
    smuggled = (bytes(map(_byte, match[0])).decode(errors="ignore") for match in _SELECTORS.finditer(text))
    return " ".join((*tags, *smuggled))


def _byte(selector: str) -> int:
    number = ord(selector)
    return number - 0xFE00 if number < 0xE0100 else number - 0xE0100 + 16


def visible(text: str) -> str:
    """The text as a screen shows it: without tags, smuggled bytes and characters of no width."""
    return _UNSEEN.sub("", _TAGS.sub("", _SELECTORS.sub("", text)))


def seen(text: str) -> str:
    """The text without characters that are not seen, with plain letters for their look-alikes; case as it is."""
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text))


def words(text: str, known: re.Pattern[str]) -> list[str]:
    """Its words, folded. `known` are the words to look for where letters stand apart: "i g n o r e"."""
    plain = folded(seen(text)).translate(_LOOK_ALIKE)
    plain = _SPACED.sub(lambda match: " ".join(known.findall(re.sub(r"[\W_]", "", match[0]))) or match[0], plain)
    return [_spelled(match[0]) for match in _WORD.finditer(plain)]


def encoded(text: str) -> Iterator[str]:
    """Readable text that is written in base64 or in hexadecimal digits."""
    for match in _ENCODED.finditer(text):
        written = match[0].rstrip("=")
        if not (written.isalpha() and (written.islower() or written.istitle())):
            try:
                yield from _readable(base64.b64decode(written + "=" * (-len(written) % 4), validate=True))
            except (binascii.Error, ValueError):
                continue
    for match in _HEX.finditer(text):
        yield from _readable(bytes.fromhex(match[0].replace(" ", "")))


def _readable(data: bytes) -> Iterator[str]:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable() and " " in text:
        yield text


def _spelled(word: str) -> str:
    """What "1gn0r3" says: "ignore". A number stays one."""
    return word.translate(_DIGITS) if re.search(r"[a-z]", word) and re.search(r"[0-9@$!|]", word) else word
