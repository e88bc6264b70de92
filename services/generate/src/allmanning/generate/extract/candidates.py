"""What of the passages may be said: sentences, list items and table rows, each with the words that frame it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.generate.extract.leaning import leans
from allmanning.index.sentences import sentences

Span = tuple[int, int]
Kind = Literal["sentence", "item", "row"]

_MARKER = re.compile(r"^(?:[-*•‣▪–—]|\(?\d{1,2}[.)]|\(?[a-zåäö]\))\s+")
# Where the first cell is empty, a row begins with the bar.
_ROW = re.compile(r"\|.*\|$|\|\s|[^|\n]*\s\|\s")
_ROW_RULE = re.compile(r"[|\s:=-]+$")
_HEADING = re.compile(r"^#{1,6}\s")
_ENDED = re.compile(r"[.!?…][\"'”’»)\]]*$")
_LONGEST_HEADING = 90
_FEWEST_WORDS = 3
_LONGEST_FOLLOWING = 30


@dataclass(frozen=True)
class Candidate:
    """One thing that may be said. Spans are character offsets in the passage's text."""

    passage: int
    """0-based place among the retrieved passages."""
    number: int
    """0-based place among the sentences of the passage's text, as the index counts them."""
    kind: Kind
    span: Span
    text: str
    said: str
    """`text` with the lead-in or header that it is shown with."""
    context: str
    """Title, headings, lead-in and the preceding sentence: what the words of `text` are about."""
    heading: str
    """The nearest heading."""
    score: float
    """The passage's own score, 0..1."""
    lead: Span | None = None
    """The sentence that introduces the list, or the header of the table."""
    list_end: int = 0
    """Where the list ends that this item belongs to; 0 outside lists."""
    previous: Span | None = None
    following: Span | None = None
    """The next sentence, if it is plain text and leans on this one."""


def candidates(passages: Sequence[ScoredPassage]) -> list[Candidate]:
    """All candidates of the passages, best passage first. Headings and questions only frame others."""
    found: list[Candidate] = []
    for index, scored in enumerate(passages):
        if scored.passage is not None:
            found.extend(_of_passage(index, scored.passage, scored.score))
    return found


@dataclass
class _Frame:
    """What has been read so far of a passage."""

    heading: str = ""
    lead: Span | None = None
    header: Span | None = None
    previous: Span | None = None


def _of_passage(index: int, passage: Passage, score: float) -> Iterator[Candidate]:
    text = passage.text
    headings = list(passage.location.headings) if passage.location else []
    title = " ".join([passage.document.title if passage.document else "", *headings])
    spans = sentences(text)
    frame = _Frame(headings[-1] if headings else "")
    for place, (start, end) in enumerate(spans):
        words = text[start:end]
        following = text[slice(*spans[place + 1])] if place + 1 < len(spans) else ""
        if _ROW.match(words):
            if frame.header is None:
                frame.header = (start, end)
            elif not _ROW_RULE.match(words):
                yield _candidate(index, place, "row", text, (start, end), title, frame, score, frame.header)
            continue
        frame.header = None
        if _frames_others(words, following):
            frame.heading, frame.lead, frame.previous = _HEADING.sub("", words), None, None
            continue
        item = _is_item(words, frame.lead is not None)
        if not item:
            frame.lead = None
        if _introduces(words, following):
            frame.lead = (start, end)
        elif len(words.split()) >= _FEWEST_WORDS or item:
            kind: Kind = "item" if item and frame.lead else "sentence"
            list_end = _list_end(text, spans, place) if kind == "item" else 0
            found = _candidate(index, place, kind, text, (start, end), title, frame, score, frame.lead, list_end)
            leaning = spans[place + 1] if kind == "sentence" and _goes_on(following) else None
            yield replace(found, following=leaning)
        frame.previous = (start, end)


def _candidate(
    index: int, number: int, kind: Kind, text: str, span: Span, title: str, frame: _Frame, score: float,
    lead: Span | None, list_end: int = 0,
) -> Candidate:  # fmt: skip
    before = [text[slice(*each)] for each in (lead, frame.previous) if each]
    context = " ".join([title, frame.heading, *dict.fromkeys(before)])
    words = plain(text[slice(*span)])
    said = f"{plain(text[slice(*lead)])} {words}" if lead else words
    heading = frame.heading or title
    return Candidate(
        index, number, kind, span, words, said, plain(context), heading, score, lead, list_end, frame.previous
    )


def _frames_others(words: str, following: str) -> bool:
    """A heading, or a question that the next sentences answer."""
    if _HEADING.match(words):
        return True
    if words.endswith("?"):
        return bool(following)
    bare = not _ENDED.search(words) and not words.endswith((":", ",", ";"))
    return bare and bool(following) and len(words) <= _LONGEST_HEADING and words[0].isupper() and following[0].isupper()


def _goes_on(following: str) -> bool:
    """The next sentence is about this one: "Naturbruket utfärdar Grönt kort. Det är en diplomering …"."""
    return leans(following) and following.endswith((".", "!")) and len(following.split()) <= _LONGEST_FOLLOWING


def _introduces(words: str, following: str) -> bool:
    if not following:
        return False
    if words.endswith(":"):
        return True
    return not _ENDED.search(words) and not _MARKER.match(words) and _is_item(following, True)


def _is_item(words: str, after_lead: bool) -> bool:
    return bool(_MARKER.match(words)) or (after_lead and (words[0].islower() or not _ENDED.search(words)))


def _list_end(text: str, spans: Sequence[Span], place: int) -> int:
    end = spans[place][1]
    for start, stop in spans[place + 1 :]:
        if not _is_item(text[start:stop], True) or _HEADING.match(text[start:stop]):
            break
        end = stop
    return end


def after_marker(text: str, span: Span) -> int:
    """Where the words of a list item begin: its number is no part of what is quoted."""
    match = _MARKER.match(text[slice(*span)])
    return span[0] + match.end() if match else span[0]


def plain(text: str) -> str:
    """The words of `text` on one line, without the marker of a list item or a heading."""
    text = re.sub(r"(?<=\w)-[ \t]*[\r\n]+\s*(?=[a-zåäö])", "-", text.strip())
    return " ".join(_HEADING.sub("", _MARKER.sub("", text, count=1), count=1).split())
