"""OpenDocument text, sheets and slides, and electronic books."""

from __future__ import annotations

import io
import zipfile

import pytest

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Extract, Kind
from allmanning.ingest.read.media_type import EPUB, ODP, ODS, ODT
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import read_bytes

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "presentation": "presentation",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }.items()
)


def zipped(mimetype: str, parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", mimetype)
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def read(kind: str, body: str, styles: str = "", template: str = "") -> Extract:
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body>{body}</office:body></office:document-content>"
    )
    parts = {"content.xml": content, "META-INF/manifest.xml": "<manifest/>"}
    if template:
        parts["styles.xml"] = f"<office:document-styles {SPACES}>{template}</office:document-styles>"
    return read_bytes(zipped(kind, parts), "a.bin")


def codes(extract: Extract) -> dict[str, int]:
    return {each.code: each.count for each in extract.findings}


STYLES = (
    '<style:style style:name="dold" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="vit" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style>'
    '<style:style style:name="liten" style:family="text"><style:text-properties fo:font-size="1pt"/></style:style>'
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/></text:list-style>'
)


def test_text_with_headings_lists_tables_and_notes() -> None:
    extract = read(
        ODT,
        "<office:text>"
        '<text:h text:outline-level="1">Riktlinjer</text:h>'
        "<text:p>Bygglov<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Se lagen.</text:p>"
        "</text:note-body></text:note> krävs<text:s/>för:</text:p>"
        '<text:list text:style-name="L"><text:list-item><text:p>altan</text:p></text:list-item>'
        "<text:list-item><text:p>plank</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Vad</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-spanned="2"><text:p>Pris</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row><table:table-row><table:table-cell><text:p>Altan</text:p>"
        "</table:table-cell><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p>"
        "</table:table-cell></table:table-row></table:table></office:text>",
        STYLES,
    )
    assert [(block.kind, block.text) for block in extract.blocks] == [
        (Kind.HEADING, "Riktlinjer"),
        (Kind.PARAGRAPH, "Bygglov krävs för:"),
        (Kind.FOOTNOTE, "Se lagen."),
        (Kind.LIST_ITEM, "1. altan"),
        (Kind.LIST_ITEM, "2. plank"),
        (Kind.TABLE, "Vad | Pris | Pris\nAltan | 1 | 2"),
    ]
    assert extract.title == "Riktlinjer"


def test_numbers_that_the_file_does_not_hold_are_counted() -> None:
    head = '<text:h text:outline-level="{}"{}>{}</text:h>'
    item = "<text:list-item><text:p>{}</text:p></text:list-item>"
    unnumbered = ' text:is-list-header="true"'
    extract = read(
        ODT,
        f"<office:text>{head.format(1, '', 'Ett')}{head.format(2, '', 'Del')}{head.format(2, '', 'Del')}"
        f"{head.format(1, unnumbered, 'Bilaga')}{head.format(1, '', 'Två')}"
        f"<text:list text:style-name='A'>{item.format('x')}{item.format('y')}</text:list><text:p>Mellan</text:p>"
        f"<text:list text:style-name='A'>{item.format('z')}</text:list>"
        f"<text:list text:style-name='A' text:continue-numbering='true'>{item.format('w')}</text:list></office:text>",
        '<text:list-style style:name="A"><text:list-level-style-number text:level="1" style:num-format="a" '
        'style:num-suffix=")"/></text:list-style>',
        '<text:outline-style style:name="Outline"><text:outline-level-style text:level="1" style:num-format="1"/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>',
    )
    assert [block.text for block in extract.blocks] == [
        *("1 Ett", "1.1 Del", "1.2 Del", "Bilaga", "2 Två", "a) x", "b) y", "Mellan", "a) z", "b) w"),
    ]


