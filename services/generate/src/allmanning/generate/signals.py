"""What a question shows before anything is searched: inputs to the gate, never decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from allmanning.generate.masking import masked
from allmanning.index.fold import folded
from allmanning.index.injection.disguise import visible
from allmanning.index.injection.score import FLAGGED, injection_score
from allmanning.index.language import detect


class _Patterns(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    any: Sequence[str]
    unless: Sequence[str] = ()


class _Phrases(BaseModel):
    """The phrase file, see `signals.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    words: Mapping[str, str]
    signals: Mapping[str, _Patterns]


@dataclass(frozen=True)
class Signals:
    """What the message shows. `question` is the message as a screen shows it, with personal identifiers masked."""

    question: str
    language: str
    individual_decision: bool
    wants_human: bool
    acute: bool
    manipulation: bool
    personal_data: bool


PHRASES: Final = files("allmanning.generate").joinpath("signals.yaml").read_bytes()
"""The phrase file as it was read, to be pinned by its hash."""

_SWEDISH_LETTERS = re.compile("[åäö]")


def signals_of(message: str) -> Signals:
    """Read the signals of one message. Pure: the same message and phrase file give the same signals."""
    covered = masked(visible(message))
    line = " ".join(unicodedata.normalize("NFC", covered.text).lower().split())
    on = {name: _matches(line, name) for name in ("individual_decision", "wants_human", "acute", "manipulation")}
    # Look-alike letters, encodings and hidden characters are taken off there, as at ingest.
    on["manipulation"] = on["manipulation"] or injection_score(message) >= FLAGGED
    return Signals(
        question=covered.text, language=detect(covered.text), personal_data=bool(covered.kinds), **on
    )  # fmt: skip


def _matches(line: str, signal: str) -> bool:
    # Who writes without å ä ö is read by the same phrases, written without them.
    bare = not _SWEDISH_LETTERS.search(line)
    wanted, unwanted = _compiled(bare)[signal]
    return any(each.search(line) for each in wanted) and not any(each.search(line) for each in unwanted)


@cache
def _compiled(bare: bool) -> Mapping[str, tuple[Sequence[re.Pattern[str]], Sequence[re.Pattern[str]]]]:
    phrases = _Phrases.model_validate(yaml.safe_load(PHRASES))

    def compiled(pattern: str) -> re.Pattern[str]:
        # Twice: a word list may use another.
        for _ in range(2):
            for name, words in phrases.words.items():
                pattern = pattern.replace(f"<{name}>", words)
        return re.compile(folded_pattern(pattern) if bare else pattern)

    return {
        name: ([compiled(each) for each in patterns.any], [compiled(each) for each in patterns.unless])
        for name, patterns in phrases.signals.items()
    }


def folded_pattern(pattern: str) -> str:
    """The pattern without å ä ö, its escapes untouched."""
    return "".join(folded(letter) if letter in "åäöéü" else letter for letter in pattern)
