"""What the styles of a page say of an element: declarations, simple rules, colours and lengths."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from lxml.html import HtmlElement  # type: ignore[import-untyped]

Declarations = Mapping[str, str]
Colour = tuple[int, int, int]

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
# Rules that hold for paper or narrow screens only, fonts and animations: a block within a block.
_AT_RULE: Final = re.compile(r"@[^;{}]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)?([.#][A-Za-z_][\w-]*)?")
_NUMBER: Final = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|ch|vw|vh|in|cm|mm|pc|%)?")
# One CSS pixel is 1/96 inch; the relative ones as for 16 px text in a window of 1280 x 800.
_PIXELS: Final = dict(
    zip(
        ("", "px", "pt", "pc", "in", "cm", "mm", "em", "rem", "ex", "ch", "%", "vw", "vh"),
        (1.0, 1.0, 96 / 72, 16.0, 96.0, 96 / 2.54, 96 / 25.4, 16.0, 16.0, 8.0, 8.0, 16 / 100, 12.8, 8.0),
        strict=True,
    )
)
_NAMED: Final[Mapping[str, Colour]] = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "black": (0, 0, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "navy": (0, 0, 128),
}
_RGB: Final = re.compile(r"rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)\s*(?:[,/]\s*([\d.]+)(%?)\s*)?\)")
_HEX: Final = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_LARGEST_SHEET: Final = 500_000


class Styles:
    """The rules of a page's own `<style>` elements that name one tag, class or id. Others are not followed."""

    def __init__(self, page: HtmlElement) -> None:
        self._rules: dict[str, dict[str, str]] = defaultdict(dict)
        for sheet in page.iter("style"):
            if sheet.get("media", "all").lower() in ("all", "screen", ""):
                self._add((sheet.text or "")[:_LARGEST_SHEET])

    def of(self, element: HtmlElement) -> Declarations:
        """What holds for an element by itself; what it inherits is not in it."""
        found: dict[str, str] = {}
        tag = str(element.tag)
        if self._rules:
            names = [f".{name}" for name in element.get("class", "").split()] + [f"#{element.get('id', '')}"]
            for selector in [tag, *names, *(f"{tag}{name}" for name in names)]:
                found.update(self._rules.get(selector, {}))
        return {**found, **declarations(element.get("style", ""))}

    def _add(self, sheet: str) -> None:
        for selectors, body in _RULE.findall(_AT_RULE.sub("", _COMMENT.sub("", sheet))):
            said = declarations(body)
            for written in selectors.split(","):
                selector = written.strip()
                if said and selector and _SIMPLE.fullmatch(selector):
                    self._rules[selector].update(said)


def declarations(style: str) -> dict[str, str]:
    """Property -> value of a style attribute, in lower case; later ones win."""
    found = {}
    for part in _COMMENT.sub("", style).split(";"):
        name, _, value = part.partition(":")
        if value.strip():
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def pixels(value: str) -> float | None:
    """A length in CSS pixels; None when it is none that can be told."""
    match = _NUMBER.fullmatch(value.strip())
    return float(match[1]) * _PIXELS[match[2] or ""] if match else None


def colour(value: str) -> Colour | None:
    """A colour; None for one that is not known here."""
    value = value.strip().lower()
    if value in _NAMED:
        return _NAMED[value]
    if match := _RGB.match(value):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _HEX.fullmatch(value):
        digits = match[1]
        if len(digits) < 6:
            digits = "".join(digit * 2 for digit in digits)
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    return None


def is_transparent(value: str) -> bool:
    """Whether text of this colour is not there at all."""
    match = _RGB.match(value.strip())
    return value.strip() == "transparent" or bool(match and match[4] and float(match[4]) <= 0.05)
