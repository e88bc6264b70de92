"""Cut an extract into passages: one subject each, whole sentences, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from allmanning.index.sentences import sentences
from allmanning.ingest.read.document import Block, Extract, Kind
from allmanning.ingest.read.plain.statute import SECTION, is_statute, may_be_rubric

# As minutes number their matters.
_MATTER: Final = re.compile(r"(§\s?\d+)")
# Fewer paragraphs that begin with § are quotations.
_STATUTE_FROM: Final = 3
_RUBRICS_IN_A_ROW: Final = 4
_LEAD_IN_CHARACTERS: Final = 300
_HEADER_CHARACTERS: Final = 400
# Nobody reads more as a heading, and each passage under it would carry it.
_LONGEST_HEADING: Final = 250


@dataclass(frozen=True)
class Size:
    """Characters: a paragraph is only divided when at least `enough` stand before it and `most` would be exceeded."""

    enough: int = 600
    most: int = 1300
    # A section of a statute is one passage as long as the embedder takes it in whole: its 512 tokens are 1,600
    # characters with title and headings in 95 of 100 sections of the Swedish statute book.
    section: int = 1600


@dataclass(frozen=True)
class Piece:
    """A passage before it knows its document: `text` is `before` (repeated words) and the text from start to end."""

    start: int
    end: int
    page: int
    headings: tuple[str, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is never divided: a sentence, a list item's sentence, a row."""

    start: int
    end: int
    page: int
    # Repeated where a passage begins here: the header of a table, the lead-in of a list.
    before: str = ""
    opens: bool = False
    # The § that begins here; nothing before it but its rubric is in the same passage.
    section: str = ""
    leads_in: bool = False


def pieces(extract: Extract, size: Size) -> Iterator[Piece]:
    """The pieces of an extract, in order. Every character but white space is in a piece or in a heading path."""
    statute = sum(bool(_section(block)) for block in extract.blocks) >= _STATUTE_FROM
    if is_statute(block.text for block in extract.blocks):
        size = replace(size, most=max(size.most, size.section))
    for path, blocks in _sections(extract):
        atoms = list(_atoms(blocks, size, statute=statute))
        for group in _packed(atoms, size):
            first = group[0]
            yield Piece(first.start, group[-1].end, first.page, path, first.before)


