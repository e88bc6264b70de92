"""Characters that no screen shows and every program reads: taken out of an extract, and told of.

Alone a soft hyphen, a byte order mark or a joiner is how people write, and `clean` has dropped it without a word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from allmanning.index.injection.score import FLAGGED, injection_score
from allmanning.ingest.read.document import Block, Extract
from allmanning.ingest.read.finding import HIDDEN_CHARACTERS, INJECTION, Finding

_TAGS: Final = "\U000e0000-\U000e007f"
_SELECTORS: Final = "\U000e0100-\U000e01ef"
_DIRECTION: Final = "\u202a-\u202e\u2066-\u2069"
_FILLERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"
_NO_WIDTH: Final = "\u200b-\u200f\u2060-\u2064\ufeff"
_HIDDEN: Final = re.compile(
    # The flags of England, Scotland and Wales, and the variants of a Chinese character, are written so.
    rf"(?P<usual>(?<=\U0001f3f4)[{_TAGS}]{{2,8}}(?![{_TAGS}])|(?<=[\u3400-\u9fff\uf900-\ufaff])[{_SELECTORS}](?![{_SELECTORS}]))"
    rf"|(?P<direction>[{_DIRECTION}]+)"
    rf"|[{_TAGS}{_SELECTORS}{_FILLERS}]+|[{_NO_WIDTH}]{{2,}}|[\ufe00-\ufe0f]{{2,}}[{_SELECTORS}\ufe00-\ufe0f]*"
)
# Hebrew and Arabic letters: among them the direction of a text has to be written.
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PLACES: Final = 100


@dataclass(frozen=True)
class _Cut:
    """Code points `start` to `end` (exclusive) of the text that go; `told`: it is no usual way to write."""

    start: int
    end: int
    told: bool


class _Places:
    """Where characters are once the cuts are made."""

    def __init__(self, cuts: list[_Cut]) -> None:
        self._starts = [cut.start for cut in cuts]
        self._ends = [cut.end for cut in cuts]
        self._gone = [0, *accumulate(cut.end - cut.start for cut in cuts)]

    def of(self, place: int) -> int:
        passed = bisect_right(self._starts, place)
        if passed and place < self._ends[passed - 1]:
            return self._starts[passed - 1] - self._gone[passed - 1]
        return place - self._gone[passed]


def seen(text: str) -> str:
    """The text as a screen shows it."""
    return "".join(_kept(text, _cuts(text)))


def without_hidden(extract: Extract) -> Extract:
    """The extract without hidden characters, every place in it moved, and findings that say how many there were."""
    cuts = _cuts(extract.text)
    title = seen(extract.title)
    if not cuts:
        return extract if title == extract.title else replace(extract, title=title)
    places = _Places(cuts)
    text = "".join(_kept(extract.text, cuts))
    blocks = (_moved(block, places, text) for block in extract.blocks)
    return replace(
        extract,
        title=title,
        text=text,
        blocks=tuple(block for block in blocks if block.text.strip()),
        boxes=tuple(replace(box, start=places.of(box.start), end=places.of(box.end)) for box in extract.boxes),
        findings=(
            *(replace(each, start=places.of(each.start), end=places.of(each.end)) for each in extract.findings),
            *_findings(extract, cuts, places),
        ),
    )


def _cuts(text: str) -> list[_Cut]:
    right_to_left = _RIGHT_TO_LEFT.search(text) is not None
    return [
        _Cut(match.start(), match.end(), told=not (match["usual"] or (match["direction"] and right_to_left)))
        for match in _HIDDEN.finditer(text)
    ]


def _kept(text: str, cuts: list[_Cut]) -> list[str]:
    ends = [0, *(cut.end for cut in cuts)]
    starts = [*(cut.start for cut in cuts), len(text)]
    return [text[start:end] for start, end in zip(ends, starts, strict=True)]


def _moved(block: Block, places: _Places, text: str) -> Block:
    start, end = places.of(block.start), places.of(block.end)
    return replace(block, text=text[start:end], start=start, end=end)


def _findings(extract: Extract, cuts: list[_Cut], places: _Places) -> list[Finding]:
    told = [cut for cut in cuts if cut.told]
    found = [
        Finding(
            HIDDEN_CHARACTERS,
            extract.page_of(cut.start),
            places.of(cut.start),
            places.of(cut.start),
            cut.end - cut.start,
        )
        for cut in told[:_PLACES]
    ]
    if rest := sum(cut.end - cut.start for cut in told[_PLACES:]):
        found.append(Finding(HIDDEN_CHARACTERS, count=rest))
    if told and injection_score("".join(extract.text[cut.start : cut.end] for cut in told)) >= FLAGGED:
        found.append(Finding(INJECTION))
    return found
