"""What is shown of a passage: why it was found."""

from __future__ import annotations

import re

from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage, Span
from allmanning.gateway.pages.caseworker.snippet import snippet

SENTENCE = "En altan & ett plank kan kräva bygglov."


def span_of(text, words, start=0):
    start = text.index(words, start)
    return Span(start=start, end=start + len(words))


def found(text, sentence="", words=()):
    return ScoredPassage(
        passage=Passage(text=text),
        sentence=span_of(text, sentence) if sentence else None,
        matches=[span_of(text, each) for each in words],
    )


def shown(html):
    return re.sub(r"<[^>]+>", "", html)


def test_the_best_sentence_stands_in_its_context_with_the_words_marked():
    text = "ord " * 200 + SENTENCE + " slut" * 200
    html = snippet(found(text, SENTENCE, ["altan", "bygglov"]))

    assert (
        '<span class="sentence">En <mark>altan</mark> &amp; ett plank kan kräva <mark>bygglov</mark>.</span>'
    ) in html
    assert html.startswith("… ord ")
    assert html.endswith(" slut …")
    assert len(shown(html)) < 480


def test_spans_count_code_points():
    html = snippet(found("🎈🎈 Ett. Två altaner.", "Två altaner.", ["altaner"]))

    assert html == '🎈🎈 Ett. <span class="sentence">Två <mark>altaner</mark>.</span>'


def test_without_spans_the_passage_is_shown_from_its_beginning():
    html = snippet(found("<b>Inledning</b> " + "ord " * 300))

    assert html.startswith("&lt;b&gt;Inledning")
    assert html.endswith(" …")
    assert "<mark>" not in html


def test_words_without_a_sentence_are_shown_where_they_stand():
    html = snippet(found("ord " * 300 + "altan " + "slut " * 300, words=["altan"]))

    assert "<mark>altan</mark> slut" in html
    assert 'class="sentence"' not in html


def test_a_table_that_counts_as_one_sentence_is_cut_around_the_word():
    rows = " ".join(f"rad{number} | {number}" for number in range(400))
    html = snippet(found(rows, rows, ["rad333"]))

    assert "<mark>rad333</mark>" in html
    assert len(shown(html)) < 1_000


def test_the_context_begins_at_a_line_and_keeps_lines_apart():
    text = "rubrik " * 60 + "\n\nFörsta raden.\n\n" + SENTENCE
    html = snippet(found(text, SENTENCE))

    assert html.startswith("… Första raden.\n<span")


def test_spans_beyond_the_text_do_no_harm():
    scored = ScoredPassage(
        passage=Passage(text="Kort."), sentence=Span(start=90, end=99), matches=[Span(start=2, end=90)]
    )

    assert shown(snippet(scored)) == "Kort."


def test_words_that_overlap_are_marked_once():
    scored = ScoredPassage(passage=Passage(text="bygglov"), matches=[Span(start=0, end=5), Span(start=3, end=7)])

    assert snippet(scored) == "<mark>byggl</mark><mark>ov</mark>"
