"""The Haystack pipeline that makes passages of a file."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from haystack import Pipeline
from haystack.core.errors import PipelineRuntimeError

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.index.embed.protocol import Embedder
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.embed import PassageEmbedder
from allmanning.ingest.extract import DocumentReader
from allmanning.ingest.parse_pool import ParsePool
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.original import Original
from allmanning.ingest.write import PassageWriter

_ALLOWED: Final = ["allmanning.*"]


@dataclass(frozen=True)
class Staged:
    """A version whose passages are staged: described in full, with what was read and how many passages it has."""

    version: DocumentVersion
    extract: Extract
    passages: int


class IngestPipeline:
    """The pipeline in a YAML file, connected to what it runs on."""

    def __init__(self, pool: ParsePool, embedder: Embedder, store: PassageStore, path: Path | None = None) -> None:
        source = path or files("allmanning.ingest").joinpath("pipeline.yaml")
        self._pipeline = Pipeline.loads(source.read_text(encoding="utf-8"), allowed_modules=_ALLOWED)
        for _, stage in self._pipeline.walk():
            if isinstance(stage, DocumentReader):
                stage.bind(pool)
            elif isinstance(stage, PassageEmbedder):
                stage.bind(embedder, store)
            elif isinstance(stage, PassageWriter):
                stage.bind(store)

    async def warm_up(self) -> None:
        await self._pipeline.warm_up_async()

    async def close(self) -> None:
        await self._pipeline.close_async()

    async def run(self, version: DocumentVersion, original: Original) -> Staged:
        """Read, split, embed and stage one version.

        Raises:
            PlatformError: what a stage raised.
        """
        try:
            result = await self._pipeline.run_async(
                {"read": {"document": version, "original": original}}, include_outputs_from={"read"}
            )
        except PipelineRuntimeError as error:
            # Haystack wraps what a component raises; our errors say more.
            raise error.__cause__ or error from None
        return Staged(result["read"]["document"], result["read"]["extract"], result["write"]["written"])
