"""What a store gives back of a document: every passage as it was staged, in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from allmanning.contracts.index.v1.index_pb import IndexedPassage, TokenVectors
from allmanning.index.store.protocol import PassageStore
from tests.contract.index.passages import TEXTS, document, indexed, published


def assert_same(found: Sequence[IndexedPassage], staged: Sequence[IndexedPassage]) -> None:
    """All but the last bit of the vectors, which the stand-in of the server makes unit length once more."""
    for one, other in zip(found, staged, strict=True):
        np.testing.assert_allclose(np.frombuffer(one.dense, "<f4"), np.frombuffer(other.dense, "<f4"), rtol=1e-6)
        one.dense = other.dense
        assert one.to_binary() == other.to_binary()


async def test_what_is_stored_of_a_document_is_what_was_staged_in_order(store: PassageStore) -> None:
    await published(store, document(version="v1"), TEXTS)
    await published(store, document(authority="granby"), ["Andras."])
    await store.stage(indexed(document(version="v2"), ["Väntar."]))
    page = await store.stored("soltuna", "taxa")
    assert_same(page.passages, indexed(document(version="v1"), TEXTS))
    assert page.next == 0
    assert page.index_version
    assert [each.passage.text for each in (await store.stored("soltuna", "taxa", 1)).passages if each.passage] == TEXTS[
        1:
    ]
    assert (await store.stored("soltuna", "okänt")).passages == []


async def test_pages_of_what_is_stored_have_every_passage_once_and_fit_in_a_message(store: PassageStore) -> None:
    texts = [f"Stycke {number}" for number in range(150)]
    passages = indexed(document(), texts)
    for each in passages:
        each.tokens, each.sentences = TokenVectors(codes=bytes(64 * 400), dimension=64), bytes(400)
    await store.stage(passages)
    await store.publish("soltuna", "taxa", "v1")
    found: list[IndexedPassage] = []
    first = 0
    while True:
        page = await store.stored("soltuna", "taxa", first)
        assert len(page.to_binary()) < 1_000_000
        found += page.passages
        first = page.next
        if not first:
            break
    assert_same(found, passages)
