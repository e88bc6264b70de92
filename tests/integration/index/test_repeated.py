"""A new version takes over the vectors of the passages that it repeats, as if they had been made again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from allmanning.contracts.passage.v1.passage_pb import Location, Passage
from allmanning.index.embed.protocol import Embedded
from allmanning.index.encode import encode_passages
from allmanning.index.repeated import repeated
from allmanning.index.store.edge import EdgeStore
from allmanning.index.version import index_version
from tests.benchmark.retrieve.word_vectors import WordVectors
from tests.contract.index.passages import document

MODEL, DIMENSION = "words@1", 64
SAID = st.sampled_from(
    ["Avgiften är 4 200 kronor. Den betalas i förskott.", "Ansök i e-tjänsten.", "Bygglov krävs. Inte alltid.", "§ 4"]
)
PLACED = st.tuples(SAID, st.lists(st.sampled_from(["Avgifter", "Bygglov", "Ansök i e-tjänsten."]), max_size=2))
VERSION = st.tuples(st.sampled_from(["Taxa", "Avgifter", ""]), st.lists(PLACED, min_size=1, max_size=8))


class Counting(WordVectors):
    """Says which texts it was given."""

    def __init__(self, model: str = MODEL) -> None:
        super().__init__(model, DIMENSION)
        self.given: list[str] = []

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded:
        self.given += texts
        return await super().embed_passage_tokens(texts)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EdgeStore]:
    store = EdgeStore(tmp_path, index_version(MODEL, DIMENSION), DIMENSION)
    await store.warm_up()
    yield store
    await store.close()


def passages(version: str, title: str, placed: Sequence[tuple[str, Sequence[str]]]) -> list[Passage]:
    of = document(version=version)
    of.title = title
    return [
        Passage(
            id=f"{version}-{at}",
            document=of,
            text=text,
            location=Location(headings=list(headings), start=at),
            position=at,
        )
        for at, (text, headings) in enumerate(placed)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=VERSION, after=VERSION)
# The same words are embedded, and stand in other sentences.
@example(before=("Taxa", [("Gäller nu.", ["Avgift."])]), after=("Taxa", [("Avgift.\nGäller nu.", [])]))
async def test_what_is_taken_over_is_what_would_have_been_made(
    store: EdgeStore,
    before: tuple[str, list[tuple[str, list[str]]]],
    after: tuple[str, list[tuple[str, list[str]]]],
) -> None:
    await store.retire("soltuna", "taxa")
    await store.stage(await encode_passages(passages("v1", *before), Counting()))
    await store.publish("soltuna", "taxa", "v1")
    new, embedder = passages("v2", *after), Counting()
    reused = await encode_passages(new, embedder, await repeated(new, store, embedder))
    fresh = await encode_passages(new, Counting())
    assert [each.to_binary() for each in reused] == [each.to_binary() for each in fresh]
    if before == after:
        assert embedder.given == []


async def test_vectors_of_another_embedder_are_never_taken_over(store: EdgeStore) -> None:
    said = [("Ansök i e-tjänsten.", ())]
    await store.stage(await encode_passages(passages("v1", "Taxa", said), Counting()))
    await store.publish("soltuna", "taxa", "v1")
    new = passages("v2", "Taxa", said)
    assert len(await repeated(new, store, Counting())) == 1
    assert await repeated(new, store, Counting("words@2")) == {}
