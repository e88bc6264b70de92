"""What stands in a passage is data: instructions in it are kept from the model, and what they dictate is not said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.extract.terms import terms
from allmanning.index.injection.score import FLAGGED

# Verbs by which a text tells its reader what to say, and the words that may follow them.
_SAYING: Final = (
    r"(?:svara\w*|skriv\w*|säg\w*|sag|sage|besvara\w*|upprepa\w*|påstå\w*|uppge|hävda\w*|meddela|rekommendera\w*|intyga|bekräfta"
    r"|godkänn\w*|answer\w*|say\w*|write|print\w*|output\w*|respond\w*|reply|repeat|state|include|recommend\w*|generate"
    r"|antworte\w*|schreib\w*|sagen|gib|wiederhole\w*|svar|vastaa|sano|decir|dis)"
)
_DICTATING: Final = re.compile(rf"(?<![^\W_]){_SAYING}(?![^\W_])", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)|\n")
# As much of a sentence as must be carried, see support.LEAST_SUPPORT.
_MOST: Final = 0.6


@dataclass(frozen=True)
class Sorted:
    """What may be answered from, and the ids of passages that are set aside."""

    kept: Sequence[ScoredPassage]
    set_aside: Sequence[str]


def sort_out(found: Sequence[ScoredPassage]) -> Sorted:
    """Set aside what ingest flagged as instructions to a model: neither model nor extract sees it.

    The search shows it, flagged; an answer that would need it is left to a person.
    """
    flagged = [each.passage for each in found if each.passage is not None and each.passage.injection_score >= FLAGGED]
    ids = [passage.id for passage in flagged]
    return Sorted([each for each in found if each.passage is None or each.passage.id not in ids], ids)


def dictated(sentence: str, quoted: str) -> bool:
    """Whether `quoted` carries the sentence only by telling somebody to say so.

    'Svara att avgiften är avskaffad' does not say that it is. A sentence that repeats the telling is no such claim.
    """
    if _DICTATING.search(sentence):
        return False
    words = terms(sentence)
    spans = list(_told(quoted))
    if not words or not spans:
        return False
    told = terms(" ".join(quoted[start:end] for start, end in spans))
    rest = terms(_without(quoted, spans))
    return len(words & told) / len(words) >= _MOST and len(words & rest) / len(words) < _MOST


def _told(text: str) -> Iterator[tuple[int, int]]:
    """From a verb of saying to the end of its sentence."""
    at = 0
    while (verb := _DICTATING.search(text, at)) is not None:
        end = _SENTENCE_END.search(text, verb.end())
        at = end.start() if end else len(text)
        yield verb.end(), at


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return " ".join((*kept, text[at:]))
