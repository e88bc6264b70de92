"""A page as PDF says what the page says, to eyes and to ears, and always in the same bytes."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from allmanning.gateway.pdf.making import pdf_of

PAGE = """<!doctype html><html lang="sv"><head><title>x</title></head><body><nav>meny</nav><main>
<p class="back"><a href="/log">tillbaka</a></p><h1>Ett beslut</h1>
<h3>Vad som hände</h3>
<p>Svaret <strong>lämnades</strong> <time datetime="2026-11-20T23:30:00Z">den 21 november</time>
<a href="/log/7">här</a></p>
<table><caption>Antal per utfall</caption><thead><tr><th scope="col">Utfall</th><th scope="col">Antal</th></tr></thead>
<tbody><tr><th scope="row">Besvarad</th><td>1 204</td></tr></tbody></table>
<ul><li>det ena</li><li>det andra</li></ul>
<dl><dt>Fråga</dt><dd lang="en">Do I need a permit?</dd></dl>
<details><summary>Tekniska uppgifter</summary><p>rot och nyckel</p></details>
<svg viewBox="0 0 100 40"><title>Beslut per dag</title><rect class="bar-some" x="0" y="0" width="9" height="30"/></svg>
<form><label>Varför?</label><input value="skäl"><button>Visa</button><table><tr><td>vald rad</td></tr></table></form>
<p hidden>dolt</p><p>Emoji \U0001f642 och السلام</p><pre>#set text(red)
  $x$ \\ "</pre></main></body></html>"""


async def _made(page: str) -> PdfReader:
    return PdfReader(io.BytesIO(await pdf_of(page, authority="Exempelby", address="https://a.se/log/1")))


def _tags(node: DictionaryObject) -> list[str]:
    own = [str(node["/S"])] if "/S" in node else []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        inner = kid.get_object()
        if isinstance(inner, DictionaryObject):
            own += _tags(inner)
    return own


async def test_it_reads_as_the_page_without_what_asks_or_leads_away():
    reader = await _made(PAGE)
    text = " ".join(each.extract_text() for each in reader.pages).replace("\n", " ")

    for said in ("Svaret lämnades", "Antal per utfall", "1 204", "det andra", "Do I need a permit?", "rot och nyckel"):
        assert said in text
    # A list in a form stays, and what no typeface has is told by its number.
    for said in ("vald rad", "[U+1F642]", '#set text(red)   $x$ \\ "'):
        assert said in text
    for left_out in ("meny", "tillbaka", "Varför", "Visa", "dolt"):
        assert left_out not in text
    assert [each["/A"]["/URI"] for each in reader.pages[0]["/Annots"]] == ["https://a.se/log/7"]


async def test_it_is_tagged_titled_and_in_its_language():
    reader = await _made(PAGE)
    root = reader.trailer["/Root"]
    tags = _tags(root["/StructTreeRoot"])

    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author, root["/Lang"]) == ("Ett beslut", "Exempelby", "sv")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.xmp_metadata is not None
    told = reader.xmp_metadata.rdf_root.toxml()
    assert "pdfuaid" in told
    assert "pdfaid" in told
    # No level of heading is skipped, though the page's own first one is an h3.
    assert {"/H1", "/Table", "/THead", "/TH", "/L", "/LI", "/Figure", "/Link"} <= set(tags)
    assert not {"/H2", "/H3"} & set(tags)


async def test_the_same_page_gives_the_same_bytes_dated_by_what_it_tells():
    first, second = [await pdf_of(PAGE, authority="Exempelby") for _ in range(2)]
    date = PdfReader(io.BytesIO(first)).metadata["/CreationDate"]

    assert first == second
    assert str(date).startswith("D:20261121")


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<main></main>",
        "<table><tr><td colspan=3>a<tr><td>b</table>",
        "<main><h1>\x00</h1><td>lös cell</td><li>lös punkt</li><dd>utan namn</dd></main>",
    ],
)
async def test_what_is_no_page_of_ours_is_a_document_all_the_same(page: str):
    assert (await pdf_of(page, authority="Exempelby")).startswith(b"%PDF")
