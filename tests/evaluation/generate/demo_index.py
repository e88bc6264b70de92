"""The demo authority's documents in an index of their own, read and split as the product reads and splits them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage, ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.gateway.evaluation.questions import KeyedQuestion, read_questions
from allmanning.index.embed.protocol import Embedder
from allmanning.index.encode import encode_passages
from allmanning.index.store.edge import EdgeStore
from allmanning.index.version import index_version
from allmanning.ingest.metadata import completed
from allmanning.ingest.read.media_type import media_type_of
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.reader import read
from allmanning.ingest.split import PassageSplitter
from allmanning.ingest.submission import secrecy_of
from allmanning.node.documents import DocumentFile, documents
from allmanning.retrieve.pipeline import Retrieval
from tests.evaluation.generate.collected import FOUND, Collected
from tests.platform_node import ROOT

DEMO = ROOT / "infra/demo"
EVERYDAY = Path(__file__).parent / "everyday"
"""Questions as people type them, each with the words of the page that answer it, and such that nothing answers."""
# The day that the demo's documents take for today.
AS_OF = "2026-11-22"
AUTHORITY = "exempelby"
INTERNAL = "handlaggning/"


async def collect_demo(files: Sequence[str], embedder: Embedder) -> list[Collected]:
    """The questions of these files that citizens and caseworkers want answered, and those that nothing answers.

    `gold` holds the right sources; the facts that an answer must say stand in `facts`.
    """
    questions = [each for file in files for each in read_questions(DEMO / file) if each.expect != "handed_over"]
    async with searched(embedder) as retrieval:
        return [await _collected(each, retrieval) for each in questions]


async def collect_everyday(embedder: Embedder) -> list[Collected]:
    """`EVERYDAY`, put to the demo's documents; what nothing answers is of the set "near" or "far".

    What only caseworkers may read is asked as one of them.
    """
    rows = [json.loads(line) for file in sorted(EVERYDAY.glob("*.jsonl")) for line in file.read_text().splitlines()]
    async with searched(embedder) as retrieval:
        return [await _everyday(row, retrieval) for row in rows]


async def _everyday(row: Mapping[str, str], retrieval: Retrieval) -> Collected:
    role = "caseworker" if row["document"].startswith(INTERNAL) else "citizen"
    found = await _found(row["question"], role, retrieval)
    gold = {row["document"]: 1} if row["kind"] == "answer" else {}
    return Collected(row["question"], "everyday", "everyday" if gold else row["kind"], found, gold, row["quote"])


async def _collected(question: KeyedQuestion, retrieval: Retrieval) -> Collected:
    found = await _found(question.question, question.role, retrieval)
    gold = dict.fromkeys(question.sources, 1)
    return Collected(question.question, "demo", "demo", found, gold, facts=tuple(question.facts))


async def _found(text: str, asked_as: str, retrieval: Retrieval) -> list[tuple[ScoredPassage, str]]:
    role = Role.CASEWORKER if asked_as == "caseworker" else Role.CITIZEN
    clearances = [Secrecy.OPEN, Secrecy.INTERNAL] if role is Role.CASEWORKER else [Secrecy.OPEN]
    asker = Principal(authority=AUTHORITY, role=role, channel="citizen", clearances=clearances)
    answer = await retrieval.search(SearchRequest(principal=asker, query=text, limit=FOUND, as_of=AS_OF))
    return [(each, each.passage.document.id) for each in answer.passages if each.passage and each.passage.document]


@asynccontextmanager
async def searched(embedder: Embedder) -> AsyncIterator[Retrieval]:
    """The demo's index, to be searched."""
    with tempfile.TemporaryDirectory(prefix="allmanning-evaluate-") as folder:
        store = EdgeStore(Path(folder) / "index", index_version(embedder.model, embedder.dimension), embedder.dimension)
        await store.warm_up()
        for document, passages in _documents():
            await store.stage(await encode_passages(passages, embedder))
            await store.publish(document.authority, document.id, document.version)
        retrieval = Retrieval(embedder, store)
        await retrieval.warm_up()
        try:
            yield retrieval
        finally:
            await retrieval.close()
            await store.close()


def _documents() -> Iterator[tuple[DocumentVersion, list[Passage]]]:
    splitter = PassageSplitter()
    for folder in sorted(path for path in (DEMO / "documents").iterdir() if path.is_dir()):
        for file in documents([folder]):
            original = Original(file.path, file.path.name, media_type_of(file.path.name, file.path))
            document, extract = completed(_version(folder.name, file), original, read(original))
            yield document, splitter.run(document=document, extract=extract)["passages"]


def _version(collection: str, file: DocumentFile) -> DocumentVersion:
    said = file.metadata
    return DocumentVersion(
        id=f"{collection}/{file.path.name}",
        version="1",
        authority=AUTHORITY,
        collection=collection,
        title=said.get("title", ""),
        uri=file.uri,
        secrecy=secrecy_of(said.get("secrecy", "")),
        owner_unit=said.get("owner_unit", ""),
        valid_from=said.get("valid_from", ""),
        valid_to=said.get("valid_to", ""),
    )
