"""A judged set in a store of its own, made by the product's splitter, analyser, embedder and engine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.index.embed.protocol import Embedder
from allmanning.index.encode import encode_passages
from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.protocol import PassageStore
from allmanning.index.text import indexed_text
from allmanning.index.version import index_version
from allmanning.ingest.read.plain.text import extract_of_text
from allmanning.ingest.split import PassageSplitter
from allmanning.node.evaluate.judged import JudgedSet
from allmanning.node.evaluate.run import Run
from allmanning.retrieve.pipeline import Retrieval
from allmanning.runtime.errors import InvalidInput

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
# Passages a question: ten entries of up to three, and no more than a cross-encoder is given.
LIMIT = 30


@dataclass(frozen=True)
class IndexedSet:
    """`alike` holds the entries that say the same, by what is indexed of them."""

    judged: JudgedSet
    store: PassageStore
    alike: Mapping[str, Sequence[str]]

    async def run(self, retrieval: Retrieval) -> Run:
        """Ask every question that has a relevant entry, as a citizen would ask it.

        Raises:
            InvalidInput: What the search refuses, with the question's id.
        """
        found: dict[str, list[Passage]] = {}
        version = ""
        started = time.perf_counter()
        for query in self.judged.grades:
            request = SearchRequest(principal=CITIZEN, query=self.judged.queries[query], limit=LIMIT)
            try:
                answer = await retrieval.search(request)
            except InvalidInput as error:
                raise InvalidInput(error.code, f"{query}: {error.message}") from error
            version = answer.index_version
            found[query] = [scored.passage for scored in answer.passages if scored.passage]
        seconds = time.perf_counter() - started
        rankings = {query: self._entries(passages) for query, passages in found.items()}
        return Run(rankings=rankings, seconds=seconds, index_version=version)

    def _entries(self, passages: Sequence[Passage]) -> list[str]:
        """The engine may answer once for passages that say the same.

        No search could tell these entries apart, so each takes a place; one with the same text under another title
        does not.
        """
        return list(dict.fromkeys(entry for passage in passages for entry in self.alike[indexed_text(passage)]))


@asynccontextmanager
async def indexed(judged: JudgedSet, embedder: Embedder) -> AsyncIterator[IndexedSet]:
    """The set in a temporary folder; two minutes for 7,000 passages on two processors. `embedder` is warm."""
    with tempfile.TemporaryDirectory(prefix="allmanning-evaluate-") as folder:
        store = EdgeStore(Path(folder) / "index", index_version(embedder.model, embedder.dimension), embedder.dimension)
        try:
            await store.warm_up()
            passages, entries = passages_of(judged)
            for start in range(0, len(passages), STAGED_AT_ONCE):
                await store.stage(await encode_passages(passages[start : start + STAGED_AT_ONCE], embedder))
            await store.publish(DOCUMENT.authority, DOCUMENT.id, DOCUMENT.version)
            alike: dict[str, list[str]] = {}
            for passage, entry in zip(passages, entries, strict=True):
                alike.setdefault(indexed_text(passage), []).append(entry)
            yield IndexedSet(judged, store, alike)
        finally:
            await store.close()


def passages_of(judged: JudgedSet) -> tuple[list[Passage], list[str]]:
    """The passages of the set, read and split as text files are, and the entry that each is a part of.

    The set is one document and an entry's title is the heading over it: the same words are embedded and analysed as if
    each entry were a document, and all of it is published in one step.
    """
    splitter = PassageSplitter()
    passages: list[Passage] = []
    entries: list[str] = []
    for entry in judged.corpus.values():
        extract = extract_of_text(entry.text)
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