def test_hidden_text_comments_and_deletions_are_left_out() -> None:
    extract = read(
        ODT,
        "<office:text><text:tracked-changes><text:changed-region><text:p>Struket</text:p></text:changed-region>"
        '</text:tracked-changes><text:p>Syns<text:span text:style-name="dold">Dold</text:span>'
        '<text:span text:style-name="vit">Vit</text:span><text:span text:style-name="liten">Smått</text:span>'
        "<office:annotation><text:p>Anm</text:p></office:annotation>.</text:p></office:text>",
        STYLES,
    )
    assert extract.text == "Syns."
    assert codes(extract) == {
        finding.HIDDEN_STYLE: 4,
        finding.HIDDEN_COLOUR: 3,
        finding.HIDDEN_SIZE: 5,
        finding.HIDDEN_COMMENT: 3,
    }


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def test_sheets_with_hidden_parts_and_formulas() -> None:
    linked = cell("2", 'table:formula="of:=HYPERLINK(1)"')
    extract = read(
        ODS,
        '<office:spreadsheet><table:table table:name="Taxa"><table:table-column/>'
        '<table:table-column table:visibility="collapse"/><table:table-column/>'
        f"<table:table-row>{cell('Vad')}{cell('Inre')}{cell('Pris')}</table:table-row>"
        f"<table:table-row>{cell('Altan')}{cell('x')}{cell('900,50')}</table:table-row>"
        f'<table:table-row table:visibility="filter">{cell("Göm")}{cell("y")}{cell("1")}</table:table-row>'
        f"<table:table-row>{cell('=cmd|x!A')}{cell('')}{linked}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
        '</table:table-row></table:table><table:table table:name="Dold" table:style-name="d">'
        f"<table:table-row>{cell('Hemligt')}</table:table-row></table:table></office:spreadsheet>",
        '<style:style style:name="d" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>",
    )
    assert extract.text == "Taxa\n\nVad | Pris\nAltan | 900,50\n=cmd|x!A | 2"
    assert codes(extract) == {finding.HIDDEN_STYLE: 5 + 5, finding.FORMULA: 2, finding.HIDDEN_SHEET: 7}


def frame(text: str, kind: str = "outline", left: int = 1) -> str:
    place = f'svg:x="{left}cm" svg:y="1cm" svg:width="2cm" svg:height="1cm" presentation:class="{kind}"'
    return f"<draw:frame {place}><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"


def test_slides() -> None:
    extract = read(
        ODP,
        f"<office:presentation><draw:page>{frame('Text')}{frame('Rubrik', kind='title')}{frame('Utanför', left=90)}"
        f"<presentation:notes>{frame('Säg', kind='notes')}</presentation:notes></draw:page>"
        f'<draw:page draw:style-name="d">{frame("Dold")}</draw:page></office:presentation>',
        '<style:style style:name="d" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>',
        '<style:page-layout><style:page-layout-properties fo:page-width="28cm" fo:page-height="21cm"/>'
        "</style:page-layout>",
    )
    assert [(block.page, block.kind, block.text) for block in extract.blocks] == [
        (1, Kind.HEADING, "Rubrik"),
        (1, Kind.PARAGRAPH, "Text"),
        (1, Kind.PARAGRAPH, "Säg"),
    ]
    assert codes(extract) == {finding.HIDDEN_OFF_PAGE: 7, finding.HIDDEN_SHEET: 4}
    assert extract.pages == 2


def test_a_locked_file() -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with pytest.raises(Unprocessable, match=r"document\.encrypted"):
        read_bytes(zipped(ODT, {"content.xml": "locked", "META-INF/manifest.xml": manifest}), "a.odt")


def book(encryption: str = "") -> bytes:
    page = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>t</title></head><body>{}</body></html>"
    parts = {
        "META-INF/container.xml": "<container><rootfiles><rootfile full-path='OPS/a.opf'/></rootfiles></container>",
        "OPS/a.opf": (
            "<package xmlns:dc='http://purl.org/dc/elements/1.1/'><metadata><dc:title>Handbok</dc:title></metadata>"
            "<manifest><item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>"
            "<item id='b' href='b%20b.xhtml' media-type='application/xhtml+xml'/>"
            "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>"
            "<spine><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/></spine></package>"
        ),
        "OPS/nav.xhtml": page.format("<p>Innehåll</p>"),
        "OPS/b b.xhtml": page.format("<h1>Två</h1><p>Sist.</p>"),
        "OPS/a.xhtml": page.format("<h1>Ett</h1><p>Först. Å <span style='display:none'>dolt</span></p>"),
    }
    if encryption:
        parts["META-INF/encryption.xml"] = f"<e><EncryptionMethod Algorithm='{encryption}'/></e>"
    return zipped(EPUB, parts)


def test_a_book_is_read_in_the_order_of_its_chapters() -> None:
    extract = read_bytes(book("http://www.idpf.org/2008/embedding"), "a.epub")
    assert extract.title == "Handbok"
    assert extract.text == "Ett\n\nFörst. Å\n\nTvå\n\nSist."
    assert codes(extract) == {finding.HIDDEN_STYLE: 4}


def test_a_locked_book() -> None:
    with pytest.raises(Unprocessable, match=r"document\.encrypted"):
        read_bytes(book("http://www.w3.org/2001/04/xmlenc#aes256-cbc"), "a.epub")
