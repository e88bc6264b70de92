"""Sentences about a particular case: "Har du ett hus från 2018 …", "Exempel: Ett hushåll …", "Barn som bara …"."""

from __future__ import annotations

import re

from allmanning.generate.extract.terms import terms

_CONDITION = re.compile(
    r"(?:om|vid|kan|ska|vill|(?!hur|när|var|vad|där|här|för)\w+[rt])"
    r" (?:(?:du|ni|man|en|ett|det|den|barnet|någon|huset|båda)\b|\w+(?:en|et)\b)",
    re.IGNORECASE,
)
# By its own words a part of what the rule is for.
_EXCEPTION = re.compile(r"\w+ som (?:bara|endast|enbart)\b", re.IGNORECASE)
_OF_EXCEPTION = 2.0
# Its own words when it is written "Exempel: …", or those of the heading it stands under.
_EXAMPLE = re.compile(r"\b(?:Exempel|Räkneexempel|Example)\b(?! på)")
_DECIDED = re.compile(r"(?:Beslut|Beslutet|Decision)\b[^.:!?]{0,40}:")
_LONGEST_CONDITION = 8
_HOURS = re.compile(r"(\w+(?:n|t|na)) (?:har öppet|är öpp\w+|är stängd?\w*|öppnar|stänger)\b", re.IGNORECASE)


def is_example(sentence: str) -> bool:
    """The sentence says of itself that it is one: "Exempel: Ett hushåll tjänar …"."""
    return bool(_EXAMPLE.match(sentence))


def is_decided(said: str) -> bool:
    """Minutes tell what was decided in one case: "Beslut: Ansökan om rivningslov avslås"."""
    return bool(_DECIDED.match(said))


def particular(sentence: str, context: str, asked: frozenset[str]) -> float:
    """0..2: how far the sentence holds only in a case that the question does not mention; most for an exception."""
    if _EXAMPLE.search(sentence) or _EXAMPLE.search(context):
        return 1.0
    exception = _EXCEPTION.match(sentence)
    if not exception and not _CONDITION.match(sentence):
        return 0.0
    condition = terms(" ".join(re.split("[,:]", sentence, maxsplit=1)[0].split()[:_LONGEST_CONDITION]))
    beside = len(condition - asked) / len(condition) if condition else 0.0
    return _OF_EXCEPTION * beside if exception else beside


def hours_elsewhere(sentence: str, title: str, asked: frozenset[str]) -> bool:
    """Tells when "butiken" is open, where neither the question nor the document's title names it."""
    match = _HOURS.match(sentence)
    return match is not None and terms(match[1]).isdisjoint(asked | terms(title))
