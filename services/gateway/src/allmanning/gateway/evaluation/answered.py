"""What the platform said to one question with a key."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

_SETTINGS = ConfigDict(frozen=True, extra="forbid")


class Cited(BaseModel):
    """A source of an answer: the document as the key names it, and the words that are to carry a sentence."""

    model_config = _SETTINGS

    number: int
    source: str
    quote: str
    around: str
    """Title and headings above the words."""


class Answered(BaseModel):
    """What the platform said to one question."""

    model_config = _SETTINGS

    outcome: str
    reason: str
    text: str
    cited: Sequence[Cited]
    seconds: float
    foreword: str = ""
    """What was said before `text`, in the asker's language, about the language that follows; empty where it is hers."""
