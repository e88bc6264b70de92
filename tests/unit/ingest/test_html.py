"""Of a web page: what its author wrote, and all of it."""

from __future__ import annotations

from allmanning.ingest.read.document import Extract, Kind
from tests.unit.ingest.files import read_bytes

PAGE = """<!DOCTYPE html><html lang="sv"><head><title>Bygglov | Uddby kommun</title><meta charset="utf-8"></head><body>
<header><a href="/">Uddby kommun</a></header><nav><ul><li>Start</li></ul></nav><div class="cookie-banner">Kakor</div>
<main><h1>Bygglov</h1><p>Du behöver <b>bygglov</b> för att bygga.<br>Ansök i god tid.</p>
<p hidden>dold</p><div style="display: none">osynlig</div><script>skript()</script>
<h2>Avgifter</h2><table><caption>Taxa 2026</caption><tr><th>Åtgärd</th><th>Avgift</th></tr>
<tr><td>Carport</td><td>4 000 kr</td></tr></table>
<dl><dt>Handläggningstid</dt><dd>Tio veckor</dd></dl>
<details><summary>Vanliga frågor</summary>Svar i utfällning</details>
<figure><img alt=""><figcaption>Bildtext</figcaption></figure>
<ol start="3"><li>Tredje</li><li><p>Fjärde</p></li></ol><ul><li>punkt</li></ul>
<p>första<br><br>andra</p></main><footer>Kontakta oss</footer></body></html>"""


def page(markup: str, name: str = "sida.html") -> Extract:
    return read_bytes(markup.encode(), name)


def test_main_content_is_kept_and_furniture_left_out() -> None:
    extract = page(PAGE)
    assert extract.title == "Bygglov"
    for kept in (
        "Du behöver bygglov för att bygga. Ansök i god tid.",
        "Taxa 2026",
        "Åtgärd | Avgift\nCarport | 4 000 kr",
        "Handläggningstid",
        "Tio veckor",
        "Vanliga frågor",
        "Svar i utfällning",
        "Bildtext",
        "3. Tredje\n4. Fjärde\n- punkt",
        "första\n\nandra",
    ):
        assert kept in extract.text, kept
    for dropped in ("Kakor", "Start", "dold", "osynlig", "skript", "Kontakta"):
        assert dropped not in extract.text, dropped
    headings = [(block.level, block.text) for block in extract.blocks if block.kind is Kind.HEADING]
    assert headings == [(1, "Bygglov"), (2, "Avgifter")]


def test_page_without_main_or_title() -> None:
    extract = page("<html><body><article><header><h1>Nyhet</h1></header><p>Text.</p></article></body></html>")
    assert (extract.title, extract.text) == ("Nyhet", "Nyhet\n\nText.")


def test_menus_of_a_page_without_main_are_left_out() -> None:
    menu = "".join(f'<li><a href="/{letter}">{letter}</a></li>' for letter in "ABCDE")
    facts = '<li>Taxan finns i <a href="/taxa">kommunens taxa</a> från 2026.</li>'
    extract = page(f"<html><body><ul>{menu}</ul><p>Om taxor.</p><ul>{facts}</ul></body></html>")
    assert extract.text == "Om taxor.\n\n- Taxan finns i kommunens taxa från 2026."


def test_markdown_keeps_lists_tables_and_numbers() -> None:
    extract = page("# Taxa\n\n1. ett\n2. två\n\n| A | B |\n|---|---|\n| 1 | 2 |\n", "taxa.md")
    assert extract.title == "Taxa"
    assert "1. ett\n2. två" in extract.text
    assert "A | B\n1 | 2" in extract.text


def test_broken_front_matter_is_text() -> None:
    assert "secrecy: [" in page("---\nsecrecy: [\n---\nText.", "a.md").text
