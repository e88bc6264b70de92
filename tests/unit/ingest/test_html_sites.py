"""Pages as the publishing tools of municipalities make them: what the author wrote, and nothing else."""

from __future__ import annotations

import pytest

from allmanning.ingest.read.document import Extract, Kind
from tests.unit.ingest.files import read_bytes

SITEVISION = """<!DOCTYPE html><html lang="sv"><head><title>Bygga altan - Exempelby kommun</title>
<meta name="dcterms.modified" content="2026-02-01"><script>var a=1</script></head>
<body class="sv-responsive env-m-around--0">
<div id="svid10_1" class="sv-layout"><a class="sv-skip-link" href="#innehall">Gå till innehåll</a>
<div class="cookie-consent-bar">Vi använder kakor <button>Godkänn</button></div>
<div class="sv-vertical sv-layout sv-template-layout"><header><a href="/">Exempelby kommun</a>
<div class="sv-searchform-portlet sv-portlet"><input><button>Sök</button></div></header></div>
<nav class="sv-menu"><ul><li><a href="/a">Bygga och bo</a></li><li><a href="/b">Skola</a></li></ul></nav></div>
<div id="svid10_2" class="sv-row sv-layout"><div class="sv-column-3 sv-layout">
<div class="sv-linkmenu-portlet sv-portlet"><ul><li><a href="/1">Attefallshus</a></li><li><a href="/2">Plank</a></li>
</ul></div>
</div><div class="sv-column-9 sv-layout"><div class="sv-portlet breadcrumbs">Du är här: <a href="/">Start
</a> / Bygga altan</div>
<div id="svid94_1" class="pagecontent sv-layout"><div id="Rubrik"></div>
<div class="sv-text-portlet sv-use-margins"><div class="sv-text-portlet-content"><h1 class="heading">Bygga altan</h1>
<p class="ingress">Här läser du vad som gäller för altaner.</p></div></div></div>
<div id="svid94_2" class="pagecontent sv-layout"><div class="sv-vertical sv-layout sv-decoration-content">
<div class="sv-text-portlet-content"><h2>Lov</h2><p class="normal">Altaner högre än 1,2 meter kräver&nbsp;lov.
<a href="/x">Läs om lov<span class="env-assistive-text"> Länk till annan webbplats, öppnas i nytt fönster.</span></a>
</p></div></div>
<div class="sv-vertical sv-layout expandera"><h3><button aria-expanded="false" aria-controls="p1">Vad kostar det?
</button></h3>
<div id="p1" style="display:none"><p>En altan kostar 4 000 kronor.</p></div></div>
<div class="sv-vertical sv-layout kontakt-dekoration"><div class="sv-text-portlet-content"><h2>Kontakt</h2>
<p>Bygglovsenheten<br>Telefon: <a href="tel:0101234567">010-123 45 67</a><br>Öppettider: måndag–fredag 8–16</p></div>
</div>
</div><div class="sv-vertical sv-layout related-links"><h2>Relaterade länkar</h2><ul><li><a href="/r">Plank</a></li>
</ul></div>
<div class="sv-vertical sv-layout"><p>Senast uppdaterad: 2 mars 2026</p><div class="social-share"><a href="#">Dela
</a></div>
<div><div><h2>Hjälpte informationen dig?</h2><button>Ja</button><button>Nej</button></div></div></div></div></div>
<div class="sv-layout"><footer>Exempelby kommun, 123 45 Exempelby</footer></div></body></html>"""

