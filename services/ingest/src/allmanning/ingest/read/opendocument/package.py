"""What all OpenDocument files have in common: they are opened in the same way, and may be locked."""

from __future__ import annotations

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read.document import clean
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.package import Package
from allmanning.ingest.read.xml_tree import local
from allmanning.runtime.errors import Unprocessable


def opened(original: Original) -> Package:
    """The file, opened.

    Raises:
        Unprocessable: `document.encrypted`, `archive.bomb`.
    """
    package = Package(original)
    manifest = package.find("META-INF/manifest.xml")
    if manifest is not None and any(local(each) == "encryption-data" for each in manifest.iter()):
        package.close()
        raise Unprocessable("document.encrypted", "Filen är låst med lösenord. (The file is locked with a password.)")
    return package


def body_of(content: Element, kind: str) -> Element:
    """The body of a document of this kind: text, spreadsheet or presentation. Raises `ValueError`."""
    for body in content.iter("{*}body"):
        for child in body:
            if local(child) == kind:
                return child
    raise ValueError(kind)


def title_in(package: Package) -> str:
    """The title in the document's properties."""
    meta = package.find("meta.xml")
    if meta is None:
        return ""
    return next((clean(str(each.text or "")) for each in meta.iter() if local(each) == "title"), "")
