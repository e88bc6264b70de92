"""Choose the passages that a model has room to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.index.sentences import sentences

# Swedish takes 2.7 to 3.5 characters a token in the tokenisers of today's open models; a guess on the safe side.
CHARS_A_TOKEN: Final = 2.5
# The number, the marks and the line breaks around a passage.
_AROUND_CHARS: Final = 60


@dataclass(frozen=True)
class Shown:
    """A passage as the model reads it, under its number, which is its place among all that were found."""

    number: int
    heading: str
    text: str


@dataclass(frozen=True)
class Packed:
    """What was chosen. The ids of those that had no room, and of the one that was cut, go on record."""

    shown: Sequence[Shown]
    left_out: Sequence[str]
    cut: str = ""


def packed(passages: Sequence[ScoredPassage], room_chars: int) -> Packed:
    """Whole passages, best first, in the order in which they were found; where one has no room, a shorter one may.

    The best one alone is cut when it has no room whole: after the last sentence that has.
    """
    shown: list[Shown] = []
    left_out: list[str] = []
    cut = ""
    left = room_chars
    for number, scored in enumerate(passages, 1):
        if scored.passage is None:
            continue
        heading = heading_of(scored.passage)
        around = len(heading) + _AROUND_CHARS
        text = scored.passage.text
        if around + len(text) > left and not shown and not cut and number == 1:
            text = _beginning(text, left - around)
            cut = scored.passage.id if text else ""
        if not text or around + len(text) > left:
            left_out.append(scored.passage.id)
            continue
        left -= around + len(text)
        shown.append(Shown(number, heading, text))
    return Packed(shown, left_out, cut)


def heading_of(passage: Passage) -> str:
    """Title and headings, as the place where the passage stands."""
    title = passage.document.title if passage.document else ""
    return " › ".join(each for each in (title, *(passage.location.headings if passage.location else ())) if each)


def _beginning(text: str, chars: int) -> str:
    ends = [end for _, end in sentences(text) if end <= chars]
    return text[: ends[-1]].rstrip() if ends else ""
