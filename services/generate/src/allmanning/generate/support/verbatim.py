"""The same text, whatever its white space and list marks."""

from __future__ import annotations

import re
from typing import Final

_SPACE: Final = re.compile(r"\s+")
_MARK: Final = re.compile(r"^\s*[-*•–]\s+", re.MULTILINE)


def squeezed(text: str) -> str:
    """The text without white space, soft hyphens and list marks: what a sentence is verbatim by."""
    return _SPACE.sub("", _MARK.sub("", text.replace("\u00ad", "")))


def is_verbatim(sentence: str, quoted: str) -> bool:
    """The whole quote, word for word; a part of it may say another thing."""
    return squeezed(sentence).rstrip(".") == squeezed(quoted).rstrip(".")
