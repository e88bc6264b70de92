"""JSON, XML and reStructuredText."""

from __future__ import annotations

import json

import pytest

from allmanning.ingest.read.document import Kind
from allmanning.runtime.errors import Unprocessable
from tests.unit.ingest.files import read_bytes


def test_a_page_inside_json_is_read_as_a_page() -> None:
    document = {
        "dokumentstatus": {
            "dokument": {
                "dok_id": "H210",
                "titel": "Hyresrätter i Skåne",
                "typ": "ip",
                "datum": "2026-01-02",
                "dokument_url_text": "http://data.example.se/dokument/H210",
                "html": "<h2>Fråga</h2><p>Avser statsrådet att agera?</p>",
                "text": "Fråga Avser statsrådet att agera?",
            },
            "dokintressent": {"intressent": [{"namn": "Anna", "roll": "svarar"}, {"namn": "Bo", "roll": "frågar"}]},
        }
    }
    extract = read_bytes(json.dumps(document).encode(), "a.json")
    assert extract.title == "Hyresrätter i Skåne"
    assert extract.text == (
        "Hyresrätter i Skåne\n\ntyp: ip; datum: 2026-01-02\n\nFråga\n\nAvser statsrådet att agera?\n\n"
        "namn | roll\nAnna | svarar\nBo | frågar"
    )


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_records_are_a_table_however_they_follow_each_other(name: str) -> None:
    records = [{"namn": "Altan", "avgift": 900}, {"namn": "Plank", "lov": True}]
    expected = "namn | avgift | lov\nAltan | 900\nPlank | | true"
    for text in (json.dumps(records), "\n".join(map(json.dumps, records)), json.dumps(records, indent=1)):
        assert read_bytes(text.encode(), name).text.replace(" |  | ", " | | ") == expected


@pytest.mark.parametrize("text", ['{"a": "b"', "[" * 100_000, '{"a":' * 100 + "1" + "}" * 100, '{"a": 1} x'])
def test_broken_json_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(Unprocessable, match=r"file\.unreadable: Filen är inte JSON"):
        read_bytes(text.encode(), "a.json")


def test_xml_titles_lists_tables_and_footnotes() -> None:
    text = (
        "<book><title>Handbok</title><chapter><title>Lov</title><para>Sök <emphasis>alltid</emphasis> lov"
        "<footnote><para>Se lagen.</para></footnote> för:</para><itemizedlist><listitem><para>altan</para></listitem>"
        "</itemizedlist><table><row><entry>Vad</entry><entry>Pris</entry></row><row><entry>Altan</entry>"
        "<entry>9</entry></row></table></chapter></book>"
    )
    assert [(block.kind, block.level, block.text) for block in read_bytes(text.encode(), "a.xml").blocks] == [
        (Kind.HEADING, 1, "Handbok"),
        (Kind.HEADING, 2, "Lov"),
        (Kind.PARAGRAPH, 0, "Sök alltid lov för:"),
        (Kind.FOOTNOTE, 0, "Se lagen."),
        (Kind.LIST_ITEM, 0, "- altan"),
        (Kind.TABLE, 0, "Vad | Pris\nAltan | 9"),
    ]


def test_xml_entities_fetch_and_expand_nothing() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        f'<!DOCTYPE r [<!ENTITY a0 "ha">{laughs}<!ENTITY x SYSTEM "file:///etc/passwd">'
        '<!ENTITY y SYSTEM "http://127.0.0.1:9/">]><r><p>Text &x;&y; slut</p><p>{}</p></r>'
    )
    assert read_bytes(text.replace("{}", "").encode(), "a.xml").text == "Text slut"
    assert read_bytes(text.replace("{}", "&a11;").encode(), "a.xml").text == "Text slut"


def test_xml_with_a_name_that_is_not_declared_is_read() -> None:
    assert read_bytes(b"<r><p>Ett&nbsp;tv\xc3\xa5</p><p>Tre</p></r>", "a.xml").text.endswith("Tre")


def test_rst_titles_have_the_level_of_their_lines() -> None:
    text = (
        "=======\nHandbok\n=======\n\nLov\n---\n\nSök `lov <http://x.se>`_ **alltid**:\n\n- altan\n- plank\n\n"
        "Avgift\n~~~~~~\n\n.. include:: /etc/passwd\n\n.. note:: Betala.\n\nTid\n---\n\nTre veckor.\n"
    )
    extract = read_bytes(text.encode(), "a.rst")
    assert [(block.level, block.text) for block in extract.blocks] == [
        (1, "Handbok"),
        (2, "Lov"),
        (0, "Sök lov alltid:"),
        (0, "- altan"),
        (0, "- plank"),
        (3, "Avgift"),
        (0, "Betala."),
        (2, "Tid"),
        (0, "Tre veckor."),
    ]
    assert extract.title == "Handbok"
