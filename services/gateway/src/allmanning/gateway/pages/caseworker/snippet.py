"""The part of a passage that shows why it was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage, Span

_SHOWN_CHARS: Final = 420
# A longer "sentence" is a table or a list without marks.
_LONGEST_SENTENCE: Final = 700
_BREAKS: Final = re.compile(r"\s*\n\s*")


def snippet(found: ScoredPassage) -> Markup:
    """The best sentence in some context, with the words that were met marked; without spans, how the passage begins."""
    text = (found.passage or Passage()).text
    start, end = _best(found, len(text))
    spare = max(0, _SHOWN_CHARS - (end - start))
    first = _context_start(text, max(0, start - spare // 3), start)
    last = _word_end(text, first + max(_SHOWN_CHARS, end - first))
    edges = ("… " if first else "", " …" if last < len(text) else "")
    before, sentence, after = (
        _marked(text, found.matches, *piece) for piece in ((first, start), (start, end), (end, last))
    )
    if sentence:
        sentence = Markup('<span class="sentence">{}</span>').format(sentence)
    return Markup("{}{}{}{}{}").format(edges[0], before, sentence, after, edges[1])


def _best(found: ScoredPassage, length: int) -> tuple[int, int]:
    """The sentence to show, cut around its first word met when it is very long; (0, 0) when it is not known."""
    if found.sentence is None:
        start = min(found.matches[0].start, length) if found.matches else 0
        return start, start
    start, end = min(found.sentence.start, length), min(found.sentence.end, length)
    if end - start > _LONGEST_SENTENCE:
        met = next((each.start for each in found.matches if start <= each.start < end), start)
        start = max(start, min(met - _SHOWN_CHARS // 3, end - _LONGEST_SENTENCE))
    return start, min(end, start + _LONGEST_SENTENCE)


def _context_start(text: str, offset: int, sentence: int) -> int:
    """Where a line begins between `offset` and the sentence, otherwise where a word does."""
    if not offset:
        return 0
    line = _BREAKS.search(text, offset, sentence)
    return line.end() if line else text.rfind(" ", 0, offset) + 1


def _word_end(text: str, offset: int) -> int:
    space = text.find(" ", offset)
    return len(text) if space < 0 else space


def _marked(text: str, matches: Sequence[Span], start: int, end: int) -> Markup:
    html, shown = Markup(), start
    for each in matches:
        first, last = max(each.start, shown), min(each.end, end)
        if first < last:
            html += Markup("{}<mark>{}</mark>").format(_flowing(text[shown:first]), _flowing(text[first:last]))
            shown = last
    return html + escape(_flowing(text[shown:end]))


def _flowing(text: str) -> str:
    """Without empty lines."""
    return _BREAKS.sub("\n", text)
