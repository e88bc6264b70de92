"""How much a text reads as instructions to a language model: rules that say why, no model."""

from __future__ import annotations

from typing import Final

from allmanning.index.injection.disguise import encoded, seen, unseen, words
from allmanning.index.injection.rules import holds, shipped

# From here on a passage is told of. Measured on real documents: see tests/evaluation/injection.
FLAGGED: Final = 0.5
# A text that hides its instructions means harm.
_HIDDEN: Final = 0.4


def injection_score(text: str) -> float:
    """0 to 1. Ordinary text, imperative or not, is near 0."""
    return _score(reasons(text))


def reasons(text: str) -> dict[str, float]:
    """The rules that hold, by name, with what each weighs."""
    found = _reasons(text)
    for hidden in (unseen(text), *encoded(text)):
        if hidden and (inner := _reasons(hidden)):
            found |= inner | {"hidden instructions": _HIDDEN}
    return found


def _reasons(text: str) -> dict[str, float]:
    rules = shipped()
    places = rules.vocabulary.places(words(text, rules.vocabulary.known))
    found = {rule.name: rule.weight for rule in rules.rules if holds(rule, places)}
    found |= {phrase.name: phrase.weight for phrase in rules.phrases if phrase.words in places}
    plain = seen(text)
    return found | {mark.name: mark.weight for mark in rules.marks if mark.pattern.search(plain)}


def _score(found: dict[str, float]) -> float:
    doubt = 1.0
    for weight in found.values():
        doubt *= 1 - weight
    return round(1 - doubt, 3)
