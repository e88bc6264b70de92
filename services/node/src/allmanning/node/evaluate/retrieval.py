"""`allmanning evaluate retrieval`: the product's own search, measured on a judged set.

The set is indexed in a temporary folder with the splitter, analyser, embedder, engine and fusion of the product, and
asked as a citizen would ask it. Nothing needs to run beside it.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.protocol import Embedder
from allmanning.index.encode import encode_passages, encode_question
from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.protocol import PassageStore
from allmanning.index.store.ranking import MAX_LIMIT
from allmanning.index.text import indexed_text
from allmanning.index.version import index_version
from allmanning.ingest.read.text import read_text
from allmanning.ingest.split import PassageSplitter
from allmanning.node.evaluate.figures import RetrievalFigures, figures_of
from allmanning.node.evaluate.judged import JudgedSet, read_judged_set

DOCUMENT = DocumentVersion(
    id="set",
    version="1",
    authority="evaluation",
    collection="set",
    secrecy=Secrecy.OPEN,
    media_type="application/jsonl",
)
CITIZEN = Principal(authority=DOCUMENT.authority, role=Role.CITIZEN, channel="citizen", clearances=[Secrecy.OPEN])
STAGED_AT_ONCE = 256


async def evaluate_retrieval(folder: Path, embedder: Embedder | None = None) -> RetrievalFigures:
    """Figures of the set in `folder` (see `judged`); two minutes for 7,000 passages on two processors.

    Raises `InvalidInput` with file and line when the set is malformed.
    """
    judged = read_judged_set(folder)
    async with AsyncExitStack() as opened:
        if embedder is None:
            embedder = LocalEmbedder(threads=2)
            opened.push_async_callback(embedder.close)
            await embedder.warm_up()
        place = opened.enter_context(tempfile.TemporaryDirectory(prefix="allmanning-evaluate-"))
        version = index_version(embedder.model, embedder.dimension)
        store = EdgeStore(Path(place) / "index", version, embedder.dimension)
        opened.push_async_callback(store.close)
        await store.warm_up()
        return await _measured(judged, embedder, store)


async def _measured(judged: JudgedSet, embedder: Embedder, store: PassageStore) -> RetrievalFigures:
    passages, entries = _passages(judged)
    for start in range(0, len(passages), STAGED_AT_ONCE):
        await store.stage(await encode_passages(passages[start : start + STAGED_AT_ONCE], embedder))
    await store.publish(DOCUMENT.authority, DOCUMENT.id, DOCUMENT.version)
    # The engine answers once for passages that say the same. No search could tell these entries apart, so each takes a
    # place; one with the same text under another title does not.
    alike: dict[str, list[str]] = {}
    for passage, entry in zip(passages, entries, strict=True):
        alike.setdefault(indexed_text(passage), []).append(entry)
    started = time.perf_counter()
    found = {query: await _search(judged.queries[query], embedder, store) for query in judged.grades}
    seconds = time.perf_counter() - started
    rankings = {
        query: list(dict.fromkeys(entry for passage in answer for entry in alike[indexed_text(passage)]))
        for query, answer in found.items()
    }
    return figures_of(rankings, judged.grades, seconds)


async def _search(question: str, embedder: Embedder, store: PassageStore) -> list[Passage]:
    dense, sparse = await encode_question(question, embedder)
    today = datetime.now(UTC).date().isoformat()
    answer = await store.search(
        SearchRequest(principal=CITIZEN, dense=dense, sparse=sparse, limit=MAX_LIMIT, as_of=today)
    )
    return [scored.passage for scored in answer.passages if scored.passage]


def _passages(judged: JudgedSet) -> tuple[list[Passage], list[str]]:
    """The passages of the set, read and split as text files are, and the entry that each is a part of.

    The set is one document and an entry's title is the heading over it: the same words are embedded and analysed as if
    each entry were a document, and all of it is published in one step.
    """
    splitter = PassageSplitter()
    passages: list[Passage] = []
    entries: list[str] = []
    for entry in judged.corpus.values():
        extract = read_text(entry.text.encode())
        title = entry.title.strip() or extract.title
        for passage in splitter.run(document=DOCUMENT, extract=extract)["passages"]:
            headings = [title] if title else []
            if passage.location:
                headings += passage.location.headings
            position = len(passages)
            passages.append(
                Passage(
                    id=str(position),
                    document=DOCUMENT,
                    text=passage.text,
                    location=Location(headings=headings),
                    position=position,
                )
            )
            entries.append(entry.id)
    return passages, entries
