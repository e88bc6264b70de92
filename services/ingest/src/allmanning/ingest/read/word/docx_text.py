"""The visible text of a Word paragraph, and what in it is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.hidden import Hidden, is_white
from allmanning.ingest.read.word.docx_styles import Styles, W, is_on, value
from allmanning.ingest.read.xml_tree import local

_NOT_TEXT: Final = frozenset(
    {"del", "moveFrom", "rPr", "pPr", "instrText", "delText", "Fallback", "rt", "sdtPr", "sdtEndPr"}
)
_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_NOTES: Final = frozenset({"footnoteReference", "endnoteReference"})
# Half points: a letter of one point is a speck.
_SMALLEST: Final = 2
_FILLS: Final = (
    "./*[local-name()='spPr']/*[local-name()='solidFill' or local-name()='gradFill' or local-name()='blipFill']"
)
_STYLE_FILL: Final = "./*[local-name()='style']/*[local-name()='fillRef' and @idx!='0']"


@dataclass
class Paragraph:
    """What a paragraph says: its text, the notes it refers to and the text boxes anchored in it."""

    text: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    # Whether every visible letter is bold, and the size of the largest in half points, 0 if not said.
    bold: bool = False
    size: int = 0


@dataclass(frozen=True)
class Surface:
    """What text stands on: `dark` where the file puts a colour behind it, or may do so."""

    dark: bool = False


class Text:
    """Reads the paragraphs of one document."""

    def __init__(self, styles: Styles, hidden: Hidden) -> None:
        self._styles = styles
        self._hidden = hidden

    def of(self, element: Element, surface: Surface = Surface()) -> Paragraph:
        """What the paragraph `element` says."""
        properties = element.find(W + "pPr")
        style_id = value(properties, "pStyle")
        dark = surface.dark or _is_shaded(properties) or self._styles.shades(style_id)
        paragraph = Paragraph()
        parts: list[str] = []
        bold: list[bool] = []
        for run in _runs(element):
            if local(run) != "r":
                # A formula: the text of its parts.
                parts.append(" ".join(str(text) for text in run.itertext() if str(text).strip()))
                continue
            text = self._run(run, paragraph)
            code = self._hidden_code(run, style_id, dark=dark) if text.strip() else None
            if code:
                self._hidden.note(code, text)
                continue
            parts.append(text)
            if text.strip():
                run_properties = run.find(W + "rPr")
                run_style = value(run_properties, "rStyle")
                said = self._styles.run_property("b", run_properties, run_style, style_id)
                bold.append(said is not None and said not in ("0", "false", "off"))
                size = self._styles.run_property("sz", run_properties, run_style, style_id) or ""
                paragraph.size = max(paragraph.size, int(size) if size.isdigit() else 0)
        paragraph.text = "".join(parts).strip()
        paragraph.bold = bool(bold) and all(bold)
        return paragraph

    def _run(self, run: Element, paragraph: Paragraph) -> str:
        text = ""
        for child in run:
            name = local(child)
            if name == "t":
                text += child.text or ""
            elif name in _SIGNS:
                text += _SIGNS[name]
            elif name == "sym":
                code = str(child.get(W + "char", ""))
                # Symbols in the private area are bullets and arrows of a font.
                text += chr(int(code, 16)) if _is_letter(code) else ""
            elif name in _NOTES:
                paragraph.notes.append((name.removesuffix("Reference"), str(child.get(W + "id", ""))))
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                paragraph.boxes += _boxes(child)
            elif name == "ruby":
                text += "".join(str(each.text or "") for each in child.iterfind(f"{W}rubyBase//{W}t"))
        return text

    def _hidden_code(self, run: Element, style_id: str | None, *, dark: bool) -> str | None:
        properties = run.find(W + "rPr")
        run_style = value(properties, "rStyle")
        vanish = self._styles.run_property("vanish", properties, run_style, style_id)
        if vanish is not None and vanish not in ("0", "false", "off"):
            return finding.HIDDEN_STYLE
        size = self._styles.run_property("sz", properties, run_style, style_id)
        if size is not None and size.isdigit() and int(size) <= _SMALLEST:
            return finding.HIDDEN_SIZE
        colour = self._styles.run_property("color", properties, run_style, style_id)
        shaded = dark or _is_shaded(properties) or self._styles.shades(run_style)
        if colour is not None and is_white(colour) and not shaded:
            highlight = value(properties, "highlight")
            if highlight in (None, "none", "white") and is_on(properties, "shadow") is None:
                return finding.HIDDEN_COLOUR
        return None


def box_surface(box: Element) -> Surface:
    """What the text of a text box stands on."""
    for shape in box.iterancestors():
        name = local(shape)
        if name == "wsp":
            return Surface(dark=bool(shape.xpath(_FILLS) or shape.xpath(_STYLE_FILL)))
        if name in ("shape", "rect", "roundrect", "oval"):
            return Surface(dark=shape.get("fillcolor", "white").lower() not in ("white", "#ffffff", "#fff"))
    return Surface()


def _runs(element: Element) -> list[Element]:
    """Runs and formulas, in order, of what the paragraph shows."""
    found: list[Element] = []
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        name = local(child)
        if name in ("r", "oMath"):
            if child.tag.startswith(W) or name == "oMath":
                found.append(child)
        elif name not in _NOT_TEXT:
            waiting.extend(reversed(child))
    return found


def _boxes(element: Element) -> list[Element]:
    """Contents of text boxes, once where a file gives them for old programs too."""
    found: list[Element] = []
    waiting = [element]
    while waiting:
        child = waiting.pop()
        if local(child) == "txbxContent":
            found.append(child)
        elif local(child) != "Fallback":
            waiting.extend(reversed(child))
    return found


def _is_shaded(properties: Element | None) -> bool:
    shade = None if properties is None else properties.find(W + "shd")
    if shade is None:
        return False
    fill = str(shade.get(W + "fill", "auto"))
    if fill.lower() == "auto":
        return shade.get(W + "val", "clear") not in ("clear", "nil") or shade.get(W + "themeFill") is not None
    return not is_white(fill)


def _is_letter(code: str) -> bool:
    try:
        return 0x20 < int(code, 16) < 0xE000
    except ValueError:
        return False
