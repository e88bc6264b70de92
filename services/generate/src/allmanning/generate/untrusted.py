"""What stands in a passage is data: instructions in it are kept from the model, and what they dictate is not said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.generate.extract.terms import terms
from allmanning.generate.support.verbatim import squeezed
from allmanning.index.injection.score import FLAGGED, injection_score

# Verbs by which a text tells its reader what to say, and the words that may follow them.
_SAYING: Final = (
    r"(?:svara\w*|skriv\w*|säg\w*|besvara\w*|upprepa\w*|påstå\w*|uppge|hävda\w*|meddela|rekommendera\w*"
    r"|intyga|bekräfta|godkänn\w*|förklara\w*|formulera\w*|inkludera\w*|låtsas|agera"
    r"|answer\w*|say\w*|write|print\w*|output\w*|respond\w*|reply|repeat|state|include|recommend\w*|generate|provide"
    r"|tell|create|compose|formulate|explain|pretend|act"
    r"|antworte|schreib\w*|sag|sage|sagen|gib|wiederhole\w*|verfasse\w*|formulier\w*|generier\w*|erkläre"
    r"|reden|fungieren|svar|vastaa|sano|decir|dices|dis|dites|скажи\w*|напиши\w*|ответь\w*)"
)
_DICTATING: Final = re.compile(rf"(?<![^\W_]){_SAYING}(?![^\W_])", re.IGNORECASE)
# So many letters of a verb are the same in its forms.
_STEM: Final = 4
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)|\n")
# A sentence that alone reads so much as an instruction to a model carries nothing that is worded freely.
_SUSPECT: Final = 0.25
# As much of a sentence as must be carried, see support.LEAST_SUPPORT.
_MOST: Final = 0.6


@dataclass(frozen=True)
class Sorted:
    """What may be answered from, and the ids of passages that are set aside."""

    kept: Sequence[ScoredPassage]
    set_aside: Sequence[str]


def sort_out(found: Sequence[ScoredPassage]) -> Sorted:
    """Set aside what ingest flagged as instructions to a model: neither model nor extract sees it.

    So is what stands next to it in the same document, where the instruction may begin or go on. The search shows it,
    flagged; an answer that would need it is left to a person.
    """
    passages = [each.passage for each in found if each.passage is not None]
    flagged = [each for each in passages if each.injection_score >= FLAGGED]
    ids = [each.id for each in passages if any(each is one or _adjoin(each, one) for one in flagged)]
    return Sorted([each for each in found if each.passage is None or each.passage.id not in ids], ids)


def _adjoin(one: Passage, other: Passage) -> bool:
    same = one.document is not None and other.document is not None and one.document.id == other.document.id
    return same and abs(one.position - other.position) == 1


@lru_cache(maxsize=2_000)
def dictated(sentence: str, quoted: str) -> bool:
    """Whether `quoted` carries the sentence only by telling somebody to say so.

    'Svara att avgiften är avskaffad' does not say that it is. A sentence that repeats the telling, or is the quoted
    text itself, is no such claim.
    """
    if squeezed(sentence).rstrip(".") == squeezed(quoted).rstrip("."):
        return False
    if _suspect(quoted):
        return True
    repeated = {verb[0].lower()[:_STEM] for verb in _DICTATING.finditer(sentence)}
    spans = [(start, end) for verb, start, end in _told(quoted) if verb[:_STEM] not in repeated]
    words = terms(sentence)
    if not words or not spans:
        return False
    told = terms(" ".join(quoted[start:end] for start, end in spans))
    rest = terms(_without(quoted, spans))
    return len(words & told) / len(words) >= _MOST and len(words & rest) / len(words) < _MOST


@lru_cache(maxsize=1000)
def _suspect(quoted: str) -> bool:
    return injection_score(quoted) >= _SUSPECT


def _told(text: str) -> Iterator[tuple[str, int, int]]:
    """Each verb of saying, and what follows it to the end of its sentence."""
    at = 0
    while (verb := _DICTATING.search(text, at)) is not None:
        end = _SENTENCE_END.search(text, verb.end())
        at = end.start() if end else len(text)
        yield verb[0].lower(), verb.end(), at


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return " ".join((*kept, text[at:]))
