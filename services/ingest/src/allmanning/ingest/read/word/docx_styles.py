"""What a Word file's styles and numbering say of a paragraph: heading, list item, hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read.numbering import Level, Numbering

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME: Final = re.compile(r"(?:heading|rubrik|överskrift|overskrift|überschrift)\s*([1-9])", re.IGNORECASE)
_LIST_NAME: Final = re.compile(
    r"(?:list|lista|punktlista|numrerad lista)(?:\s(?:bullet|number|paragraph|\d).*)?", re.IGNORECASE
)
_CONTENTS_NAME: Final = re.compile(r"(?:toc|innehåll)\s*\d", re.IGNORECASE)
_TITLES: Final = frozenset({"title", "rubrik", "titel"})
_BODY_LEVEL: Final = 9
# A style that is based on itself ends here.
_LONGEST_CHAIN: Final = 20


def value(parent: Element | None, *path: str) -> str | None:
    """The `val` of a property below `parent`: None when it is not there, "" when it is there without a value."""
    for name in path:
        parent = None if parent is None else parent.find(W + name)
    return None if parent is None else str(parent.get(W + "val", ""))


def is_on(properties: Element | None, name: str) -> bool | None:
    """A property that is on or off; None when nothing is said."""
    said = value(properties, name)
    return None if said is None else said not in ("0", "false", "off", "none")


class Styles:
    """The styles of a document."""

    def __init__(self, tree: Element | None) -> None:
        styles = [] if tree is None else tree.findall(W + "style")
        self._styles = {str(style.get(W + "styleId")): style for style in styles}
        defaults = [
            style for style in styles if style.get(W + "default") == "1" and style.get(W + "type") == "paragraph"
        ]
        self._said: dict[tuple[str, str | None, str | None], str | None] = {}
        self._shades: dict[str, bool] = {}
        self._default = str(defaults[0].get(W + "styleId")) if defaults else ""

    def chain(self, style_id: str | None) -> Iterator[Element]:
        """The style and those it is based on, nearest first; without an id, the default paragraph's."""
        at = self._default if style_id is None else style_id
        for _ in range(_LONGEST_CHAIN):
            style = self._styles.get(at)
            if style is None:
                return
            yield style
            at = value(style, "basedOn") or ""

    def name(self, style_id: str | None) -> str:
        """The style's name in English, in lower case; empty when there is none."""
        return (value(next(self.chain(style_id), None), "name") or style_id or "").lower()

    def is_title(self, style_id: str | None) -> bool:
        return self.name(style_id) in _TITLES

    def is_contents(self, style_id: str | None) -> bool:
        """Whether it is a line of a table of contents, which repeats the headings."""
        return _CONTENTS_NAME.fullmatch(self.name(style_id)) is not None

    def is_list(self, style_id: str | None) -> bool:
        return _LIST_NAME.fullmatch(self.name(style_id)) is not None

    def level(self, properties: Element | None, style_id: str | None) -> int:
        """1..6 for a heading, otherwise 0."""
        said = value(properties, "outlineLvl")
        if style_id is not None:
            for style in self.chain(style_id):
                if said is not None:
                    break
                named = _HEADING_NAME.fullmatch((value(style, "name") or "").strip())
                said = str(int(named[1]) - 1) if named else value(style, "pPr", "outlineLvl")
        outline = int(said) if said and said.isdigit() else _BODY_LEVEL
        return min(6, outline + 1) if outline < _BODY_LEVEL else 0

    def numbering(self, properties: Element | None, style_id: str | None) -> tuple[str, int]:
        """The list a paragraph belongs to and its depth in it; an empty name for none."""
        for holder in (properties, *(style.find(W + "pPr") for style in self.chain(style_id))):
            number = value(holder, "numPr", "numId")
            if number is not None:
                depth = value(holder, "numPr", "ilvl") or "0"
                return ("" if number == "0" else number), int(depth) if depth.isdigit() else 0
        return "", 0

    def shades(self, style_id: str | None) -> bool:
        """Whether a style of paragraphs, letters or tables puts colour behind some of its text."""
        if style_id is None:
            return False
        if style_id not in self._shades:
            self._shades[style_id] = any(style.find(f".//{W}shd") is not None for style in self.chain(style_id))
        return self._shades[style_id]

    def run_property(self, name: str, run: Element | None, run_style: str | None, style_id: str | None) -> str | None:
        """The value of a run's property: its own, or its character style's, or its paragraph style's."""
        said = value(run, name)
        if said is not None:
            return said
        key = name, run_style, style_id
        if key not in self._said:
            chain = (*(self.chain(run_style) if run_style else ()), *self.chain(style_id))
            self._said[key] = next((said for style in chain if (said := value(style, "rPr", name)) is not None), None)
        return self._said[key]


def numbering_of(tree: Element | None) -> Numbering:
    """The numbered lists of a document."""
    numbering = Numbering()
    if tree is None:
        return numbering
    abstract = {str(each.get(W + "abstractNumId")): each for each in tree.findall(W + "abstractNum")}
    for number in tree.findall(W + "num"):
        number_id = str(number.get(W + "numId"))
        of = value(number, "abstractNumId") or ""
        levels = _levels_of(abstract.get(of))
        restarted = False
        for override in number.findall(W + "lvlOverride"):
            depth = int(override.get(W + "ilvl", "0"))
            levels.update(_levels_of(override))
            start = value(override, "startOverride")
            if start and start.isdigit() and depth in levels:
                levels[depth].start = int(start)
                restarted = True
        numbering.levels[number_id] = levels
        numbering.shared[number_id] = f"={number_id}" if restarted else of
    return numbering


def _levels_of(holder: Element | None) -> dict[int, Level]:
    found = {}
    for level in [] if holder is None else holder.findall(W + "lvl"):
        start = value(level, "start") or "1"
        found[int(level.get(W + "ilvl", "0"))] = Level(
            int(start) if start.isdigit() else 1, value(level, "numFmt") or "decimal", value(level, "lvlText") or ""
        )
    return found
