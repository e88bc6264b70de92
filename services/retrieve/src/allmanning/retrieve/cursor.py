"""Where the next page begins: URL-safe text that only the question it was made for can open.

There is no offset in it. It holds the day the question was asked for and what earlier pages have shown, so no passage
comes twice, whatever happens to the documents meanwhile. It gives no access: a page is searched as its asker.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from typing import Final

from allmanning.runtime.errors import InvalidInput

MAX_CHARACTERS: Final = 2_048
_VERSION: Final = b"\x01"
_DIGEST_BYTES: Final = 12
_DAY_BYTES: Final = 4


@dataclass(frozen=True)
class Page:
    """`as_of` is an ISO date, `shown` what `index.v1.SearchResponse.shown` gave; empty for the first page."""

    as_of: str
    shown: bytes = b""


def cursor_of(page: Page, question: bytes) -> str:
    """The text for `SearchResponse.next`; empty when nothing is left, or the pages have become too many to remember.

    `question` is everything that must be the same on every page, as bytes.
    """
    if not page.shown:
        return ""
    rest = date.fromisoformat(page.as_of).toordinal().to_bytes(_DAY_BYTES) + page.shown
    cursor = _encoded(_VERSION + _digest(question, rest) + rest)
    return cursor if len(cursor) <= MAX_CHARACTERS else ""


def opened(cursor: str, question: bytes) -> Page:
    """The page that a cursor stands for.

    Raises:
        InvalidInput: `cursor.invalid`, when it was changed, cut, or made for another question.
    """
    data = _decoded(cursor) if len(cursor) <= MAX_CHARACTERS else b""
    head = len(_VERSION) + _DIGEST_BYTES
    digest, rest = data[len(_VERSION) : head], data[head:]
    if not data.startswith(_VERSION) or not hmac.compare_digest(digest, _digest(question, rest)):
        raise _invalid()
    try:
        day = date.fromordinal(int.from_bytes(rest[:_DAY_BYTES]))
    except (ValueError, OverflowError) as error:
        raise _invalid() from error
    return Page(day.isoformat(), rest[_DAY_BYTES:])


def _decoded(cursor: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return b""
    # Base64 passes over what it does not know, and the last character may have bits to spare.
    return data if _encoded(data) == cursor else b""


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _invalid() -> InvalidInput:
    text = "Sidmarkören hör inte till den här frågan. Sök igen från början. (The cursor is not of this question.)"
    return InvalidInput("cursor.invalid", text)


def _digest(question: bytes, rest: bytes) -> bytes:
    length = len(question).to_bytes(4)
    return hashlib.blake2s(length + question + rest, digest_size=_DIGEST_BYTES).digest()
