"""The baselines, against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.evaluation.retrieval.baselines.bm25 import K1, B, Bm25
from tests.evaluation.retrieval.baselines.rrf import fused

TEXTS = ["Bygglov för altan", "Altanen, altanens altan", "Avgift"]


def test_bm25_weighs_a_stem_by_rarity_frequency_and_length() -> None:
    scores = Bm25(TEXTS).scores("altaner")
    idf, average = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5)), 7 / 3
    length = 1 - B + B * 3 / average
    assert scores == pytest.approx([idf * (K1 + 1) / (1 + K1 * length), idf * 3 * (K1 + 1) / (3 + K1 * length), 0])


def test_bm25_knows_nothing_of_a_word_that_no_text_has() -> None:
    assert not Bm25(TEXTS).scores("förskola").any()


def test_a_text_s_weights_and_the_idf_make_its_score() -> None:
    bm25 = Bm25(TEXTS)
    altan = bm25.numbers["altan"]
    idf = math.log(1 + 1.5 / 2.5)
    assert bm25.scores("altan") == pytest.approx(np.array([bm25.weights(text).get(altan, 0) for text in TEXTS]) * idf)


def test_what_both_rankings_have_comes_before_the_first_of_one() -> None:
    assert fused([1, 2], [3, 2]) == [2, 1, 3]
