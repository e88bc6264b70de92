"""What lies behind the text of a slide: on white paper, white letters are not seen; on a picture they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read.hidden import is_white
from allmanning.ingest.read.package import Package
from allmanning.ingest.read.slides.pptx_chart import A
from allmanning.ingest.read.xml_tree import local

P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
Rectangle = tuple[int, int, int, int]

_FILLS: Final = frozenset({"solidFill", "gradFill", "blipFill", "pattFill"})
# The theme's paper, unless a master says otherwise.
PAPER: Final = frozenset({"bg1", "lt1"})
_DEEPEST: Final = 20


class Backdrop:
    """What a slide, its layout and its master draw."""

    def __init__(self, package: Package, part: str, slide: Element) -> None:
        self._trees = [slide]
        for kind in ("slideLayout", "slideMaster"):
            parts = dict(package.related(part).values())
            part = parts.get(kind, "")
            tree = package.find(part)
            if tree is None:
                break
            self._trees.append(tree)
        self._coloured = self._has_coloured_paper()
        self._drawn = [each for tree in self._trees for each in _drawn(tree.find(f"{P}cSld/{P}spTree"), 0)]

    def lies_behind(self, shape: Element) -> bool:
        """Whether something other than white paper lies behind the shape's text, or may do so."""
        if self._coloured or is_filled(shape):
            return True
        place = self._place(shape)
        return any(
            other is not shape and (place is None or where is None or _overlap(place, where))
            for other, where in self._drawn
        )

    def _has_coloured_paper(self) -> bool:
        for tree in self._trees:
            background = tree.find(f"{P}cSld/{P}bg")
            if background is not None:
                return not _is_paper(background)
        mapping = self._trees[-1].find(P + "clrMap")
        return mapping is not None and mapping.get("bg1") != "lt1"

    def _place(self, shape: Element) -> Rectangle | None:
        """Where the shape lies: by itself, or by the layout whose placeholder it fills."""
        own = placed(shape)
        if own is not None or shape.getparent() is None or local(shape.getparent()) != "spTree":
            return own
        fills = shape.find(f"./*/{P}nvPr/{P}ph")
        for tree in self._trees[1:] if fills is not None else ():
            for other in tree.iter(P + "sp"):
                found = other.find(f"./*/{P}nvPr/{P}ph")
                same = found is not None and any(
                    found.get(name) is not None and found.get(name) == fills.get(name) for name in ("idx", "type")
                )
                if same and (where := placed(other)) is not None:
                    return where
        return None


def is_filled(shape: Element) -> bool:
    """Whether a shape has a fill of its own, or one from the theme, that is not white."""
    properties = shape.find(P + "spPr")
    for child in () if properties is None else properties:
        if local(child) == "noFill":
            return False
        if local(child) in _FILLS:
            return not _is_paper(child)
    reference = shape.find(f"{P}style/{A}fillRef")
    return reference is not None and reference.get("idx", "0") != "0" and not _is_paper(reference)


def placed(shape: Element) -> Rectangle | None:
    """Left, top, right and bottom in the file's units; None where it is not said, or in a group's own measure."""
    if shape.getparent() is not None and local(shape.getparent()) == "grpSp":
        return None
    place = next((each for each in shape.iter(A + "xfrm", P + "xfrm")), None)
    offset = None if place is None else place.find(A + "off")
    extent = None if place is None else place.find(A + "ext")
    if offset is None or extent is None:
        return None
    left, top = number(offset, "x"), number(offset, "y")
    return left, top, left + number(extent, "cx"), top + number(extent, "cy")


def number(element: Element, name: str) -> int:
    said = str(element.get(name, ""))
    return int(said) if said.lstrip("-").isdigit() and len(said) < 12 else 0


def _drawn(tree: Element | None, depth: int) -> Iterator[tuple[Element, Rectangle | None]]:
    """Pictures and filled shapes, with where they lie."""
    for shape in () if tree is None or depth > _DEEPEST else tree:
        name = local(shape)
        if name == "pic" or (name == "sp" and is_filled(shape)):
            yield shape, placed(shape)
        elif name == "grpSp":
            yield from _drawn(shape, depth + 1)


def _is_paper(colour: Element) -> bool:
    """Whether what is filled here is white, or the theme's paper."""
    if any(local(each) in ("gradFill", "blipFill", "pattFill") for each in colour.iter()):
        return False
    named = [str(each.get("val", "")) for each in colour.iter(A + "schemeClr")]
    mixed = [str(each.get("val", "")) for each in colour.iter(A + "srgbClr")]
    changed = any(local(each) in ("lumMod", "shade", "tint") for each in colour.iter())
    return bool(named or mixed) and not changed and all(each in PAPER for each in named) and all(map(is_white, mixed))


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
