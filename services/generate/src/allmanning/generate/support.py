"""Does a sentence stand in what it cites? Figures must agree, negations must agree, and the words must be there."""

from __future__ import annotations

import re

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.generate.extract.terms import terms

# Below this a sentence is not even shown to a caseworker.
LEAST_SUPPORT = 0.6
VERBATIM = 1.0
# The most that a sentence can have which is not the text it cites.
WORDED_FREELY = 0.95

_SPACE = re.compile(r"\s+")
_MARK = re.compile(r"^\s*[-*•–]\s+", re.MULTILINE)
_GROUPED = re.compile(r"(?<=\d)[ .\u00a0\u202f](?=\d{3}(?!\d))")
_FIGURE = re.compile(r"\d+(?:[.,:/-]\d+)*")
_SPELLED = {
    "en": "1", "ett": "1", "två": "2", "tre": "3", "fyra": "4", "fem": "5", "sex": "6", "sju": "7", "åtta": "8",
    "nio": "9", "tio": "10", "elva": "11", "tolv": "12", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12",
}  # fmt: skip
_NEGATION = re.compile(
    r"\b(?:inte|ej|aldrig|ingen|inget|inga|utan|varken|icke|förbjud\w*|undantag\w*|not|never|no|cannot|n't|without|neither)\b"
    r"|n't\b",
    re.IGNORECASE,
)
_MUST = re.compile(r"\b(?:måste|ska|skall|krävs|kräver|must|shall|required?)\b", re.IGNORECASE)
_MAY = re.compile(r"\b(?:får|kan|may|can)\b", re.IGNORECASE)


def squeezed(text: str) -> str:
    """The text without white space, soft hyphens and list marks: what a sentence is verbatim by."""
    return _SPACE.sub("", _MARK.sub("", text.replace("\u00ad", "")))


def support(sentence: str, quoted: str, context: str = "") -> float:
    """How well `quoted` carries `sentence`, 0..1; 1 when it is the same text, 0 when a figure or a "not" differs.

    `context` is the heading and title of the quoted text: it may lend words, never figures.
    """
    if not sentence.strip() or not quoted.strip():
        return 0.0
    if squeezed(sentence).rstrip(".") == squeezed(quoted).rstrip("."):
        return VERBATIM
    if not _figures(sentence) <= _figures(quoted) | _spelled(quoted):
        return 0.0
    if bool(_NEGATION.search(sentence)) != bool(_NEGATION.search(quoted)):
        return 0.0
    if _MUST.search(sentence) and not _MUST.search(quoted) and _MAY.search(quoted):
        return 0.0
    said = terms(sentence)
    share = len(said & (terms(quoted) | terms(context))) / len(said) if said else 0.0
    # The same words in another order, or a part of a sentence, may say another thing.
    return min(share, WORDED_FREELY)


def context_of(passage: Passage) -> str:
    """The passage's title and headings, which may lend words to a sentence."""
    title = passage.document.title if passage.document else ""
    return " ".join([title, *(passage.location.headings if passage.location else [])])


def _figures(text: str) -> frozenset[str]:
    """Numbers, dates, amounts, § and phone numbers, each written one way."""
    return frozenset(figure.replace(",", ".") for figure in _FIGURE.findall(_GROUPED.sub("", text)))


def _spelled(text: str) -> frozenset[str]:
    return frozenset(_SPELLED[word] for word in re.findall(r"\w+", text.lower()) if word in _SPELLED)
