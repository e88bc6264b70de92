"""How likely a text is one that OCR read badly: letters lost, digits inside words, words that are no words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import OCR_QUALITY, Finding

# Everyday Swedish words that have lost the marks over their letters; none is a word of Swedish or English.
_LOST: Final = {
    "ar": "är",
    "pa": "på",
    "fran": "från",
    "nar": "när",
    "aven": "även",
    "ocksa": "också",
    "maste": "måste",
    "gor": "gör",
    "sadan": "sådan",
    "behover": "behöver",
    "galler": "gäller",
    "manga": "många",
    "nagon": "någon",
    "nagot": "något",
    "atgarder": "åtgärder",
    "sarskilt": "särskilt",
    "darfor": "därför",
    "saledes": "således",
}
_WHOLE: Final = frozenset(_LOST.values())
_SWEDISH: Final = frozenset(
    ["och", "att", "det", "som", "en", "ett", "är", "ar", "av", "till", "med", "den", "på", "pa", "i", "om", "för"]
)
_ENGLISH: Final = frozenset(["the", "of", "and", "to", "in", "is", "that", "for", "with", "be", "are"])
_WORD: Final = re.compile(r"[^\W_](?:\S*[^\W_])?")
_CONSONANT: Final = "bcdfghjklmnpqrstvwxz"
_DOUBTFUL: Final = re.compile(
    # A digit inside a word of small letters: "l6sning".
    r"[a-zåäö]\d+[a-zåäö]{2}"
    # A letter of other languages where å, ä or ö belongs: "inférande", "stéller". "Kommittédirektiv" is a word.
    rf"|(?<!itt)(?<!id)(?<!rm)(?<!cc)(?<=[a-zåäö])[éèêëáâóôúûíîñß][{_CONSONANT}]+[aeiouyåäö]"
    # "f}r", "h{r": signs that stand for letters.
    r"|[a-zåäö][{}\[\]|~^\\¤¦][a-zåäö]"
    # No vowel, or more consonants in a row than "västkustskt" has.
    rf"|^[{_CONSONANT}]{{5,}}$|[{_CONSONANT}]{{8,}}"
    # "kOmmUn".
    r"|[a-zåäö][A-ZÅÄÖ]+[a-zåäö]+[A-ZÅÄÖ]"
    # No character at all.
    "|[\ufffd\ue000-\uf8ff]"
)
_FEWEST_WORDS: Final = 40
_FEWEST_LOST: Final = 4
# One word in a hundred may look odd: names, codes, formulas.
_USUAL: Final = 0.01
_WEIGHT: Final = 8.0
_BAD: Final = 0.75
_LOOKED_AT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Legibility:
    """`score` is 1 for a text as it was written and towards 0 the more it is garbled; `doubtful` counts words."""

    score: float
    doubtful: int

    @property
    def bad(self) -> bool:
        return self.score < _BAD


def legibility(text: str) -> Legibility:
    """How well a text can be read. Texts of a few words, and of other languages than Swedish, pass unless gibberish."""
    words = _WORD.findall(text[:_LOOKED_AT])
    if len(words) < _FEWEST_WORDS:
        return Legibility(1.0, 0)
    small = [word.lower() for word in words]
    lost = sum(word in _LOST for word in small)
    whole = sum(word in _WHOLE for word in small)
    odd = sum(_DOUBTFUL.search(word) is not None for word in words)
    swedish = sum(word in _SWEDISH for word in small) / len(words)
    english = sum(word in _ENGLISH for word in small) / len(words)
    score = 1.0
    if lost >= _FEWEST_LOST and swedish > english:
        score = whole / (lost + whole)
    if swedish > english or odd > len(words) * 0.2:
        score = min(score, 1 - _WEIGHT * max(0.0, odd / len(words) - _USUAL))
    return Legibility(max(0.0, score), lost * (swedish > english) + odd)


def with_quality(extract: Extract) -> Extract:
    """The extract, with a finding and a score where its text looks like bad OCR, whoever made it.

    `ocr_quality` of a text that was not read by OCR here is set only where the text is bad.
    """
    found = legibility(extract.text)
    if not found.bad:
        return extract
    quality = min(found.score, extract.ocr_quality) if extract.ocr_quality else max(found.score, 0.01)
    noticed = Finding(OCR_QUALITY, count=max(1, found.doubtful))
    return replace(extract, findings=(*extract.findings, noticed), ocr_quality=quality)


def is_rubbish(codes: Iterable[int]) -> bool:
    """Whether so many of these characters stand for nothing that they are no text."""
    counted = Counter(codes)
    nothing = sum(count for code, count in counted.items() if code in {0, 0xFFFD} or 0xE000 <= code <= 0xF8FF)
    return nothing > counted.total() * 0.3
