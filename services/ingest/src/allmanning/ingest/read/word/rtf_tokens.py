"""The words of the RTF language. Source: Rich Text Format Specification 1.9.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z0-9])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\"
)
_FONT_CHARSETS: Final = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}


class Token(NamedTuple):
    """`kind` is "word" (a control word, with its number if it has one), "sign" (a control symbol), "open", "close" or
    "bytes" (text in the code page of the moment).
    """

    kind: str
    word: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    """What an RTF file is made of; binary data is left out."""
    at = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        word, number, hexadecimal, sign, brace, text = match.groups()
        if word is not None:
            value = None if number is None else int(number)
            if word == b"bin":
                at += max(0, value or 0)
            else:
                yield Token("word", word.decode("ascii"), value)
        elif hexadecimal is not None:
            yield Token("bytes", data=bytes.fromhex(hexadecimal.decode("ascii")))
        elif brace is not None:
            yield Token("open" if brace == b"{" else "close")
        elif text is not None:
            yield Token("bytes", data=text)
        elif sign is not None:
            yield Token("sign", sign.decode("latin-1"))


def encoding_of_charset(charset: int | None) -> str:
    """The encoding of a font with this character set; empty for that of the document."""
    return _FONT_CHARSETS.get(charset or 0, "") if charset else ""


def encoding_of_page(page: int | None) -> str:
    """The encoding of a code page such as 1252."""
    if page in (None, 0, 1252):
        return "cp1252"
    name = {10000: "mac_roman", 65001: "utf-8", 936: "gbk", 950: "big5"}.get(page, f"cp{page}")
    try:
        b"a".decode(name)
    except (LookupError, UnicodeDecodeError):
        return "cp1252"
    return name