WORDPRESS = """<!DOCTYPE html><html lang="sv-SE"><head><title>Ansök om förskola – Exempelby</title>
<meta property="article:modified_time" content="2026-03-05T08:00:00+01:00"></head><body class="page wp-custom">
<div id="wpadminbar">Redigera</div><header class="site-header"><h2>Exempelby</h2></header>
<div class="site-content"><article class="post hentry"><header class="entry-header">
<h1 class="entry-title">Ansök om förskola</h1>
<div class="entry-meta">Publicerat av redaktionen</div></header>
<div class="entry-content"><p class="wp-block-paragraph">Du ansöker i e-tjänsten<sup><a href="#n1" id="r1">1</a>
</sup>.</p>
<figure class="wp-block-table"><table><thead><tr><th rowspan="2">Ålder</th><th colspan="2">Avgift</th></tr>
<tr><th>Heltid</th><th>Deltid</th></tr></thead><tbody><tr><td rowspan="2">1–2 år</td><td>1 688 kr</td><td>1 100 kr
</td></tr>
<tr><td colspan="2">Syskon halva</td></tr></tbody></table><figcaption>Maxtaxa 2026</figcaption></figure>
<div class="wp-block-details"><details><summary>När får jag svar?</summary><p>Inom fyra månader.</p></details></div>
<ul class="wp-block-list"><li>Ett barn<ul><li>ett syskon</li></ul></li></ul>
<ol class="wp-block-footnotes"><li id="n1">Skollagen 8 kap. <a href="#r1" aria-label="Tillbaka">↩︎</a></li></ol></div>
<footer class="entry-footer">Kategorier: skola</footer></article>
<div id="comments" class="comments-area"><h2>En kommentar</h2><p>Tack!</p></div></div>
<aside class="widget-area sidebar"><h2>Senaste inläggen</h2><ul><li><a href="/1">Nyhet</a></li></ul></aside>
<aside class="widget kontakt"><h2>Kontakta förskolan</h2><p>Telefon 010-765 43 21</p></aside>
<footer class="site-footer">Sidfot</footer></body></html>"""


def page(markup: str) -> Extract:
    return read_bytes(markup.encode(), "sida.html")


def told(extract: Extract) -> list[str]:
    return [block.text for block in extract.blocks]


def test_a_page_of_sitevision_is_what_its_author_wrote() -> None:
    extract = page(SITEVISION)
    assert extract.title == "Bygga altan"
    assert told(extract) == [
        "Bygga altan",
        "Här läser du vad som gäller för altaner.",
        "Lov",
        "Altaner högre än 1,2 meter kräver lov. Läs om lov",
        "Vad kostar det?",
        "En altan kostar 4 000 kronor.",
        "Kontakt",
        "Bygglovsenheten Telefon: 010-123 45 67 Öppettider: måndag–fredag 8–16",
    ]
    assert not extract.findings
    assert extract.metadata == {"language": "sv", "modified": "2026-02-01"}


def test_a_page_of_wordpress_is_what_its_author_wrote() -> None:
    extract = page(WORDPRESS)
    assert extract.title == "Ansök om förskola"
    assert told(extract) == [
        "Ansök om förskola",
        "Du ansöker i e-tjänsten [1].",
        "Ålder | Avgift Heltid | Avgift Deltid\n1–2 år | 1 688 kr | 1 100 kr\n1–2 år | Syskon halva",
        "Maxtaxa 2026",
        "När får jag svar?",
        "Inom fyra månader.",
        "- Ett barn",
        "- ett syskon",
        "[1] Skollagen 8 kap.",
        "Kontakta förskolan",
        "Telefon 010-765 43 21",
    ]
    assert [block.text for block in extract.blocks if block.kind is Kind.FOOTNOTE] == ["[1] Skollagen 8 kap."]
    assert not extract.findings
    assert extract.metadata == {"language": "sv", "modified": "2026-03-05"}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Senast uppdaterad: 2026-03-02", "2026-03-02"),
        ("Sidan senast uppdaterad den 2 mars 2026", "2026-03-02"),
        ("Publicerad 1 februari 2026 · Uppdaterad 2 mars 2026", "2026-03-02"),
        ("Senast granskad: 2 mars 2026 av Anna Ek", "2026-03-02"),
    ],
)
def test_when_a_page_was_changed_is_metadata(written: str, day: str) -> None:
    extract = page(f"<html><body><main><h1>Lov</h1><p>Text.</p><p>{written}</p></main></body></html>")
    assert extract.text == "Lov\n\nText."
    assert extract.metadata == {"modified": day}


def test_a_sentence_with_a_date_is_content() -> None:
    written = "Taxan är publicerad sedan 2 mars 2026 och gäller alla som bygger i kommunen."
    assert written in page(f"<html><body><main><h1>Lov</h1><p>{written}</p></main></body></html>").text


