"""Text from documents and people becomes HTML and headers without becoming code."""

from __future__ import annotations

import json

import pytest

from allmanning.contracts.generate.v1.generate_pb import Finished
from allmanning.gateway.answers import remainder
from allmanning.gateway.decisions import stated_reason
from allmanning.gateway.events import event
from allmanning.gateway.linked_text import linked_numbers
from allmanning.gateway.pages.signin.own_path import own_path
from allmanning.gateway.upload import safe_name


def test_numbers_become_links_and_everything_else_is_escaped():
    html = linked_numbers('Nej. [1] <script> "x" [12]', "kalla-d")

    assert '<a class="number" href="#kalla-d-1">[1]</a> &lt;script&gt;' in html
    assert "<script>" not in html


def test_an_event_is_one_line_of_data():
    line = event({"text": "rad ett\nrad två\r\n"}, "sentence")

    head, data, end = line.split("\n", 2)
    assert (head, end) == ("event: sentence", "\n")
    assert json.loads(data.removeprefix("data: "))["text"] == "rad ett\nrad två\r\n"


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [("Hej.", "", "Hej."), ("Ett. Två.", "Ett.", " Två."), ("Ett.", "Ett.", ""), ("A", "B", "")],
)
def test_only_what_was_not_said_remains(text, said, rest):
    assert remainder(Finished(text=text), said) == rest


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\mapp\\fil.pdf", "fil.pdf"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("", "dokument"),
        ("å" * 300, "å" * 200),
    ],
)
def test_file_names_are_made_safe(given, name):
    assert safe_name(given) == name


@pytest.mark.parametrize(
    ("given", "path"),
    [("/log", "/log"), ("//ond.example", ""), ("/\\ond.example", ""), ("https://ond.example", ""), ("", "")],
)
def test_signing_in_leads_only_to_our_own_pages(given, path):
    assert own_path(given) == path


def test_a_reason_in_a_header_keeps_its_swedish_letters():
    assert stated_reason("Begäran från JO, ärende å".encode().decode("latin-1"), "") == "Begäran från JO, ärende å"
    assert stated_reason("x", "ur fråga") == "ur fråga"
    assert stated_reason(None, "") == ""
