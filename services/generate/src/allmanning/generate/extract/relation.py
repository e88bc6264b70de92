"""How a sentence is built against what the question asks of its subject: what it is, what it does, an example of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from allmanning.generate.extract.terms import terms
from allmanning.index.fold import folded

_MOST_ASKED = re.compile(r"\b(mesta|hogsta|hogst|maximalt|som (mest|langst|hogst))\b|\bat most\b")
_EXAMPLE_ASKED = re.compile(r"\bexempel pa\b|\bexample of\b")
_CALLED_ASKED = re.compile(r"\b(kallas|heter|benamns|called)\b")
_MEANS_ASKED = re.compile(r"\b(innebar|betyder|menas|avses|mean)\b")
_IS_ASKED = re.compile(r"^(vad|vem|vilka) (ar|var)\b|^what (is|are)\b")
_DOES_ASKED = re.compile(r"^vad (gor|arbetar|skoter|har|kan)\b|\barbetsuppgift|^what do(es)?\b")
_EXAMPLE = re.compile(
    r"\b(till exempel|t\.ex\.|exempelvis|bland annat|sasom|kan vara|rora sig om|som exempel|such as|for example)\b"
    r"|\w(?<! i)(?<! pa)\b, \w+( och| eller) "
)
_MOST = re.compile(r"\b(hogst\w*|mest|max\w*|langst|tak|aldrig mer)\b|\bat most\b")
_CALLED = re.compile(r"\b(kallas|kallad\w*|kallat|heter|benamns|sa kallad\w*|called)\b")
_MEANS = re.compile(r"\b(innebar|betyder|menas|avses|det vill saga|means)\b")
_IS = re.compile(r"\b(ar (en|ett|att|den|det|de|nar|som)|utgors av|bestar av|innebar|betyder|kallas|is an?|are)\b")
_DOES = re.compile(r"\b(arbetar|ansvarar|har (ansvar|till uppgift|som uppgift)|utfor|uppgift\w*|ser till|hjalper)\b")
_NEGATED = re.compile(r"\b(inte|ej|aldrig|ingen|inga|inget|utan|not|never|no)\b")
# Of a subject before its verb.
_NEAR = 60

Built = tuple[re.Pattern[str], re.Pattern[str]]
_BUILT: Final[tuple[Built, ...]] = (
    (_MOST_ASKED, _MOST),
    (_EXAMPLE_ASKED, _EXAMPLE),
    (_CALLED_ASKED, _CALLED),
    (_MEANS_ASKED, _MEANS),
    (_IS_ASKED, _IS),
    (_DOES_ASKED, _DOES),
)


def relation(question: str, wanted: frozenset[str]) -> Callable[[str], float]:
    """Measures sentences, 0..1: built as an answer (.5), with the question's subject right before the verb (1)."""
    line = folded(question).strip()
    pattern = next((built for asked, built in _BUILT if asked.search(line)), None)

    def measure(sentence: str) -> float:
        if pattern is None:
            return 0.0
        said = folded(sentence)
        best = 0.0
        for match in pattern.finditer(said):
            before = terms(said[max(0, match.start() - _NEAR) : match.start()])
            best = max(best, 1.0 if before & wanted else 0.5)
        return best

    return measure


def negated(text: str) -> bool:
    return bool(_NEGATED.search(folded(text)))
