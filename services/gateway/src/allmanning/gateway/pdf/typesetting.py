"""`python -m allmanning.gateway.pdf.typesetting`: a tree on standard input as a PDF on standard output.

In a process of its own, because a compiler takes some hundred megabytes and a second that the gateway's own requests
should not pay for. Reads no files but the typefaces, and nothing from a network. Exits with 1 and a line on standard
error when a document can't be made.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from typing import Final

import typst

from allmanning.gateway.pdf.faces import folder, with_known_characters
from allmanning.runtime.record import Json

_STANDARDS: Final[list[typst.PDFStandard]] = ["a-2a", "ua-1"]


def pdf(document: Json) -> bytes:
    """The document as PDF; the same one gives the same bytes."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder())])
    return typst.compile(
        (files("allmanning.gateway") / "pdf" / "document.typ").read_bytes(),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_shown(document), ensure_ascii=False)},
        pdf_standards=_STANDARDS,
    )


def _shown(value: Json) -> Json:
    if isinstance(value, str):
        return with_known_characters(value)
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return {name: _shown(each) for name, each in value.items()} if isinstance(value, dict) else value


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(pdf(json.load(sys.stdin.buffer)))
    except typst.TypstError as error:
        sys.exit(f"{error.message} {error.hints}")
