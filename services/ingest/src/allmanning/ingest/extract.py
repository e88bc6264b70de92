"""The pipeline's first stage: a file becomes an extract, read in a worker process."""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

from haystack import component

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.metadata import completed
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.original import Original
from allmanning.ingest.sandbox.parse_pool import ParsePool


class Extracted(TypedDict):
    document: DocumentVersion
    extract: Extract


@component
class DocumentReader:
    """Reads an original in the parse pool, and completes the version's metadata with what the document says."""

    def __init__(self, unstructured: list[str] | None = None) -> None:
        """`unstructured`: media types that the library of this name reads, instead of the readers of this release."""
        self.unstructured = unstructured or []
        self._pool: ParsePool | None = None

    def bind(self, pool: ParsePool) -> None:
        """Give it the processes to read in; the pool belongs to the caller."""
        self._pool = pool

    @component.output_types(document=DocumentVersion, extract=Extract)
    def run(self, document: DocumentVersion, original: Original) -> Extracted:
        """Only `run_async` reads: the pool belongs to an event loop."""
        raise NotImplementedError("DocumentReader runs in an asynchronous pipeline")

    @component.output_types(document=DocumentVersion, extract=Extract)
    async def run_async(self, document: DocumentVersion, original: Original) -> Extracted:
        """Read one file. Raises what `ParsePool.read` and `completed` raise."""
        if self._pool is None:
            raise RuntimeError("bind a pool before running")
        by_unstructured = original.media_type in self.unstructured
        extract = await self._pool.read(replace(original, by_unstructured=by_unstructured))
        described, extract = completed(document, original, extract)
        return {"document": described, "extract": extract}
