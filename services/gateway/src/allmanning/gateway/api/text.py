"""Text that can travel: JSON may spell half a character (a lone surrogate), which no UTF-8 can hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def _encodable(text: str) -> str:
    text.encode()  # UnicodeEncodeError is a ValueError, so the field is what the caller hears of
    return text


Text = Annotated[str, AfterValidator(_encodable)]
