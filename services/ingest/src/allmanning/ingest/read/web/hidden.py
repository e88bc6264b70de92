"""Text on a page that whoever looks at it does not see: taken out, and counted by how it is hidden."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree  # type: ignore[import-untyped]
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from allmanning.ingest.read.document import clean
from allmanning.ingest.read.finding import (
    HIDDEN_COLOUR,
    HIDDEN_COMMENT,
    HIDDEN_INVISIBLE,
    HIDDEN_OFF_PAGE,
    HIDDEN_SIZE,
    HIDDEN_STYLE,
    Finding,
)
from allmanning.ingest.read.web.style import Colour, Declarations, Styles, colour, is_transparent, pixels

# Further out than any window is wide or high.
_OFF_PAGE_PIXELS: Final = -500
_SMALLEST_PIXELS: Final = 1.0
# As far apart as two colours may be, of 255 in red, green or blue, and look the same.
_SAME_COLOUR: Final = 24
_PAPER: Final[Colour] = (255, 255, 255)
_CLIPPED: Final = re.compile(r"rect\(\s*(?:[01](?:px)?[,\s]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%")
_MOVED_OUT: Final = re.compile(r"translate(?:[xy]|3d)?\([^)]*-\s*\d{3,}(?:px|%|vw|vh)?|scale\(\s*0\s*[,)]")
_CONDITIONAL: Final = re.compile(r"\s*\[(?:end)?if\b|.*<!\[endif\]\s*$", re.DOTALL | re.IGNORECASE)


def strip_hidden(root: HtmlElement, styles: Styles) -> list[Finding]:
    """Remove from `root` what is hidden; a finding for each place, with its characters as the count."""
    commented = _strip_comments(root)
    findings = [Finding(HIDDEN_COMMENT, count=commented)] if commented else []
    shown_on_demand = _controlled(root)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element is root or not _is_within(element, root):
            continue
        code = _code(element, styles, shown_on_demand)
        if code is None:
            continue
        text = clean(element.text_content())
        element.drop_tree()
        # An arrow or a cross beside a link is no text.
        if any(character.isalnum() for character in text):
            findings.append(Finding(code, count=len(text)))
    return findings


def _strip_comments(root: HtmlElement) -> int:
    """Remove comments; how many characters those had that say something, and not to old browsers."""
    comments = list(root.iter(etree.Comment))
    said = [clean(each.text or "") for each in comments if not _CONDITIONAL.match(each.text or "")]
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    return sum(len(text) for text in said if any(character.isalnum() for character in text))


def _is_within(element: HtmlElement, root: HtmlElement) -> bool:
    """Whether it still is there: what contained it may have been removed."""
    return any(parent is root for parent in element.iterancestors())


def _controlled(root: HtmlElement) -> frozenset[str]:
    """Ids of what a button opens: the answers under questions, and panels behind tabs."""
    found: set[str] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        is_button = element.tag in ("button", "summary") or "aria-expanded" in element.attrib
        found.update(element.get("aria-controls", "").split())
        for name in ("data-target", "data-bs-target", "href"):
            value = element.get(name, "")
            toggles = "data-toggle" in element.attrib or "data-bs-toggle" in element.attrib
            if value.startswith("#") and (is_button or toggles or element.get("role") in ("button", "tab")):
                found.add(value[1:])
        if "aria-expanded" in element.attrib:
            panel = element if element.getparent() is None else _next_panel(element)
            if panel is not None and panel is not element:
                found.add(_id_of(panel))
    found.discard("")
    return frozenset(found)


def _next_panel(button: HtmlElement) -> HtmlElement | None:
    """What follows a button that says it opens something, or the heading that the button stands in."""
    following = button.getnext()
    if following is None and button.getparent() is not None:
        following = button.getparent().getnext()
    return following if following is not None and isinstance(following.tag, str) else None


def _id_of(panel: HtmlElement) -> str:
    if not panel.get("id"):
        panel.set("id", f"panel-{id(panel)}")
    return str(panel.get("id"))


def _code(element: HtmlElement, styles: Styles, shown_on_demand: frozenset[str]) -> str | None:
    said = styles.of(element)
    if not said and not element.attrib:
        return None
    opened = element.get("id") in shown_on_demand or element.get("role") == "tabpanel"
    if not opened and (_is_closed(element, said) or _is_collapsed(said)):
        return HIDDEN_STYLE
    if _CLIPPED.search(f"{said.get('clip', '')} {said.get('clip-path', '')}"):
        return HIDDEN_STYLE
    if not opened and _fraction(said.get("opacity", "")) <= 0.05:
        return HIDDEN_INVISIBLE
    if _is_off_page(said):
        return HIDDEN_OFF_PAGE
    if _is_tiny(said):
        return HIDDEN_SIZE
    if _is_same_colour(element, said, styles):
        return HIDDEN_COLOUR
    return None


def _is_closed(element: HtmlElement, said: Declarations) -> bool:
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden", "").lower() == "true"
        or said.get("display") == "none"
        or said.get("visibility") in ("hidden", "collapse")
    )


def _is_collapsed(said: Declarations) -> bool:
    if "hidden" not in f"{said.get('overflow', '')} {said.get('overflow-y', '')} {said.get('overflow-x', '')}":
        return False
    sizes = [pixels(said.get(name, "")) for name in ("height", "max-height", "width", "max-width")]
    return any(size is not None and size <= _SMALLEST_PIXELS for size in sizes)


def _fraction(value: str) -> float:
    try:
        return float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        return 1.0


def _is_off_page(said: Declarations) -> bool:
    names = ["text-indent", "margin-left", "margin-top"]
    if said.get("position") in ("absolute", "fixed"):
        names += ["left", "top", "right", "bottom"]
    lengths = [pixels(said.get(name, "")) for name in names]
    if any(length is not None and length <= _OFF_PAGE_PIXELS for length in lengths):
        return True
    return bool(_MOVED_OUT.search(said.get("transform", "")))


def _is_tiny(said: Declarations) -> bool:
    size = pixels(said.get("font-size", ""))
    if size is not None:
        return size <= _SMALLEST_PIXELS
    written = said.get("font", "").split()
    sizes = [pixels(part.partition("/")[0]) for part in written if part[:1].isdigit() and not part.isdigit()]
    return bool(sizes) and sizes[0] is not None and sizes[0] <= _SMALLEST_PIXELS


def _is_same_colour(element: HtmlElement, said: Declarations, styles: Styles) -> bool:
    written = said.get("color", "") or (element.get("color", "") if element.tag == "font" else "")
    if not written:
        return False
    if is_transparent(written):
        return True
    ink, ground = colour(written), _ground(element, styles)
    if ink is None or ground is None:
        return False
    return all(abs(one - other) <= _SAME_COLOUR for one, other in zip(ink, ground, strict=True))


def _ground(element: HtmlElement, styles: Styles) -> Colour | None:
    """The colour behind an element: its own or the nearest around it, paper otherwise; None when it can't be told."""
    for around in (element, *element.iterancestors()):
        said = styles.of(around)
        if "background-image" in said and said["background-image"] != "none":
            return None
        written = said.get("background-color") or said.get("background") or around.get("bgcolor", "")
        if not written or is_transparent(written) or written in ("none", "inherit", "initial"):
            continue
        return next((found for part in written.split() if (found := colour(part))), None) or colour(written)
    return _PAPER
