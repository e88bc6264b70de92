"""The benchmark's index is one that the platform would have made: it is searched, and nothing in it is mended."""

from __future__ import annotations

from pathlib import Path

from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.encoder import DIMENSION
from allmanning.index.opening import opened
from allmanning.index.settings import IndexSettings
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.registry import Published, Registry
from allmanning.ingest.settings import IngestSettings
from allmanning.retrieve.pipeline import Retrieval
from tests.benchmark.retrieve.corpus import CASEWORKER, FILTER, documents
from tests.benchmark.retrieve.filling import fill
from tests.benchmark.retrieve.word_vectors import WordVectors


async def test_a_filled_folder_is_searched_and_agrees_with_its_registry(tmp_path: Path) -> None:
    filled = await fill(tmp_path, 600)
    assert filled.passages == sum(map(len, documents(600))) == 600
    async with opened(IndexSettings(data_dir=tmp_path)) as index:
        retrieval = Retrieval(WordVectors(ensure_model().model, DIMENSION), index.store)
        await retrieval.warm_up()
        found = await retrieval.search(SearchRequest(principal=CASEWORKER, query="avgift för tillsyn", filter=FILTER))
        await retrieval.close()
        digests = (await index.store.digests()).digests
    assert len(found.passages) == 10
    assert 0 < found.total < 600
    database = Database(IngestSettings(data_dir=tmp_path).database_url)
    registry = Registry(database)
    await registry.warm_up()
    registered = await registry.published()
    await registry.close()
    indexed = {each.document_id: Published(each.authority, each.version, each.passages) for each in digests}
    assert registered == indexed
    assert len(indexed) == filled.documents
