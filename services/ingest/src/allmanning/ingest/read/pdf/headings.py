"""Which lines of a PDF are headings, and of which level: by the file's outline, by size, by weight, by slant."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from allmanning.ingest.read.document import Block, Kind
from allmanning.ingest.read.pdf.lines import Line
from allmanning.ingest.read.plain.lines import is_heading

_NO_LETTER: Final = re.compile(r"[\W_]+")
_LARGER: Final = 1.1
_AS_LARGE: Final = 1.05
_LEVELS: Final = 4
_MOST: Final = 6
_CHARACTERS: Final = 200
_LONGEST_WITH_FULL_STOP: Final = 30
# The name of the series that a statute is published in stands above its title, and larger.
_SERIES: Final = re.compile(r".*författningssamling", re.IGNORECASE)
_LINES_OF_A_NAME: Final = 3
# The slanted word before each general advice of a statute, on a line of its own.
_ADVICE: Final = re.compile(r"allmän(?:t|na) råd", re.IGNORECASE)
_CHAPTER: Final = re.compile(
    r"\d+(?:\s?[a-z])?\s+kap\.(?!\s*\d+\s*(?:[a-z]\s)?§)|bilaga\b|avd\.|avdelning\b", re.IGNORECASE
)
_SIGNATURE: Final = re.compile(r"på \S+ vägnar|(?:ansvarig )?utgivare\b.*", re.IGNORECASE)
# What may stand far to the left of its heading; other lines with gaps are rows.
_NUMBER: Final = re.compile(
    r"[\d.]+|.*(?:kap\.|§)|(?:bilaga|avdelning|del)\s*\w*\.?|[A-ZÅÄÖ]\.?|[IVX]+\.?", re.IGNORECASE
)
_NUMBERED: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+\D")
# Outlines with fewer headings of the text are of covers and appendices.
_FEWEST_ENTRIES: Final = 3


class Entry(NamedTuple):
    """A bookmark: its depth from 0, and the page it opens, 0 when it does not say."""

    depth: int
    title: str
    page: int


@dataclass(frozen=True)
class Headings:
    """What makes a heading in this document; built from all its lines."""

    by_size: dict[float, int]
    body: float
    bold: int
    """Level of bold lines of the body's size; 0 where bold says nothing. Slanted ones come one below."""
    outline: dict[str, list[Entry]]
    shallowest: int
    """Depth of the outline's first headings that are no larger than the body."""

    @classmethod
    def of(cls, lines: Sequence[Line], outline: Iterable[Entry] = ()) -> Headings:
        weight: Counter[float] = Counter()
        styled: Counter[bool] = Counter()
        for line in lines:
            if line.aside:
                continue
            weight[line.size] += len(line.text)
            styled[line.bold] += len(line.text)
        if not weight:
            return cls({}, 0.0, 0, {}, 0)
        body = weight.most_common(1)[0][0]
        series = _sizes_of_series(lines)
        larger = _steps(size for size in weight if size >= body * _LARGER and size not in series)
        # Where most is bold, bold says nothing.
        bold = min(_LEVELS + 1, max(larger.values(), default=0) + 1) if styled[False] > styled[True] * 2 else 0
        by_size = {size: min(_LEVELS, step) for size, step in larger.items()}
        found = _found_in(lines, outline)
        plain = {_bare(line.text) for line in lines if line.size not in by_size} if found else set()
        depths = [entry.depth for bare, entries in found.items() if bare in plain for entry in entries]
        return cls(by_size, body, bold, found, min(depths, default=0))

    def level(self, line: Line) -> int:
        """The level of a line, should it and those that look alike beside it read as a heading; 0 for running text."""
        if line.aside or (line.cells and not _NUMBER.fullmatch(line.cells[0].text)):
            return 0
        if line.size in self.by_size:
            return self.by_size[line.size]
        if self.bold and line.bold and line.size >= self.body * 0.9:
            return self.bold
        if entry := self.entry(line.text, line.page):
            return min(_MOST, max(self.by_size.values(), default=0) + 1 + entry.depth - self.shallowest)
        if not self.bold or line.size < self.body * 0.9:
            return 0
        return self.bold + 1 if line.italic and is_heading(line.text) and not _ADVICE.match(line.text) else 0

    def entry(self, text: str, page: int) -> Entry | None:
        """The bookmark with this text for this page."""
        for entry in self.outline.get(_bare(text), ()) if self.outline else ():
            if not entry.page or abs(entry.page - page) <= 1:
                return entry
        return None

    def reads_as_heading(self, text: str, first: Line) -> bool:
        """Large letters alone make no heading: some files set a whole letter so."""
        if is_series(text) or _SIGNATURE.fullmatch(text) or not any(letter.isalpha() for letter in text):
            return False
        if self.entry(text, first.page):
            return True
        if first.size in self.by_size:
            ends_sentence = text.endswith(".") and len(text) > _LONGEST_WITH_FULL_STOP and not first.bold
            return len(text) <= _CHARACTERS * 1.5 and not ends_sentence
        # The title of a statute ends with a semicolon.
        return is_heading(text.rstrip(";"), _CHARACTERS, styled=True)


