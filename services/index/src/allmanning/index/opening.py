"""What the index process opens when it starts, and when it refuses to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.protocol import OpenedEmbedder
from allmanning.index.embed.weights import WeightsError
from allmanning.index.previous_embedder import PreviousEmbedder
from allmanning.index.settings import IndexSettings
from allmanning.index.store.about import About, model_differs
from allmanning.index.store.reindexing import ReindexingStore
from allmanning.index.store.root import IndexRoot
from allmanning.index.version import index_version
from allmanning.runtime.errors import PlatformError, Refused


@dataclass(frozen=True)
class Opened:
    """The store, the embedder of this release, and the one of the live index when that is another."""

    store: ReindexingStore
    embedder: OpenedEmbedder
    previous: PreviousEmbedder | None


@asynccontextmanager
async def opened(settings: IndexSettings) -> AsyncIterator[Opened]:
    """Everything, ready to answer.

    Raises:
        Refused: `index.model_differs`, `index.previous_model_missing`.
        Unavailable: `index.in_use`, `embedder.unavailable`.
    """
    async with AsyncExitStack() as stack:
        embedder = _embedder(settings.tei_url, settings.embedder_threads)
        stack.push_async_callback(embedder.close)
        await embedder.warm_up()
        wanted = About(index_version(embedder.model, embedder.dimension), embedder.model, embedder.dimension)
        root = IndexRoot(settings.index_dir)
        stack.callback(root.close)
        root.open()
        previous = await _previous(root, wanted, settings)
        if previous:
            stack.push_async_callback(previous.close)
        store = ReindexingStore(root, wanted, embedder, previous)
        stack.push_async_callback(store.close)
        await store.warm_up()
        yield Opened(store, embedder, previous)


def _embedder(tei_url: str, threads: int) -> OpenedEmbedder:
    if tei_url:
        # Its client takes a second to import, which one machine can do without.
        from allmanning.index.embed.tei import TeiEmbedder

        return TeiEmbedder(tei_url)
    return LocalEmbedder(threads=threads)


async def _previous(root: IndexRoot, wanted: About, settings: IndexSettings) -> PreviousEmbedder | None:
    """The embedder of the live index, when it has to answer while an index of another model is built."""
    live = root.live
    if live is None or live.about.index_version == wanted.index_version or live.about.same_vectors(wanted):
        return None
    if settings.reindex == "empty":
        root.clear()
        return None
    begun = root.next is not None and root.next.about.index_version == wanted.index_version
    if settings.reindex == "false" and not begun:
        raise model_differs(live.about, wanted)
    embedder = _embedder(settings.previous_tei_url, 1)
    try:
        await embedder.warm_up()
    except (PlatformError, WeightsError) as error:
        await embedder.close()
        raise _missing(live.about) from error
    if not live.about.same_vectors(About("", embedder.model, embedder.dimension)):
        await embedder.close()
        raise _missing(live.about)
    return PreviousEmbedder(embedder)


def _missing(live: About) -> Refused:
    return Refused(
        "index.previous_model_missing",
        f"Indexet svarar med modellen {live.model} ({live.dimension} värden), som inte går att öppna. Ange servern "
        "som har den i ALLMANNING_PREVIOUS_TEI_URL, eller börja med ett tomt index, som fylls på efter hand: "
        f"ALLMANNING_REINDEX=empty. (The index answers with the model {live.model} of {live.dimension} values, which "
        "cannot be opened. Name the server that has it in ALLMANNING_PREVIOUS_TEI_URL, or start with an empty index "
        "that fills up: ALLMANNING_REINDEX=empty.)",
    )