def _sections(extract: Extract) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Blocks under the same headings. A heading that nothing stands under is text itself."""
    path: list[Block] = []
    opened: list[Block] = []
    body: list[Block] = []
    for block in extract.blocks:
        if block.kind is not Kind.HEADING or len(block.text) > _LONGEST_HEADING:
            if opened:
                above, path = path, _path(path, opened)
                childless = [heading for heading in opened if heading not in path]
                if childless:
                    yield _names([each for each in above if each.level < childless[0].level], extract.title), childless
                opened = []
            body.append(block)
            continue
        if body:
            yield _names(path, extract.title), body
            body = []
        opened.append(block)
    if body or opened:
        yield _names(path if body else [], extract.title), body or opened


def _path(path: Sequence[Block], opened: Sequence[Block]) -> list[Block]:
    """The headings above what follows `opened`, headings without text between them."""
    for heading in opened:
        path = [*(each for each in path if each.level < heading.level), heading]
    if len(opened) > 1 and opened[-2].level == opened[-1].level:
        # "Kommunstyrelsen", "Beslut": of two in a row the first says where the second belongs.
        return [*path[:-1], opened[-2], path[-1]]
    return list(path)


def _names(path: Sequence[Block], title: str) -> tuple[str, ...]:
    # "Plan- och bygglag" says no more than the title "Plan- och bygglag (2010:900)".
    return tuple(
        heading.text
        for heading in path
        if heading.text != title and not (heading.level == 1 and title.startswith(f"{heading.text} ("))
    )


def _section(block: Block) -> str:
    """What the section that a block begins is called, such as "4 a §"; empty for others."""
    if block.kind not in (Kind.PARAGRAPH, Kind.HEADING):
        return ""
    match = SECTION.match(block.text) or _MATTER.match(block.text)
    return match[1] if match else ""


def _atoms(blocks: Sequence[Block], size: Size, *, statute: bool) -> Iterator[_Atom]:
    lead_in = within = ""
    for index, block in enumerate(blocks):
        following = _following(blocks, index)
        section = _section(block) if statute else ""
        rubric = statute and not section and _is_rubric(blocks, index)
        within = "" if rubric else within
        leads_in = rubric or (block.kind is Kind.PARAGRAPH and following in (Kind.LIST_ITEM, Kind.TABLE))
        if block.kind is Kind.PARAGRAPH:
            lead_in = block.text if leads_in and len(block.text) <= _LEAD_IN_CHARACTERS else ""
        spans = _rows(block.text) if block.kind is Kind.TABLE else sentences(block.text)
        header = _header(block, spans) if block.kind is Kind.TABLE else ""
        said = lead_in if block.kind in (Kind.LIST_ITEM, Kind.TABLE) else ""
        # A section that is longer than a passage is named in each.
        named = "" if said.startswith(section or within) else section or within
        before = "\n".join(part for part in (named, said, header) if part)
        cut = [part for span in spans for part in _cut(block.text, *span, size.most)]
        for number, (start, end) in enumerate(cut):
            opening = "\n".join(part for part in (named, lead_in if header else "") if part) if not section else ""
            yield _Atom(
                block.start + start,
                block.start + end,
                block.page,
                before=before if number or block.kind is Kind.LIST_ITEM else opening,
                opens=number == 0,
                section=section if number == 0 else "",
                # The lead-in itself, or a table's header, is not left behind alone.
                leads_in=(leads_in and number == len(cut) - 1) or (number == 0 and bool(header)),
            )
        within = section or within


def _following(blocks: Sequence[Block], index: int) -> Kind | None:
    """The kind of the block after this one; a footnote stands between a paragraph and its list without parting them."""
    after = (blocks[at].kind for at in range(index + 1, len(blocks)))
    return next((kind for kind in after if kind is not Kind.FOOTNOTE), None)


def _is_rubric(blocks: Sequence[Block], index: int) -> bool:
    """Whether a paragraph names the section after it, or stands above a line or two that do."""
    for block in blocks[index : index + _RUBRICS_IN_A_ROW]:
        if _section(block):
            return block is not blocks[index]
        if block.kind is not Kind.PARAGRAPH or not may_be_rubric(block.text):
            return False
    return False


def _header(table: Block, rows: Sequence[tuple[int, int]]) -> str:
    """The row of names that each passage of a table repeats; none where it would leave no room for the rows."""
    start, end = rows[0] if len(rows) > 1 else (0, 0)
    return table.text[start:end] if end - start <= _HEADER_CHARACTERS else ""


def _rows(table: str) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", table)]


def _cut(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """A sentence longer than a passage is cut between words."""
    while end - start > most:
        space = text.rfind(" ", start + most // 2, start + most)
        at = space if space > start else start + most
        yield start, at
        start = at + (space > start)
    yield start, end


def _packed(atoms: Sequence[_Atom], size: Size) -> Iterator[list[_Atom]]:
    group: list[_Atom] = []
    for atom in atoms:
        if group and (atom.section or _length(group, atom) > size.most):
            kept, carried = _parted(group) if atom.section else _broken(group, atom, size)
            if kept:
                yield kept
            group = carried
        group.append(atom)
    if group:
        yield group


def _parted(group: list[_Atom]) -> tuple[list[_Atom], list[_Atom]]:
    """What belongs to the section before, and the lines that name the one that begins."""
    at = len(group)
    while at and group[at - 1].leads_in:
        at -= 1
    return group[:at], group[at:]


def _length(group: Sequence[_Atom], atom: _Atom) -> int:
    return len(group[0].before) + atom.end - group[0].start


def _broken(group: list[_Atom], atom: _Atom, size: Size) -> tuple[list[_Atom], list[_Atom]]:
    """Where to end the passage: before the paragraph that `atom` continues, and never after a lead-in."""
    at = len(group)
    if not atom.opens:
        opening = max((index for index, each in enumerate(group) if each.opens), default=0)
        if opening and group[opening - 1].end - group[0].start >= size.enough:
            at = opening
    while at > 1 and group[at - 1].leads_in:
        at -= 1
    carried = group[at:]
    if carried and _length(carried, atom) > size.most:
        return group, []
    return group[:at], carried
