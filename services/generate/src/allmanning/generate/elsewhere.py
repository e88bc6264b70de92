"""Which other authority answers for what is asked, when its words leave no doubt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from allmanning.contracts.generate.v1.generate_pb import Referral
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.notices import notice
from allmanning.generate.support.verdict import context_of
from allmanning.index.fold import folded

ELSEWHERE: Final = files("allmanning.generate").joinpath("elsewhere.yaml").read_bytes()
"""The file as it was read, to be pinned by its hash."""

# So much of a word is the same in its forms: "körkort", "körkortet". Of a long one all but its ending is: "föräldrar"
# is not "föräldrapenning".
_STEM: Final = 8
_ENDING: Final = 3


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: str = ""
    url: str
    phone: str
    sv: str
    en: str
    words: Sequence[str]
    everyday: Sequence[str] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    own_matters: str
    asking: str
    authorities: Sequence[_Entry]
    municipalities: str


@dataclass(frozen=True)
class Elsewhere:
    """Another authority, what it answers for in both languages, and the word of the question that says so.

    `alone`: the question asks of that word and of nothing else.
    """

    name: str
    url: str
    phone: str
    answers_for: Mapping[str, str]
    word: str
    alone: bool = False

    @property
    def referral(self) -> Referral:
        return Referral(name=self.name, url=self.url, phone=self.phone)

    def told(self, language: str) -> str:
        """What happened, what it means and where to turn."""
        known = "sv" if language == "sv" else "en"
        if not self.answers_for:
            return notice("other_municipality", language).format(place=self.name.removeprefix("Kommunen i "))
        return notice("wrong_authority", language).format(
            name=self.name, answers_for=self.answers_for[known], url=self.url.removeprefix("https://"), phone=self.phone
        )

    def known_here(self, passages: Sequence[ScoredPassage]) -> bool:
        """Whether the authority's own documents write about it; asked of nothing else, in a title or heading."""
        stem = self.word[: max(_STEM, len(self.word) - _ENDING)]
        found = [each.passage for each in passages if each.passage is not None]
        return any(stem in (context_of(each) if self.alone else each.text).lower() for each in found)


def elsewhere(question: str, *own: str) -> Elsewhere | None:
    """Who answers, if somebody else does. `own` are the id and the name of the authority that is asked."""
    text, known = unicodedata.normalize("NFC", question), " ".join(map(folded, own))
    return next(chain(_other_authorities(text.lower(), known), _other_municipalities(text, known)), None)


def _other_authorities(line: str, own: str) -> Iterator[Elsewhere]:
    own_matter = re.search(_file().own_matters.replace(" ", ""), line)
    for entry, pattern, everyday in _entries():
        match = pattern.search(line) or (None if own_matter or not everyday else everyday.search(line))
        if match and not own.startswith(entry.kind or folded(entry.name)):
            alone = _asks_of_nothing(line.replace(match[0], " "))
            yield Elsewhere(entry.name, entry.url, entry.phone, {"sv": entry.sv, "en": entry.en}, match[0], alone)


def _other_municipalities(text: str, own: str) -> Iterator[Elsewhere]:
    for match in _municipality().finditer(text):
        written = match["called"] or match["where"]
        name = written if written in _names() else written.removesuffix("s")
        if folded(name).replace(" ", "-") not in own.replace(" ", "-"):
            yield Elsewhere(f"Kommunen i {name}", "", "", {}, name.lower())


def _asks_of_nothing(rest: str) -> bool:
    return set(re.findall(r"\w+", rest)) <= set(_file().asking.split())


@cache
def _file() -> _File:
    return _File.model_validate(yaml.safe_load(ELSEWHERE))


@cache
def _entries() -> Sequence[tuple[_Entry, re.Pattern[str], re.Pattern[str] | None]]:
    """Each with its own words and with what people say for them."""
    return [
        (entry, re.compile("|".join(entry.words)), re.compile("|".join(entry.everyday)) if entry.everyday else None)
        for entry in _file().authorities
    ]


@cache
def _names() -> frozenset[str]:
    return frozenset(name.replace("_", " ") for name in _file().municipalities.split())


@cache
def _municipality() -> re.Pattern[str]:
    """Matches "Uppsala kommun", "Göteborgs stad", and "i Uppsala" at the end of a sentence, but not "bor i"."""
    names = "|".join(sorted(map(re.escape, _names()), key=len, reverse=True))
    called = rf"\b(?P<called>(?:{names})s?) (?:kommun|stad)\b"
    where = rf"(?<!bor )(?<!bodde )(?<!bott )\bi (?P<where>{names})(?=\s*[?.!]|\s*$)"
    return re.compile(f"{called}|{where}")
