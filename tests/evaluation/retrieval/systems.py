"""The product and its baselines on one judged set: the same passages, the same questions, entries ranked alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allmanning.index.text import indexed_text
from allmanning.node.evaluate.figures import RetrievalFigures, figures_of
from allmanning.node.evaluate.indexed_set import IndexedSet, indexed, passages_of
from allmanning.node.evaluate.judged import JudgedSet
from allmanning.retrieve.pipeline import Retrieval
from tests.evaluation.retrieval.baselines.bm25 import Bm25
from tests.evaluation.retrieval.baselines.haystack_hybrid import HaystackHybrid
from tests.evaluation.retrieval.baselines.rrf import fused
from tests.evaluation.retrieval.recorder import Recorder

PRODUCT = "product"
NAMES = ("BM25-sv", "e5", "RRF60", "Haystack hybrid", PRODUCT)
DEPTH = 100

Ranking = Callable[[str, NDArray[np.float32]], Sequence[int]]
"""From a question and its vector to rows of the passages, best first."""


@dataclass(frozen=True)
class Systems:
    """`texts` are the passages as they are indexed, `alike` the entries behind each of them."""

    index: IndexedSet
    retrieval: Retrieval
    embedder: Recorder
    texts: Sequence[str]
    baselines: Mapping[str, Ranking]

    async def figures(self, judged: JudgedSet) -> dict[str, RetrievalFigures]:
        """Every system on the questions of `judged`, whose entries are those that are indexed."""
        asked = list(judged.grades)
        vectors = dict(
            zip(asked, await self.embedder.embed_queries([judged.queries[query] for query in asked]), strict=True)
        )
        found = {
            name: {query: self._entries(ranking(judged.queries[query], vectors[query])) for query in asked}
            for name, ranking in self.baselines.items()
        }
        found[PRODUCT] = dict((await replace(self.index, judged=judged).run(self.retrieval)).rankings)
        # How long it takes is measured at scale, elsewhere.
        return {name: figures_of(rankings, judged.grades, seconds=0) for name, rankings in found.items()}

    def _entries(self, rows: Sequence[int]) -> Sequence[str]:
        return list(dict.fromkeys(entry for row in rows for entry in self.index.alike[self.texts[row]]))


@asynccontextmanager
async def systems(judged: JudgedSet, embedder: Recorder) -> AsyncIterator[Systems]:
    """Index the set for the product and for each baseline; embeds every passage once."""
    embedder.forget()
    async with indexed(judged, embedder) as index:
        retrieval = Retrieval(embedder, index.store)
        await retrieval.warm_up()
        try:
            texts = list(dict.fromkeys(map(indexed_text, passages_of(judged)[0])))
            yield Systems(index, retrieval, embedder, texts, _baselines(texts, await embedder.vectors(texts)))
        finally:
            await retrieval.close()


def _baselines(texts: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, Ranking]:
    bm25 = Bm25(texts)
    hybrid = HaystackHybrid(texts, bm25, vectors, DEPTH)

    def words(question: str, _: NDArray[np.float32]) -> list[int]:
        return _best(bm25.scores(question))

    def meaning(_: str, vector: NDArray[np.float32]) -> list[int]:
        return _best(vectors @ vector)

    def both(question: str, vector: NDArray[np.float32]) -> list[int]:
        return fused(words(question, vector), meaning(question, vector))

    return dict(zip(NAMES, (words, meaning, both, hybrid.ranking), strict=False))


def _best(scores: NDArray[np.floating]) -> list[int]:
    """Rows with a score above zero, best first; of equals the one that stands first."""
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    return [int(row) for row in order if scores[row] > 0]