@pytest.mark.parametrize(
    "question", ["Hjälpte informationen dig?", "Hittade du det du sökte?", "Var den här sidan till hjälp?"]
)
def test_questions_about_the_page_are_left_out_with_their_box(question: str) -> None:
    box = f"<div><h2>{question}</h2><p>Ditt svar hjälper oss.</p><label>Kommentar</label></div>"
    extract = page(f"<html><body><main><h1>Lov</h1><p>{'Text om lov. ' * 40}</p>{box}</main></body></html>")
    assert extract.text == f"Lov\n\n{('Text om lov. ' * 40).strip()}"


def test_a_list_written_with_line_breaks_is_a_list() -> None:
    extract = page("<html><body><main><p>Bifoga<br>- ritning<br>- karta<br>över tomten</p></main></body></html>")
    assert told(extract) == ["Bifoga", "- ritning", "- karta över tomten"]
    assert [block.kind for block in extract.blocks[1:]] == [Kind.LIST_ITEM, Kind.LIST_ITEM]


def test_a_term_and_what_it_means_are_one_block() -> None:
    extract = page(
        "<html><body><main><dl><dt>Besök</dt><dd>Torget 1</dd><dt>Öppet</dt><dd>Måndag</dd><dd>Fredag</dd></dl>"
        "</main></body></html>"
    )
    assert told(extract) == ["Besök: Torget 1", "Öppet: Måndag", "Fredag"]


def test_a_table_that_only_places_things_is_read_as_text() -> None:
    extract = page(
        "<html><body><main><table><tr><td><h2>Lov</h2><p>Text.</p></td></tr></table>"
        "<table role='presentation'><tr><td>Vänster</td><td>Höger</td></tr></table></main></body></html>"
    )
    assert [(block.kind, block.text) for block in extract.blocks] == [
        (Kind.HEADING, "Lov"),
        (Kind.PARAGRAPH, "Text."),
        (Kind.PARAGRAPH, "Vänster"),
        (Kind.PARAGRAPH, "Höger"),
    ]


def test_spans_that_would_fill_the_memory_are_cut() -> None:
    cell = '<td colspan="100000" rowspan="100000">a</td>'
    extract = page(f"<html><body><main><table>{f'<tr>{cell}<td>b</td></tr>' * 50}</table></main></body></html>")
    assert len(extract.text) < 200_000


def test_footnotes_of_markdown_are_footnotes() -> None:
    extract = read_bytes("# Taxa\n\nAvgiften[^1] är fast.\n\n[^1]: Beslut i fullmäktige.\n".encode(), "taxa.md")
    assert [(block.kind, block.text) for block in extract.blocks] == [
        (Kind.HEADING, "Taxa"),
        (Kind.PARAGRAPH, "Avgiften [1] är fast."),
        (Kind.FOOTNOTE, "[1] Beslut i fullmäktige."),
    ]


def test_what_lies_deep_in_a_page_is_read() -> None:
    deep = f"{'<blockquote><div>' * 700}Djupt.{'</div></blockquote>' * 700}"
    assert told(page(f"<html><body><p>Överst.</p>{deep}<p>Sist.</p></body></html>")) == ["Överst.", "Djupt.", "Sist."]


DIRECTIVE = """<html><head><title>Rättsdatabaser</title></head><body><div class="header"><h1>Rättsdatabaser</h1></div>
<div class="main"><div>Post <strong>1</strong> av <strong>1</strong> träffar</div>
<div><span class="bold">Översyn av badvattnet, Dir. 1998:12</span></div>{more}<div>Beslut: 1998-02-03</div>
<div class="body-text">Dir. 1998:12

Sammanfattning av uppdraget

En utredare ska se över vattnet.</div></div></body></html>"""


def test_a_directive_in_a_database_that_has_one_title_for_all_has_its_own() -> None:
    extract = read_bytes(DIRECTIVE.format(more="").encode(), "dir.html")
    assert extract.title == "Översyn av badvattnet, Dir. 1998:12"
    assert extract.text.startswith("Översyn av badvattnet")
    # A list of them is not one of them.
    more = "<div>Översyn av luften, Dir. 1998:13</div>"
    assert read_bytes(DIRECTIVE.format(more=more).encode(), "dir.html").title == "Rättsdatabaser"
