"""The rules of `rules.yaml`, ready to be held against a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from allmanning.index.fold import folded

_FIRST_LETTERS: Final = 4
# Of a word that is denied, nothing is asked: "glöm inte" reminds.
_DENIED: Final = frozenset({"inte", "ej", "not", "nicht", "ikke", "aldrig"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """Holds where a word of each group stands within `near` words."""

    name: str
    weight: float
    near: int
    all: Sequence[str]


class Phrase(_Strict):
    """Holds where any word of a group stands."""

    name: str
    weight: float
    words: str


class Mark(_Strict):
    """Holds where the pattern matches the text as it is written."""

    name: str
    weight: float
    pattern: re.Pattern[str]


class _File(_Strict):
    words: Mapping[str, Sequence[str]]
    rules: Sequence[Rule]
    phrases: Sequence[Phrase]
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Vocabulary:
    """Which groups a word belongs to, alone, by its beginning, or with the words after it."""

    whole: Mapping[str, Collection[str]]
    beginnings: Mapping[str, Sequence[tuple[str, str]]]
    together: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    known: re.Pattern[str]

    @classmethod
    def of(cls, groups: Mapping[str, Sequence[str]]) -> Vocabulary:
        whole: dict[str, set[str]] = {}
        beginnings: dict[str, list[tuple[str, str]]] = {}
        together: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for group, written in groups.items():
            for word in map(folded, written):
                parts = tuple(re.findall(r"[a-z0-9*]+", word))
                if len(parts) > 1:
                    together.setdefault(parts[0], []).append((parts, group))
                elif word.endswith("*"):
                    beginnings.setdefault(word[:_FIRST_LETTERS], []).append((word[:-1], group))
                else:
                    whole.setdefault(word, set()).add(group)
        longest = sorted((word for word in whole if len(word) > 2), key=len, reverse=True)
        return cls(whole, beginnings, together, re.compile("|".join(map(re.escape, longest))))

    def places(self, words: Sequence[str]) -> dict[str, list[int]]:
        """Group -> where its words stand."""
        found: dict[str, list[int]] = {}
        for at, word in enumerate(words):
            for group in self._groups(words, at, word):
                found.setdefault(group, []).append(at)
        return found

    def _groups(self, words: Sequence[str], at: int, word: str) -> Iterator[str]:
        groups = chain(
            self.whole.get(word, ()),
            (group for start, group in self.beginnings.get(word[:_FIRST_LETTERS], ()) if word.startswith(start)),
        )
        denied = at + 1 < len(words) and words[at + 1] in _DENIED
        yield from (group for group in groups if not (denied and group in {"ignore", "set_aside"}))
        for parts, group in self.together.get(word, ()):
            if tuple(words[at : at + len(parts)]) == parts:
                yield group


def holds(rule: Rule, places: Mapping[str, Sequence[int]]) -> bool:
    """Whether words of all its groups stand near enough; a word counts for one group only."""
    groups = [places.get(group, ()) for group in rule.all]
    if not all(groups):
        return False
    rarest = min(groups, key=len)
    others = [group for group in groups if group is not rarest]
    return any(_all_near(at, others, rule.near) for at in rarest)


def _all_near(at: int, groups: Sequence[Sequence[int]], near: int) -> bool:
    used = {at}
    for group in groups:
        place = next((each for each in group if abs(each - at) <= near and each not in used), None)
        if place is None:
            return False
        used.add(place)
    return True


@dataclass(frozen=True)
class Rules:
    vocabulary: Vocabulary
    rules: Sequence[Rule]
    phrases: Sequence[Phrase]
    marks: Sequence[Mark]


@cache
def shipped() -> Rules:
    """The rules that ship with the platform."""
    source = files("allmanning.index.injection").joinpath("rules.yaml").read_text(encoding="utf-8")
    read = _File.model_validate(yaml.safe_load(source))
    return Rules(Vocabulary.of(read.words), read.rules, read.phrases, read.marks)
