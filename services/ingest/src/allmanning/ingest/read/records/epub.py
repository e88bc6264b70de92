"""Electronic books."""

from __future__ import annotations

from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, Extract, assemble, clean, first_heading
from allmanning.ingest.read.finding import Finding
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.package import Package, resolved
from allmanning.ingest.read.web.html import decoded_page, read_markup
from allmanning.ingest.read.xml_tree import attribute, local
from allmanning.runtime.errors import Unprocessable

_CONTAINER: Final = "META-INF/container.xml"
# Fonts may be locked in a book that is free to read.
_FONT_LOCKS: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def read_epub(original: Original) -> Extract:
    """Read the chapters of a book in their order; its table of contents, which repeats their headings, is left out.

    Raises:
        Unprocessable: `document.encrypted`, `document.too_long`.
    """
    with Package(original) as package:
        _check_unlocked(package)
        root = next(attribute(each, "full-path") for each in package.tree(_CONTAINER).iter("{*}rootfile"))
        book = package.tree(root)
        allowance = Allowance()
        blocks: list[Block] = []
        findings: list[Finding] = []
        chapters = _chapters(book, root.rpartition("/")[0])
        for number, chapter in enumerate(chapters, start=1):
            if chapter not in package.names:
                continue
            found, hidden = read_markup(decoded_page(package.data(chapter)))
            allowance.take(sum(len(block.text) for block in found))
            blocks += found
            findings += hidden
            original.told(number, len(chapters))
        title = next((clean(str(each.text or "")) for each in book.iter("{*}title")), "")
        first = first_heading(blocks)
        return assemble(blocks, title=title or first, findings=findings)


def _chapters(book: Element, folder: str) -> list[str]:
    items = {attribute(each, "id"): each for each in book.iter("{*}item")}
    chapters = []
    for reference in book.iter("{*}itemref"):
        item = items.get(attribute(reference, "idref"))
        if item is None or "nav" in attribute(item, "properties").split():
            continue
        if "html" in attribute(item, "media-type"):
            chapters.append(resolved(folder, attribute(item, "href")))
    return chapters


def _check_unlocked(package: Package) -> None:
    encryption = package.find("META-INF/encryption.xml")
    for method in () if encryption is None else encryption.iter():
        if local(method) == "EncryptionMethod" and attribute(method, "Algorithm") not in _FONT_LOCKS:
            raise Unprocessable("document.encrypted", "Boken är låst med ett kopieringsskydd. (The book is locked.)")
