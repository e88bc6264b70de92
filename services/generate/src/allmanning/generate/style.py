"""How an answer is to be worded for whoever asks, beside what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_EASY: Final = re.compile(
    r"\blätt[- ]?läst\w*|\b(?:på|med) (?:lätt|lättare|enkel|enklare) svenska\b|\blätt att läsa\b"
    r"|\beasy[- ](?:to[- ])?read\b|\bin (?:easy|simple|plain) (?:swedish|english|words|language)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Style:
    """The asker's and the authority's wishes."""

    caseworker: bool = False
    """The asker works there: terms of the trade, sections and documents by name."""
    easy_read: bool = False
    """Lättläst: one thought a sentence, common words."""
    authority: str = ""
    """Name of the authority that answers; empty: not told."""
    tone: str = ""
    """How the authority wants its answers worded."""


def asks_for_easy_read(question: str) -> bool:
    """Whether the question itself wants an easy-to-read answer ("Svara på lättläst svenska")."""
    return bool(_EASY.search(question))
