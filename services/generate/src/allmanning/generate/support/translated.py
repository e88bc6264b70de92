"""Sentences in another language than what they cite, where no words can be compared.

Closeness in meaning tells which words of a passage a sentence may rest on. What every language writes alike (numbers,
dates, sections, e-mail addresses, names) must be the same. Whether the one follows from the other only an entailment
model that knows both languages can say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from allmanning.generate.citations import Citations
from allmanning.generate.draft import DraftSentence, Quote, Task
from allmanning.generate.support.dates import dates
from allmanning.generate.support.entailment import Entailment
from allmanning.generate.support.figures import figures
from allmanning.generate.support.languages import alike, written_in
from allmanning.generate.support.mentions import Mention, missing
from allmanning.generate.support.names import kept_names_missing
from allmanning.generate.support.semantics import Semantics
from allmanning.generate.support.settled import AWAY, ENTAILMENT, SEMANTICS, settled
from allmanning.generate.support.tokens import Token, tokens
from allmanning.generate.support.verdict import Verdict, context_of
from allmanning.generate.untrusted import dictated
from allmanning.index.sentences import sentences

LANGUAGE: Final = "language"
# Of the pieces of the passages, those that the entailment model is asked about.
_NEAREST: Final = 4
_MOST_PIECES: Final = 80
# A passage that may be quoted whole, as a small table has to be.
_SHORT_PASSAGE: Final = 700
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CLOCK: Final = re.compile(r"\b(1[0-2]|0?[1-9])(?:[.:]([0-5]\d))? ?([ap])\.?m\b\.?", re.IGNORECASE)
# "1,547" is a thousand and more in English, and one and a half in most of Europe.
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# "Måndag–fredag" names two days.
_RANGE: Final = re.compile(r"(?<=[^\W\d_])[-\u2010-\u2015](?=[^\W\d_])")
_NOON: Final = 12
# "Once a year", "first, apply": no numbers that a text in another language needs to have.
_ARTICLES: Final = frozenset({"a", "an"})
_FIRST: Final = ("ordinal", "1")


def abroad(task: Task, sentence: DraftSentence) -> bool:
    """It cites nothing but whole passages, in another language than the answer's."""
    found = [(task.passages[quote.passage].passage, quote) for quote in sentence.quotes]
    return bool(found) and all(
        passage is not None
        and (quote.start, quote.end) == (0, len(passage.text))
        and not alike(written_in(passage), task.language)
        for passage, quote in found
    )


async def verified(
    task: Task, sentence: DraftSentence, semantics: Semantics | None, entailment: Entailment
) -> DraftSentence:
    """The sentence with its verdict, and with the piece of its passages that carries it best, or comes nearest."""
    pieces = list(_pieces(task, sentence))[:_MOST_PIECES]
    pairs = [(Citations(task.passages).quoted(each), each.text) for each in pieces]
    cosines = await semantics.cosines(pairs) if semantics else None
    if not cosines:
        return replace(sentence, verdict=Verdict(0.0, doubts=(LANGUAGE, SEMANTICS + AWAY)))
    nearest = sorted(range(len(pieces)), key=lambda place: -cosines[place])[:_NEAREST]
    agreeing = [place for place in nearest if not _differs(task, pieces[place])]
    if not agreeing:
        best = nearest[0]
        failed = Verdict(0.0, failed=_differs(task, pieces[best]), semantics=cosines[best])
        return replace(pieces[best], verdict=failed)
    likelihoods = await entailment.likelihoods([pairs[place] for place in agreeing])
    if likelihoods is None:
        best = agreeing[0]
        unknown = Verdict(0.0, doubts=(LANGUAGE, ENTAILMENT + AWAY), semantics=cosines[best])
        return replace(pieces[best], verdict=unknown)
    place, likelihood = max(zip(agreeing, likelihoods, strict=True), key=lambda each: each[1].entailed)
    return replace(pieces[place], verdict=settled(Verdict(0.0, doubts=(LANGUAGE,)), likelihood, cosines[place]))


def differences(sentence: str, quoted: str, context: str, language: str) -> tuple[str, ...]:
    """Codes of what every language writes alike and `quoted` has not.

    `language` is the sentence's; `context`, the title and headings of the quoted text, may lend names.
    """
    theirs, around = tokens(quoted), tokens(context)
    readings = [tokens(each) for each in _readings(sentence)]
    failed = []
    if all(missing(_numbers(said), figures(theirs)) for said in readings):
        failed.append("figures")
    if missing(dates(tokens(_RANGE.sub(" ", sentence))), dates(tokens(_RANGE.sub(" ", quoted)))):
        failed.append("dates")
    # Of the other languages many have ä and ö themselves, and German writes all nouns with capitals.
    if kept_names_missing(readings[0], theirs, around, "åäö" if language == "en" else "å"):
        failed.append("names")
    if not {each.lower() for each in _EMAIL.findall(sentence)} <= {each.lower() for each in _EMAIL.findall(quoted)}:
        failed.append("addresses")
    return tuple(failed)


def _differs(task: Task, sentence: DraftSentence) -> tuple[str, ...]:
    quoted = Citations(task.passages).quoted(sentence)
    if dictated(sentence.text, quoted):
        return ("dictated",)
    passage = task.passages[sentence.quotes[0].passage].passage
    return differences(sentence.text, quoted, context_of(passage) if passage else "", task.language)


def _pieces(task: Task, sentence: DraftSentence) -> Iterator[DraftSentence]:
    """The sentence with every sentence, every two in a row, and every short passage of those that it cites."""
    for quote in sentence.quotes:
        passage = task.passages[quote.passage].passage
        text = passage.text if passage else ""
        for start, end in _spans(text):
            yield replace(sentence, quotes=(Quote(quote.passage, start, end),))


@lru_cache(maxsize=500)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    single = sentences(text)
    double = [(one[0], other[1]) for one, other in pairwise(single)]
    whole = [(0, len(text))] if len(single) > 2 and len(text) <= _SHORT_PASSAGE else []
    return (*single, *double, *whole)


def _readings(sentence: str) -> Sequence[str]:
    """The sentence with the clock of 24 hours, as it stands and with commas between thousands taken away."""
    plain = _CLOCK.sub(_hour, sentence)
    return list(dict.fromkeys((plain, _THOUSANDS.sub("", plain))))


def _hour(found: re.Match[str]) -> str:
    hour = int(found[1]) % _NOON + (_NOON if found[3].lower() == "p" else 0)
    return f"{hour}.{found[2] or '00'}"


def _numbers(said: Sequence[Token]) -> list[Mention]:
    return [
        each for each in figures(said) if said[each.start].low not in _ARTICLES and (each.kind, each.value) != _FIRST
    ]
