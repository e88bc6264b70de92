"""The measure of what is read."""

from __future__ import annotations

from tests.evaluation.ingest.docling import score


def test_words_count_in_their_order_and_markup_does_not() -> None:
    assert score("# Rubrik\n\n| a | b |\n| - | - |\n| [c](http://x) | d\\_e |", "Rubrik a b c d_e") == (5, 5, 5)
    found = score("ett två tre fyra", "två ett tre fem")
    assert (found.common, found.there, found.read) == (2, 4, 4)
    assert (found.recall, found.precision) == (0.5, 0.5)
