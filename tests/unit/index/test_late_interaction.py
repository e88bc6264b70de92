from __future__ import annotations

import base64

import numpy as np
import pytest

from allmanning.contracts.index.v1.index_pb import TokenVectors
from allmanning.index.encode import ABOVE
from allmanning.index.store.late_interaction import UNTOLD, Question
from allmanning.index.store.point import Payload

FEE, TIME, OTHER = (127, 0), (0, 127), (-127, 0)


def question(*tokens: tuple[int, int], weights: tuple[float, ...] = ()) -> Question:
    return Question(TokenVectors(codes=np.array(tokens, np.int8).tobytes(), dimension=2, weights=list(weights)))


def passage(*tokens: tuple[int, int], sentences: tuple[int, ...] = ()) -> Payload:
    return {
        "tokens": base64.b64encode(np.array(tokens, np.int8).tobytes()).decode(),
        "sentences": base64.b64encode(bytes(sentences)).decode(),
    }


def test_each_token_of_the_question_meets_the_one_most_like_it() -> None:
    assert question(FEE, TIME).likeness(passage(OTHER, TIME, FEE)) == pytest.approx(1.0)
    assert question(FEE, TIME).likeness(passage(FEE, OTHER)) == pytest.approx(0.5)


def test_a_rare_token_counts_for_more() -> None:
    assert question(FEE, TIME, weights=(3.0, 1.0)).likeness(passage(FEE)) == pytest.approx(0.75)


def test_the_sentence_that_answers_best_is_told() -> None:
    said = passage(OTHER, TIME, FEE, OTHER, sentences=(0, 1, 2, 2))
    assert question(FEE).sentences(said).best == 2
    assert question(TIME).sentences(said).best == 1


def test_a_heading_is_no_sentence() -> None:
    assert question(FEE).sentences(passage(FEE, OTHER, TIME, sentences=(ABOVE, 0, 1))).best == 1
    assert question(FEE).sentences(passage(FEE, sentences=(ABOVE,))).best == -1


def test_every_sentence_is_told_alone_and_with_what_stands_above() -> None:
    told = question(FEE, TIME).sentences(passage(FEE, TIME, OTHER, sentences=(ABOVE, 0, 2)))

    assert told.alone == pytest.approx([0.5, UNTOLD, -0.5])
    assert told.framed == pytest.approx([1.0, UNTOLD, 0.5])


def test_without_tokens_nothing_is_told() -> None:
    assert question(FEE).likeness({}) is None
    assert question(FEE).sentences({}).best == -1
    assert Question(None).likeness(passage(FEE)) is None
    assert Question(None).sentences(passage(FEE, sentences=(0,))).best == -1
