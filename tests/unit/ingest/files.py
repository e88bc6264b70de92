"""Small files of each kind, made by hand."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pypdfium2  # type: ignore[import-untyped]
from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]
from PIL import Image

from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.media_type import media_type_of
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.reader import read


def _silent(_done: int, _total: int) -> None:
    return


def read_bytes(data: bytes, name: str, media_type: str = "", told: Callable[[int, int], None] = _silent) -> Extract:
    """What a reader makes of a file with these bytes; its kind is found out when it is not given."""
    with TemporaryDirectory() as folder:
        path, workspace = Path(folder) / "original", Path(folder) / "workspace"
        path.write_bytes(data)
        workspace.mkdir()
        kind = media_type or media_type_of(name, path)
        return read(Original(path, name, kind, workspace=workspace, told=told))


def kind_of(data: bytes, name: str) -> str:
    """The media type of a file with these bytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        path.write_bytes(data)
        return media_type_of(name, path)


def locked(office: bytes) -> bytes:
    """An Office file (docx, xlsx, pptx) locked with a password."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(office)).encrypt("hemligt", out)
    return out.getvalue()


class Words(NamedTuple):
    """Words on a page: points from its lower left corner. `state` are PDF operators that hold for them alone."""

    x: int
    y: int
    text: str
    size: float = 11
    bold: bool = False
    state: str = ""


def pdf(*pages: list[Words], encrypted: bool = False, keys: str = "", under: str = "", over: str = "") -> bytes:
    """A PDF of A4 pages with these words.

    `keys` stand in each page's dictionary; `under` and `over` are PDF operators before and after the words.
    """
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    for number, words in enumerate(pages):
        resources = "/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>"
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{keys}{resources}/Contents {6 + 2 * number} 0 R>>"
        drawn = b"\n".join(
            b"q %s BT /F%d %g Tf %d %d Td (%s) Tj ET Q"
            % (
                each.state.encode(),
                2 if each.bold else 1,
                each.size,
                each.x,
                each.y,
                each.text.encode("cp1252").replace(b"(", b"\\("),
            )
            for each in words
        )
        drawn = b"%s\n%s\n%s" % (under.encode(), drawn, over.encode())
        objects += [page.encode(), b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>/ID[<00><00>]" % (b"61" * 32, b"62" * 32)
    trailer = b"trailer<</Root 1 0 R/Size %d%s>>" % (len(objects) + 1, lock if encrypted else b"")
    start = len(out)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s%s\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        trailer,
        start,
    )


def scan(data: bytes, dpi: int = 200, rotation: int = 0) -> list[Image.Image]:
    """The pages of a PDF as a scanner would see them, turned clockwise."""
    document = pypdfium2.PdfDocument(data)
    pages = [page.render(scale=dpi / 72, rotation=rotation, grayscale=True).to_pil() for page in document]
    document.close()
    return pages


def saved(pages: list[Image.Image], kind: str, dpi: int = 200) -> bytes:
    """Pictures as a file of this kind: PNG, JPEG, TIFF or PDF; only the last two hold more than one."""
    out = io.BytesIO()
    more: dict[str, Any] = {"save_all": True, "append_images": pages[1:]} if kind in ("TIFF", "PDF") else {}
    if kind == "PDF":
        more["resolution"] = dpi
    pages[0].save(out, kind, dpi=(dpi, dpi), **more)
    return out.getvalue()
