"""`allmanning evaluate retrieval`: the product's own search, measured on a judged set.

The whole of it: the set is indexed as documents are, and each question goes the way of `retrieve.v1.search`. Nothing
needs to run beside it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.protocol import Embedder
from allmanning.node.evaluate.comparison import Comparison, compare
from allmanning.node.evaluate.figures import RetrievalFigures, figures_of
from allmanning.node.evaluate.indexed_set import IndexedSet, indexed
from allmanning.node.evaluate.judged import JudgedSet, read_judged_set
from allmanning.node.evaluate.run import Run
from allmanning.node.evaluate.settings import SearchSettings, read_settings
from allmanning.node.evaluate.vocabulary import read_vocabulary
from allmanning.retrieve.pipeline import Retrieval

AS_SHIPPED = SearchSettings()
RUN_SUFFIX = ".json"


@dataclass(frozen=True)
class Outcome:
    """The run that was asked for, and how it stands against another one, if one was named."""

    run: Run
    figures: RetrievalFigures
    comparison: Comparison | None = None


async def evaluate_retrieval(folder: Path, embedder: Embedder | None = None) -> RetrievalFigures:
    """Figures of the set in `folder` (see `judged`) with the search as it ships.

    Raises:
        InvalidInput: With file and line, when the set is malformed.
    """
    return (await evaluated(folder, embedder=embedder)).figures


async def evaluated(
    folder: Path, settings: Path | None = None, against: Path | None = None, embedder: Embedder | None = None
) -> Outcome:
    """Run the set in `folder` with the settings in a file, and compare it with what `against` names.

    Args:
        folder: See `judged`.
        settings: See `SearchSettings`; None for the search as it ships.
        against: Other settings (.yaml), run on the same index, or a run that was saved (.json).
        embedder: A warm one in place of the product's.

    Raises:
        InvalidInput: With file and line, when a file is malformed; `evaluation.other_questions`.
    """
    judged = read_judged_set(folder)
    wanted = [read_settings(settings) if settings else AS_SHIPPED]
    saved = Run.read(against) if against and against.suffix == RUN_SUFFIX else None
    if against and saved is None:
        wanted.append(read_settings(against))
    run, *others = await runs(judged, wanted, embedder)
    before = saved or next(iter(others), None)
    return Outcome(
        run,
        figures_of(run.rankings, judged.grades, run.seconds),
        compare(judged, before, run) if before else None,
    )


async def runs(judged: JudgedSet, settings: Sequence[SearchSettings], embedder: Embedder | None = None) -> list[Run]:
    """One run for each of `settings`, all on the same index.

    Raises:
        InvalidInput: What a setting or a question has wrong.
    """
    async with warm(embedder) as ready, indexed(judged, ready) as index:
        return [await _run(index, ready, each) for each in settings]


@asynccontextmanager
async def warm(embedder: Embedder | None) -> AsyncIterator[Embedder]:
    """The embedder given, or the one that ships with the product for as long as the block lasts."""
    if embedder is not None:
        yield embedder
        return
    # A remembered question would cost the second run nothing.
    own = LocalEmbedder(threads=2, remembered_queries=0)
    try:
        await own.warm_up()
        yield own
    finally:
        await own.close()


async def _run(index: IndexedSet, embedder: Embedder, settings: SearchSettings) -> Run:
    retrieval = Retrieval(
        embedder,
        index.store,
        vocabulary=read_vocabulary(settings.synonyms) if settings.synonyms else None,
        pipeline_file=settings.pipeline,
        tei_reranker_url=settings.tei_reranker_url,
    )
    try:
        await retrieval.warm_up()
        return await index.run(retrieval)
    finally:
        await retrieval.close()
