"""What all checks together say of one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.generate.extract.terms import terms
from allmanning.generate.support.added import added
from allmanning.generate.support.alignment import Alignment, align
from allmanning.generate.support.antonyms import opposites, small_turned, turned
from allmanning.generate.support.comparison import comparison_differs
from allmanning.generate.support.condition import condition_left_out
from allmanning.generate.support.containment import containment
from allmanning.generate.support.dates import dates
from allmanning.generate.support.figures import as_quoted, figures
from allmanning.generate.support.meaning import carried
from allmanning.generate.support.mentions import Mention, misplaced, missing
from allmanning.generate.support.modality import modals
from allmanning.generate.support.names import names_missing, names_swapped
from allmanning.generate.support.negation import negation_differs
from allmanning.generate.support.omission import crosses_contrast, relation_changed, spliced, turning_word_differs
from allmanning.generate.support.qualifiers import overstated
from allmanning.generate.support.quantity import quantity_differs
from allmanning.generate.support.reference import reference_changed
from allmanning.generate.support.restriction import restriction_left_out
from allmanning.generate.support.roles import roles_swapped, subjects_differ, voice_changed
from allmanning.generate.support.scope import scope_moved
from allmanning.generate.support.tense import tense_differs
from allmanning.generate.support.tokens import Token, tokens
from allmanning.generate.support.verbatim import is_verbatim
from allmanning.runtime.record import Json

LEAST_SUPPORT: Final = 0.6
"""Below this a sentence is not even shown to a caseworker."""
STRICT: Final = 0.75
"""From here on the standard rules let a sentence leave by itself."""
VERBATIM: Final = 1.0
WORDED_FREELY: Final = 0.95
"""The most that a sentence can have which is not the text it cites: the same words in another order, or a part of a
sentence, may say another thing."""
DOUBTFUL: Final = 0.7
"""The most that a sentence can have of which a check is not sure: a caseworker sees it first."""

# Fewer words than this are easily found in any text.
_TELLING_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well a text carries a sentence, and what each check found."""

    support: float
    """0..1; 1 for the same text, 0 when a check says that another thing is said."""
    failed: tuple[str, ...] = ()
    """Codes of the checks that found another thing said."""
    doubts: tuple[str, ...] = ()
    """Codes of the checks that could not tell."""
    containment: float = 0.0
    semantics: float | None = None
    """Cosine of the two texts' vectors; None when not asked for, or the embedder was away."""
    entailment: float | None = None
    """Chance, 0..1, that the one follows from the other; None without a model for it."""

    def told(self) -> dict[str, Json]:
        """For the record: codes and numbers, no text."""
        numbers = {"containment": self.containment, "semantics": self.semantics, "entailment": self.entailment}
        return {
            "support": round(self.support, 4),
            "failed": list(self.failed),
            "doubts": list(self.doubts),
            **{name: round(value, 4) for name, value in numbers.items() if value is not None},
        }


@lru_cache(maxsize=2_000)
def verdict(sentence: str, quoted: str, context: str = "") -> Verdict:
    """How well `quoted` carries `sentence`, by words alone.

    `context` is the heading and title of the quoted text: it may lend words and names, never figures.
    """
    if not sentence.strip() or not quoted.strip():
        return Verdict(0.0, failed=("empty",))
    if is_verbatim(sentence, quoted):
        return Verdict(VERBATIM, containment=1.0)
    found, around = tokens(quoted), tokens(context)
    said = as_quoted(tokens(sentence), found)
    alignment = align(said, found)
    share = containment(" ".join(token.text for token in said), " ".join([quoted, *carried(said, found)]), context)
    failed = (*_figures(said, found), *_words(said, found, around, alignment))
    doubts = () if failed else _doubts(sentence, said, found, around, alignment)
    support = 0.0 if failed else min(share, DOUBTFUL if doubts else WORDED_FREELY)
    return Verdict(support, failed=failed, doubts=doubts, containment=share)


def context_of(passage: Passage) -> str:
    """The passage's title and headings, which may lend words to a sentence."""
    title = passage.document.title if passage.document else ""
    return "\n".join([title, *(passage.location.headings if passage.location else [])])


def _figures(said: tuple[Token, ...], found: tuple[Token, ...]) -> tuple[str, ...]:
    failed = []
    mine, theirs = figures(said), figures(found)
    if missing(mine, theirs):
        failed.append("figures")
    elif misplaced(mine, said, theirs, found):
        failed.append("figures.place")
    days, their_days = dates(said), dates(found)
    if missing(days, their_days) or misplaced(days, said, their_days, found):
        failed.append("dates")
    return tuple(failed)


def _words(
    said: tuple[Token, ...], found: tuple[Token, ...], around: tuple[Token, ...], alignment: Alignment
) -> tuple[str, ...]:
    relevant = tuple(alignment.relevant(found))
    failed = []
    if names_missing(said, found, around) or names_swapped(said, found, alignment):
        failed.append("names")
    if negation_differs(said, found, alignment):
        failed.append("negation")
    if _modality_differs(modals(said), said, modals(relevant), relevant):
        failed.append("modality")
    if misplaced(opposites(said), said, opposites(relevant), relevant) or (
        turned(said, relevant) or small_turned(said, found, alignment)
    ):
        failed.append("antonyms")
    return tuple(failed)


def _doubts(
    sentence: str, said: tuple[Token, ...], found: tuple[Token, ...], around: tuple[Token, ...], alignment: Alignment
) -> tuple[str, ...]:
    relevant = alignment.relevant(found)
    checks = {
        "added": added(said, found, around, alignment),
        "qualifiers": overstated(said, relevant, alignment),
        "quantity": quantity_differs(said, (*found, *around), relevant),
        "scope": scope_moved(said, found) or crosses_contrast(said, found),
        "comparison": comparison_differs(said, relevant),
        "omission": turning_word_differs(said, relevant),
        "splice": spliced(found, alignment),
        "reference": reference_changed(said, found, alignment),
        "roles": roles_swapped(said, found)
        or voice_changed(said, found)
        or subjects_differ(said, found)
        or relation_changed(said, found, alignment),
        "condition": condition_left_out(said, found, alignment),
        "restriction": restriction_left_out(found, alignment),
        "tense": tense_differs(said, found, alignment),
        "short": not alignment.close and len(terms(sentence)) < _TELLING_WORDS,
    }
    return tuple(code for code, doubtful in checks.items() if doubtful)


def _modality_differs(
    mine: list[Mention], said: tuple[Token, ...], theirs: list[Mention], relevant: tuple[Token, ...]
) -> bool:
    """What is said to be must or may is quoted as something else; what the quote leaves open may be worded with any."""
    return bool(theirs and missing(mine, theirs)) or bool(misplaced(mine, said, theirs, relevant))
