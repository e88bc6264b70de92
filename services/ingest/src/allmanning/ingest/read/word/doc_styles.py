"""What the style sheet and the lists of a Word file of before 2007 say. Source: [MS-DOC] 2.9.131, 2.9.271, 2.9.260."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from allmanning.ingest.read.numbering import Level, Numbering
from allmanning.ingest.read.word.doc_file import DocFile, Properties, properties_of

OUTLINE_LEVEL: Final = 0x2640
LIST: Final = 0x460B
LIST_DEPTH: Final = 0x260A
_HEADING_NAME: Final = re.compile(r"(?:heading|rubrik)\s*([1-9])\b", re.IGNORECASE)
_HEADINGS: Final = range(1, 10)
_CONTENTS: Final = range(19, 28)
_TITLE: Final = 62
_BODY_LEVEL: Final = 9
_LONGEST_CHAIN: Final = 20
_LIST_SIZE: Final = 28
_LEVEL_SIZE: Final = 28
_OVERRIDE_SIZE: Final = 16
_FORMS: Final = {
    0: "decimal",
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    22: "decimalZero",
    23: "bullet",
    255: "none",
}


@dataclass(frozen=True)
class DocStyle:
    """A style: its built-in number, its name, the style it is based on, and what it says."""

    number: int
    name: str
    base: int
    paragraph: Properties
    letters: Properties


class DocStyles:
    """The styles of a document."""

    def __init__(self, file: DocFile) -> None:
        self._styles = dict(_styles(file.part(1)))

    def chain(self, style: int) -> Iterator[DocStyle]:
        """The style and those it is based on, nearest first."""
        for _ in range(_LONGEST_CHAIN):
            found = self._styles.get(style)
            if found is None:
                return
            yield found
            style = found.base

    def level(self, style: int, properties: Properties) -> int:
        """1..6 for a heading, otherwise 0."""
        said = properties.get(OUTLINE_LEVEL)
        for each in self.chain(style):
            if said is not None:
                break
            if each.number in _HEADINGS:
                return min(6, each.number)
            if each.number == _TITLE:
                return 1
            named = _HEADING_NAME.match(each.name)
            if named:
                return min(6, int(named[1]))
            said = each.paragraph.get(OUTLINE_LEVEL)
        return min(6, said[0] + 1) if said and said[0] < _BODY_LEVEL else 0

    def is_contents(self, style: int) -> bool:
        """Whether it is a line of a table of contents, which repeats the headings."""
        found = self._styles.get(style)
        return found is not None and (found.number in _CONTENTS or found.name.lower().startswith(("toc ", "innehåll ")))

    def said(self, style: int, properties: Properties, code: int) -> bytes | None:
        """What the paragraph, or its style, says of a paragraph's property."""
        if code in properties:
            return properties[code]
        return next((each.paragraph[code] for each in self.chain(style) if code in each.paragraph), None)

    def letters_said(self, style: int, properties: Properties, code: int) -> bytes | None:
        """What the letters, or their paragraph's style, say of a property of letters."""
        if code in properties:
            return properties[code]
        return next((each.letters[code] for each in self.chain(style) if code in each.letters), None)


def numbering_in(file: DocFile) -> Numbering:
    """The numbered lists of a document."""
    numbering = Numbering()
    lists = dict(_lists(file))
    overrides = file.part(74)
    number = struct.unpack_from("<L", overrides)[0] if len(overrides) >= 4 else 0
    for index in range(min(number, (len(overrides) - 4) // _OVERRIDE_SIZE)):
        (list_id,) = struct.unpack_from("<L", overrides, 4 + _OVERRIDE_SIZE * index)
        numbering.levels[str(index + 1)] = lists.get(list_id, {})
        numbering.shared[str(index + 1)] = str(list_id)
    return numbering


def _lists(file: DocFile) -> Iterator[tuple[int, dict[int, Level]]]:
    start, size = file.places.get(73, (0, 0))
    if size < 2:
        return
    data = file.table[start:]
    (number,) = struct.unpack_from("<H", data)
    at = 2 + _LIST_SIZE * number
    for index in range(number):
        (list_id,) = struct.unpack_from("<L", data, 2 + _LIST_SIZE * index)
        simple = data[2 + _LIST_SIZE * index + 26] & 1
        levels: dict[int, Level] = {}
        for depth in range(1 if simple else 9):
            if at + _LEVEL_SIZE + 2 > len(data):
                break
            first, form = struct.unpack_from("<lB", data, at)
            at += _LEVEL_SIZE + data[at + 24] + data[at + 25]
            (length,) = struct.unpack_from("<H", data, at)
            text = data[at + 2 : at + 2 + 2 * length].decode("utf-16-le", errors="replace")
            at += 2 + 2 * length
            # The place of a level's number is marked by the level itself.
            shown = "".join(f"%{ord(sign) + 1}" if sign < "\t" else sign for sign in text)
            levels[depth] = Level(first, _FORMS.get(form, "decimal"), shown)
        yield list_id, levels


def _styles(sheet: bytes) -> Iterator[tuple[int, DocStyle]]:
    if len(sheet) < 6:
        return
    head, number, base_size = struct.unpack_from("<HHH", sheet)
    at = 2 + head
    for index in range(number):
        if at + 2 > len(sheet):
            return
        (size,) = struct.unpack_from("<H", sheet, at)
        data = sheet[at + 2 : at + 2 + size]
        at += 2 + size
        if len(data) > base_size + 2:
            yield index, _style(data, base_size)


def _style(data: bytes, base_size: int) -> DocStyle:
    first, second, third = struct.unpack_from("<HHH", data)
    (length,) = struct.unpack_from("<H", data, base_size)
    name = data[base_size + 2 : base_size + 2 + 2 * length].decode("utf-16-le", errors="replace")
    at = base_size + 2 + 2 * length + 2
    paragraph: Properties = {}
    letters: Properties = {}
    of_paragraphs = second & 0xF == 1
    for part in range(third & 0xF):
        at += at % 2
        if at + 2 > len(data):
            break
        (size,) = struct.unpack_from("<H", data, at)
        said = data[at + 2 : at + 2 + size]
        at += 2 + size
        if of_paragraphs and part == 0:
            paragraph = properties_of(said[2:])
        elif part == (1 if of_paragraphs else 0):
            letters = properties_of(said)
    return DocStyle(first & 0xFFF, name, second >> 4, paragraph, letters)
