"""What a question shows before anything is searched: inputs to the gate, never decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from allmanning.generate.masking import COVERED, masked
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
    crises: Mapping[str, Sequence[str]]
    signals: Mapping[str, _Patterns]


Doubt = Literal["acute", "individual_decision"]


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
    crisis: str = ""
    """What an acute message is about, see `signals.yaml`; empty: not known, or not acute."""
    heard: bool = False
    """Read by its meaning too, see `kinds`, and not by its words alone."""
    in_doubt: frozenset[Doubt] = frozenset()
    """What it may be by its meaning. It is answered like others, with a word about that; where nothing answers it, it
    is taken for what it may be."""
    covered: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By their marks the values that were covered: for the asker's own eyes, never for a record."""

    @property
    def plain(self) -> bool:
        """No words of it show anything but a question."""
        shown = (self.individual_decision, self.wants_human, self.acute, self.manipulation, self.personal_data)
        return not any(shown) and not self.covered

    @property
    def nothing_asked(self) -> bool:
        """What is left of the message without its personal data is no question."""
        return bool(self.covered) and not any(sign.isalnum() for sign in COVERED.sub("", self.question))


PHRASES: Final = files("allmanning.generate").joinpath("signals.yaml").read_bytes()
"""The phrase file as it was read, to be pinned by its hash."""

_SWEDISH_LETTERS = re.compile("[åäö]")


def signals_of(message: str, known: Mapping[str, str] | None = None) -> Signals:
    """Read the signals of one message. Pure: the same message and phrase file give the same signals.

    `known` are the values that earlier messages had covered, see `masking.masked`.
    """
    covered = masked(visible(message), known)
    line = _line(covered.text)
    on = {name: _matches(line, name) for name in ("individual_decision", "wants_human", "acute", "manipulation")}
    # Look-alike letters, encodings and hidden characters are taken off there, as at ingest.
    on["manipulation"] = on["manipulation"] or injection_score(message) >= FLAGGED
    return Signals(
        question=covered.text,
        language=detect(covered.text),
        personal_data=covered.identifies,
        crisis=_crisis(line) if on["acute"] else "",
        covered=covered.values,
        individual_decision=on["individual_decision"],
        wants_human=on["wants_human"],
        acute=on["acute"],
        manipulation=on["manipulation"],
    )


def doubted(signals: Signals) -> Signals:
    """The signals of a message that is taken for what it may be."""
    acute = signals.acute or "acute" in signals.in_doubt
    return replace(
        signals,
        acute=acute,
        crisis=signals.crisis or (crisis_of(signals.question) if acute else ""),
        individual_decision=signals.individual_decision or "individual_decision" in signals.in_doubt,
        in_doubt=frozenset(),
    )


def crisis_of(question: str) -> str:
    """What kind of danger the words of an acute message tell of, see `signals.yaml`; empty: they don't tell."""
    return _crisis(_line(question))


def _line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def _crisis(line: str) -> str:
    crises = _crises(not _SWEDISH_LETTERS.search(line))
    return next((kind for kind, patterns in crises.items() if any(each.search(line) for each in patterns)), "")


def _matches(line: str, signal: str) -> bool:
    # Who writes without å ä ö is read by the same phrases, written without them.
    bare = not _SWEDISH_LETTERS.search(line)
    wanted, unwanted = _compiled(bare)[signal]
    return any(each.search(line) for each in wanted) and not any(each.search(line) for each in unwanted)


@cache
def _compiled(bare: bool) -> Mapping[str, tuple[Sequence[re.Pattern[str]], Sequence[re.Pattern[str]]]]:
    return {
        name: (_patterns(patterns.any, bare=bare), _patterns(patterns.unless, bare=bare))
        for name, patterns in _phrases().signals.items()
    }


@cache
def _crises(bare: bool) -> Mapping[str, Sequence[re.Pattern[str]]]:
    return {kind: _patterns(patterns, bare=bare) for kind, patterns in _phrases().crises.items()}


@cache
def _phrases() -> _Phrases:
    return _Phrases.model_validate(yaml.safe_load(PHRASES))


def _patterns(written: Sequence[str], *, bare: bool) -> Sequence[re.Pattern[str]]:
    def compiled(pattern: str) -> re.Pattern[str]:
        # Twice: a word list may use another.
        for _ in range(2):
            for name, words in _phrases().words.items():
                pattern = pattern.replace(f"<{name}>", words)
        return re.compile(folded_pattern(pattern) if bare else pattern)

    return [compiled(each) for each in written]


def folded_pattern(pattern: str) -> str:
    """The pattern without å ä ö, its escapes untouched."""
    return "".join(folded(letter) if letter in "åäöéü" else letter for letter in pattern)
