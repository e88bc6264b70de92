from __future__ import annotations

import pytest

from allmanning.index.analyse import IDENTIFIER_WEIGHT
from allmanning.index.sparse import GRAM_WEIGHT, grams, passage_vector, question_vector, term_id


def test_a_term_has_the_same_number_in_every_process() -> None:
    assert term_id("bygglov") == 3_921_780_228


def test_repeating_a_word_helps_less_and_less() -> None:
    weights = [max(passage_vector("bygglov " * count).values) for count in (1, 2, 3)]
    assert weights[0] < weights[1] < weights[2]
    assert weights[2] - weights[1] < weights[1] - weights[0]


def weights(text: str) -> dict[int, float]:
    vector = passage_vector(text)
    return dict(zip(vector.indices, vector.values, strict=True))


def test_a_word_says_less_in_a_longer_passage() -> None:
    long = "avgift " + " ".join(f"ord{n}" for n in range(300))
    for term in ("avgift", "#avgi"):
        assert weights("avgift")[term_id(term)] > weights(long)[term_id(term)]


def test_a_damaged_word_shares_grams_with_what_it_should_be() -> None:
    asked = question_vector("förskoleavgift")
    gram_weight = dict(zip(asked.indices, asked.values, strict=True))[term_id("#skol")]
    assert gram_weight == GRAM_WEIGHT
    assert term_id("#skol") in weights("f6rskoleavgitt")


def test_a_short_word_is_a_gram_of_its_own() -> None:
    assert grams("å") == ("#_a_",)
    assert grams("kö") == ("#_ko_",)
    assert grams("köer") == ("#_koe", "#koer", "#oer_")


def test_an_identifier_weighs_more_than_a_word_in_a_question() -> None:
    vector = question_vector("ärende KS 2024/123")
    weight = dict(zip(vector.indices, vector.values, strict=True))
    assert weight[term_id("dnr ks 2024/123")] == IDENTIFIER_WEIGHT
    assert weight[term_id("arend")] == 1.0


@pytest.mark.parametrize("text", ["", "och det att", "¤¤ ..."])
def test_a_text_without_terms_has_an_empty_vector(text: str) -> None:
    assert (passage_vector(text).indices, question_vector(text).indices) == ([], [])


def test_indices_are_unique_and_sorted() -> None:
    indices = passage_vector("bygglov avgift bygglov taxa").indices
    assert indices == sorted(set(indices))
