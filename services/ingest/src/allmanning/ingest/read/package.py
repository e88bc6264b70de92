"""An office file that is a zip of XML parts: Open XML, OpenDocument, EPUB."""

from __future__ import annotations

import posixpath
import zipfile
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO, Final, NamedTuple, Self
from urllib.parse import unquote

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read.length import too_long
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.unpacked import check_unpacked
from allmanning.ingest.read.xml_tree import attribute, tree_of

# A tree of XML takes up to ten times as much memory; ten million letters are fifty to a hundred megabytes of it.
_LARGEST_PART: Final = 100 * 1024 * 1024


class Related(NamedTuple):
    """A part that another refers to: the last word of the relation's type, and the part's name."""

    kind: str
    part: str


class Package(AbstractContextManager["Package"]):
    """Raises `Unprocessable` `archive.bomb`, and `zipfile.BadZipFile` for a damaged file, when it is made."""

    def __init__(self, original: Original) -> None:
        check_unpacked(original.path)
        self._archive = zipfile.ZipFile(original.path)
        self.names = frozenset(self._archive.namelist())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._archive.close()

    def data(self, name: str) -> bytes:
        """Raises `KeyError` when there is no such part, `Unprocessable` `document.too_long` when it is too large."""
        if self._archive.getinfo(name).file_size > _LARGEST_PART:
            raise too_long()
        return self._archive.read(name)

    def stream(self, name: str) -> IO[bytes]:
        """Raises `KeyError` when there is no such part."""
        return self._archive.open(name)

    def tree(self, name: str) -> Element:
        """Raises `KeyError` when there is no such part, `lxml.etree.XMLSyntaxError` when it is malformed."""
        return tree_of(self.data(name))

    def find(self, name: str) -> Element | None:
        """The tree of a part that need not be there."""
        return self.tree(name) if name in self.names else None

    def related(self, name: str) -> dict[str, Related]:
        """The parts that an Open XML part refers to, by id; links that lead out of the file are left out."""
        folder, _, file = name.rpartition("/")
        relations = self.find(posixpath.join(folder, "_rels", f"{file}.rels"))
        if relations is None:
            return {}
        return {
            attribute(each, "Id"): Related(
                attribute(each, "Type").rpartition("/")[2], resolved(folder, attribute(each, "Target"))
            )
            for each in relations
            if attribute(each, "TargetMode") != "External"
        }

    def main_part(self) -> str:
        """The part that an Open XML file opens with. Raises `KeyError`."""
        for kind, part in self.related("").values():
            if kind == "officeDocument" and part in self.names:
                return part
        raise KeyError("officeDocument")


def resolved(folder: str, target: str) -> str:
    """The name in the zip file of what a part in `folder` calls `target`."""
    if target.startswith("/"):
        return unquote(target).lstrip("/")
    return posixpath.normpath(posixpath.join(folder, unquote(target)))
