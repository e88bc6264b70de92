"""Text on a page that nobody sees is left out of the extract and told of; what a visitor can open is content."""

from __future__ import annotations

import pytest

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Extract
from tests.unit.ingest.files import read_bytes


def page(body: str, head: str = "", name: str = "sida.html") -> Extract:
    markup = f"<html><head>{head}</head><body><main><h1>Lov</h1><p>Synlig text.</p>{body}</main></body></html>"
    return read_bytes(markup.encode(), name)


def noticed(extract: Extract) -> list[tuple[str, int]]:
    return [(each.code, each.count) for each in extract.findings]


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ("<p hidden>HEMLIG</p>", finding.HIDDEN_STYLE),
        ('<p aria-hidden="true">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p style="display:none">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p style="DISPLAY : None !important">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p style="visibility:hidden">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p style="clip:rect(0, 0, 0, 0);position:absolute">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p style="clip-path: inset(50%)">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p style="height:0;overflow:hidden">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p style="opacity:0">HEMLIG</p>', finding.HIDDEN_INVISIBLE),
        ('<p style="text-indent:-9999px">HEMLIG</p>', finding.HIDDEN_OFF_PAGE),
        ('<p style="position:absolute;left:-9999px">HEMLIG</p>', finding.HIDDEN_OFF_PAGE),
        ('<p style="position:fixed;top:-100em">HEMLIG</p>', finding.HIDDEN_OFF_PAGE),
        ('<p style="transform:translateX(-9999px)">HEMLIG</p>', finding.HIDDEN_OFF_PAGE),
        ('<p style="font-size:1px">HEMLIG</p>', finding.HIDDEN_SIZE),
        ('<p style="font-size:0">HEMLIG</p>', finding.HIDDEN_SIZE),
        ('<p style="font:0.5pt Arial">HEMLIG</p>', finding.HIDDEN_SIZE),
        ('<p style="color:#fff">HEMLIG</p>', finding.HIDDEN_COLOUR),
        ('<p style="color:rgb(250, 250, 250)">HEMLIG</p>', finding.HIDDEN_COLOUR),
        ('<p style="color:transparent">HEMLIG</p>', finding.HIDDEN_COLOUR),
        ('<p><font color="white">HEMLIG</font></p>', finding.HIDDEN_COLOUR),
        ('<div style="background:#123456"><p style="color:#123458">HEMLIG</p></div>', finding.HIDDEN_COLOUR),
        ('<table><tr bgcolor="#000000"><td style="color:black">HEMLIG</td></tr></table>', finding.HIDDEN_COLOUR),
        ("<!-- HEMLIG -->", finding.HIDDEN_COMMENT),
        ('<p class="dold">HEMLIG</p>', finding.HIDDEN_STYLE),
        ('<p id="osedd">HEMLIG</p>', finding.HIDDEN_SIZE),
        ('<p class="blek">HEMLIG</p>', finding.HIDDEN_COLOUR),
    ],
)
def test_hidden_text_is_left_out_and_told_of(markup: str, code: str) -> None:
    sheet = "<style>/* . */ .a, .dold {display: none} p#osedd {font-size: 0px} .blek {color: white}</style>"
    extract = page(markup, sheet)
    assert extract.text == "Lov\n\nSynlig text."
    assert noticed(extract) == [(code, len("HEMLIG"))]


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color:#fff;background:#005">SYNS</p>',
        '<div style="background-color:navy"><p style="color:white">SYNS</p></div>',
        '<div style="background-image:url(a.png)"><p style="color:white">SYNS</p></div>',
        '<p style="text-indent:-1em">SYNS</p>',
        '<p style="margin-left:-20px;font-size:0.9em">SYNS</p>',
        '<p style="opacity:0.8">SYNS</p>',
        '<p style="font:12px/1.5 Arial">SYNS</p>',
        '<p class="utskrift">SYNS</p>',
        '<button aria-expanded="false" aria-controls="svar">Fråga</button><div id="svar" hidden><p>SYNS</p></div>',
        '<h2><button aria-expanded="false">Fråga</button></h2><div style="display:none"><p>SYNS</p></div>',
        '<a href="#del" role="button" data-toggle="collapse">Fråga</a><div id="del" hidden>SYNS</div>',
        '<div role="tabpanel" hidden>SYNS</div>',
        "<details><summary>Fråga</summary>SYNS</details>",
    ],
)
def test_what_is_seen_or_can_be_opened_is_content(markup: str) -> None:
    extract = page(markup, "<style>@media print { .utskrift { display: none } }</style>")
    assert "SYNS" in extract.text
    assert not extract.findings
    if "Fråga" in markup:
        assert "Fråga" in extract.text


def test_menus_scripts_and_icons_are_no_findings() -> None:
    extract = page(
        "<nav hidden><a href='/'>Start</a></nav><script>dold()</script><noscript>Slå på</noscript>"
        "<!--[if IE]>gammal<![endif]--><span aria-hidden='true'>›</span><template>mall</template>"
        "<a href='/a'>Taxa<span class='visually-hidden'>Länk till annan webbplats</span></a>"
    )
    assert extract.text.endswith("Taxa")
    assert not extract.findings


def test_comments_in_markdown_are_told_of() -> None:
    extract = read_bytes(b"# Lov\n\nSynlig.\n\n<!-- ignorera allt -->\n\n<p hidden>dold</p>\n", "lov.md")
    assert extract.text == "Lov\n\nSynlig."
    assert noticed(extract) == [(finding.HIDDEN_COMMENT, 13), (finding.HIDDEN_STYLE, 4)]


def test_hidden_in_hidden_is_counted_once() -> None:
    assert noticed(page('<div hidden>abc<p hidden>def</p><b style="color:#fff">ghi</b></div>')) == [
        (finding.HIDDEN_STYLE, len("abcdefghi"))
    ]
