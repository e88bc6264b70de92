"""OpenDocument text."""

from __future__ import annotations

from allmanning.ingest.read.by_hand import read_by_hand
from allmanning.ingest.read.document import Extract, assemble, first_heading
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.opendocument.package import body_of, opened, title_in
from allmanning.ingest.read.opendocument.styles import OdfStyles
from allmanning.ingest.read.opendocument.text import OdfText
from allmanning.ingest.read.original import Original


def read_odt(original: Original) -> Extract:
    """Read an OpenDocument text; the title is its first heading, otherwise the one in its properties."""
    with opened(original) as package:
        content = package.tree("content.xml")
        hidden = Hidden()
        text = OdfText(OdfStyles(package.find("styles.xml"), content), hidden)
        blocks = read_by_hand(text.flow(body_of(content, "text")))
        title = first_heading(blocks, 5) or title_in(package)
        return assemble(blocks, title=title, findings=hidden.findings())
