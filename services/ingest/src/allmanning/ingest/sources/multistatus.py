"""What a WebDAV server says of a folder (RFC 4918, 207 Multi-Status)."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

ASKED = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>'
    b"<resourcetype/><getetag/><getlastmodified/><getcontentlength/></prop></propfind>"
)
_DAV = "{DAV:}"


class NotMultistatus(ValueError):
    """It can't be read as one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder; fields that the server does not tell are empty."""

    href: str
    folder: bool
    etag: str
    modified: str
    size: str

    @property
    def fingerprint(self) -> str:
        """Empty when the server says nothing that would change with the file."""
        if self.etag:
            return self.etag
        return f"{self.modified} {self.size}" if self.modified and self.size else ""


def read(data: bytes) -> list[Entry]:
    """The entries of an answer, the folder itself among them. Raises `NotMultistatus`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotMultistatus(str(error)) from error
    if root.tag != f"{_DAV}multistatus":
        raise NotMultistatus("its root is another")
    entries = []
    for response in root.iterchildren(f"{_DAV}response"):
        href = (response.findtext(f"{_DAV}href") or "").strip()
        if href and _succeeded(response):
            entries.append(_entry(href, response))
    return entries


def _succeeded(node: etree._Element) -> bool:
    """A status stands beside the properties, or nowhere when all is well."""
    status = node.findtext(f"{_DAV}status")
    return status is None or status.split()[1:2] == ["200"]


def _entry(href: str, response: etree._Element) -> Entry:
    said: dict[str, str] = {}
    folder = False
    for propstat in response.iterchildren(f"{_DAV}propstat"):
        for prop in propstat.iterchildren(f"{_DAV}prop") if _succeeded(propstat) else ():
            for each in prop.iterchildren("{*}*"):
                folder = folder or (each.tag == f"{_DAV}resourcetype" and each.find(f"{_DAV}collection") is not None)
                said[etree.QName(each).localname] = (each.text or "").strip()
    return Entry(
        href, folder, said.get("getetag", ""), said.get("getlastmodified", ""), said.get("getcontentlength", "")
    )
