"""What the styles of an OpenDocument file say: hidden, white, tiny, and how lists are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.hidden import is_white
from allmanning.ingest.read.numbering import Level, Numbering
from allmanning.ingest.read.xml_tree import attribute, local

OUTLINE: Final = "\0outline"
_FORMS: Final = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_LONGEST_CHAIN: Final = 20
_POINTS: Final = re.compile(r"([\d.]+)pt")
_LENGTH: Final = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|px)?")
_IN_POINTS: Final = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "px": 0.75}
_SMALLEST_PT: Final = 1.0


class OdfStyles:
    """The styles of a document, its own and those of its template. `numbering` has its list styles, and `OUTLINE`, how
    headings are numbered.
    """

    def __init__(self, *trees: Element | None) -> None:
        self.numbering = Numbering()
        self._styles: dict[str, Element] = {}
        for tree in trees:
            for element in () if tree is None else tree.iter("{*}style", "{*}list-style", "{*}outline-style"):
                if local(element) == "style":
                    self._styles[attribute(element, "name")] = element
                else:
                    name = OUTLINE if local(element) == "outline-style" else attribute(element, "name")
                    self.numbering.levels[name] = dict(map(_level, element))

    def said(self, style: str, name: str) -> str:
        """What the style, or one that it is based on, says of a property; empty when none does."""
        for element in self._chain(style):
            for properties in element:
                if local(properties).endswith("properties") and (value := attribute(properties, name)):
                    return value
        return ""

    def outline_level(self, style: str) -> int:
        """The level that a paragraph's style gives it; 0 for none."""
        for element in self._chain(style):
            level = attribute(element, "default-outline-level")
            if level:
                return int(level) if level.isdigit() else 0
        return 0

    def is_title(self, style: str) -> bool:
        return any(attribute(element, "name") == "Title" for element in self._chain(style))

    def list_style(self, style: str) -> str:
        """The list style that a paragraph's style brings with it."""
        return next((name for element in self._chain(style) if (name := attribute(element, "list-style-name"))), "")

    def hidden_code(self, styles: list[str], *, dark: bool) -> str | None:
        """Why text in these styles, the outermost first, is not seen; None when it is."""
        if any(self.said(style, "display") == "none" for style in styles):
            return finding.HIDDEN_STYLE
        inner = list(reversed(styles))
        size = _POINTS.fullmatch(next((said for style in inner if (said := self.said(style, "font-size"))), ""))
        if size and float(size[1]) <= _SMALLEST_PT:
            return finding.HIDDEN_SIZE
        colour = next((said for style in inner if (said := self.said(style, "color"))), "")
        if is_white(colour) and not dark and not any(self.is_coloured(style) for style in inner):
            return finding.HIDDEN_COLOUR
        return None

    def is_coloured(self, style: str) -> bool:
        """Whether the style puts a colour other than white behind what it is given to."""
        behind = self.said(style, "background-color")
        fill = self.said(style, "fill")
        return (behind not in ("", "transparent") and not is_white(behind)) or fill in (
            "solid",
            "gradient",
            "bitmap",
            "hatch",
        )

    def is_bold(self, style: str) -> bool:
        return self.said(style, "font-weight") == "bold"

    def _chain(self, style: str) -> Iterator[Element]:
        for _ in range(_LONGEST_CHAIN):
            element = self._styles.get(style)
            if element is None:
                return
            yield element
            style = attribute(element, "parent-style-name")


def _level(element: Element) -> tuple[int, Level]:
    """A depth from 0, and how its items are marked."""
    depth = _count(attribute(element, "level"), 1)
    form = "bullet" if "bullet" in local(element) else _FORMS.get(attribute(element, "num-format"), "none")
    first = max(1, depth + 1 - _count(attribute(element, "display-levels"), 1))
    numbers = ".".join(f"%{above}" for above in range(first, min(depth, 9) + 1))
    text = f"{attribute(element, 'num-prefix')}{numbers}{attribute(element, 'num-suffix')}"
    return depth - 1, Level(_count(attribute(element, "start-value"), 1), form, text)


def _count(said: str, otherwise: int) -> int:
    return int(said) if said.isdigit() and len(said) < 6 else otherwise


def points(length: str) -> float | None:
    """A length such as "2.5cm" in points; None for what is none."""
    match = _LENGTH.fullmatch(length)
    if match is None:
        return None
    try:
        return float(match[1]) * _IN_POINTS[match[2] or "pt"]
    except ValueError:
        return None