def is_series(text: str) -> bool:
    """Whether this names the series that statutes are published in."""
    return _SERIES.fullmatch(text) is not None


def _steps(sizes: Iterable[float]) -> dict[float, int]:
    """1 for the largest size and those about as large, and so on."""
    steps: dict[float, int] = {}
    step, largest = 0, 0.0
    for size in sorted(sizes, reverse=True):
        if not step or largest / size > _AS_LARGE:
            step, largest = step + 1, size
        steps[size] = step
    return steps


def _sizes_of_series(lines: Sequence[Line]) -> set[float]:
    """Sizes in which nothing but the name of a series stands, on the pages where it does."""
    named = {(line.page, line.size) for line in lines if is_series(line.text)}
    sizes = {size for _, size in named}
    for line in lines:
        if line.size in sizes and (line.page, line.size) not in named:
            sizes.discard(line.size)
    return {
        size
        for size in sizes
        if all(
            sum(line.size == size and line.page == page for line in lines) <= _LINES_OF_A_NAME
            for page, each in named
            if each == size
        )
    }


def levelled(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with headings that look alike told apart by what they say: chapters over others, 2 over 2.1."""
    levels: dict[int, int] = {}
    headings = [index for index, block in enumerate(blocks) if block.kind is Kind.HEADING]
    chapters = {blocks[index].level for index in headings if _CHAPTER.match(blocks[index].text)}
    seen: set[int] = set()
    mixed = {
        blocks[index].level
        for index in headings
        if not _CHAPTER.match(blocks[index].text) and blocks[index].level in chapters
    }
    plain = {blocks[index].level for index in headings if _depth(blocks[index].text) == 0}
    for index in headings:
        block = blocks[index]
        level = block.level
        if _CHAPTER.match(block.text):
            seen.add(level)
        else:
            level += any(chapter in mixed and chapter <= block.level for chapter in seen)
            depth = _depth(block.text)
            if depth > 0 and block.level in plain:
                level += depth
        levels[index] = min(_MOST, level)
    return [
        replace(block, level=levels[index]) if index in levels and levels[index] != block.level else block
        for index, block in enumerate(blocks)
    ]


def _depth(heading: str) -> int:
    """0 for "2 Syfte", 1 for "2.1 Mål", -1 without a number."""
    numbered = _NUMBERED.match(heading)
    return numbered.group(1).count(".") if numbered else -1


def _found_in(lines: Sequence[Line], outline: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The bookmarks that name lines of the text; none where they are few."""
    bookmarks = [entry for entry in outline if entry.title]
    said = {_bare(line.text) for line in lines} if bookmarks else set()
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in bookmarks:
        bare = _bare(entry.title)
        if bare and bare in said:
            found[bare].append(entry)
    return dict(found) if len(found) >= _FEWEST_ENTRIES else {}


def _bare(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())
