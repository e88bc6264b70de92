"""What a searcher may write beside plain words: a phrase in quotes, and a word to leave out.

`"…"`, `”…”` and `»…«` ask for the words as they stand; `-word` and `-"…"` for passages without them. Everything else,
unbalanced quotes and hyphens inside words, numbers and identifiers among it, is plain text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from allmanning.index.analyse import terms

# Neither side of a quoted phrase touches a word: 12" is a measure, "bygg"lov a slip.
_OPERATOR = re.compile(
    r"""(?<!\w)(?P<without>(?<!\S)-)?(?:["”“„](?P<quoted>[^"”“„]+)["”“„]|[»«](?P<angled>[^»«]+)[»«])(?!\w)"""
    r"""|(?<!\S)-(?P<word>[^\W\d_][^\W_]*(?:-[^\W_]+)*)(?![\w-])"""
)
_WORD = re.compile(r"[^\W_]")
# A joiner between letters is part of how Persian and other scripts are spelled.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Query:
    """`text` is what passages are ranked by: the phrases' words are in it, the excluded ones are not."""

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def readable(text: str) -> str:
    """NFC, without control characters, marks of writing direction, and what UTF-8 cannot carry; one space for many."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))
    shown = (
        " " if (kind := unicodedata.category(each)) == "Cc" else "" if kind == "Cf" and each not in _JOINERS else each
        for each in text
    )
    return " ".join("".join(shown).split())


def parsed(text: str) -> Query:
    """The parts of a query; `text` as `readable` gives it. Never fails."""
    # Quotes in JSON are not the searcher's.
    if text.startswith(("{", "[")):
        return Query(text)
    phrases: dict[str, None] = {}
    excluded: dict[str, None] = {}

    def part(found: re.Match[str]) -> str:
        said = (found["quoted"] or found["angled"] or found["word"]).strip()
        # Without "och" nothing would be found: "mark -och miljödomstolen" is a slip.
        if not _WORD.search(said) or (found["word"] and not any(terms(said))):
            return found[0]
        if found["word"] or found["without"]:
            excluded[said] = None
            return " "
        phrases[said] = None
        return said

    rest = " ".join(_OPERATOR.sub(part, text).split())
    return Query(rest, tuple(phrases), tuple(excluded))


def has_words(text: str) -> bool:
    """Whether there is anything to search for: a letter or a digit."""
    return _WORD.search(text) is not None
