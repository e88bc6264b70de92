"""The Haystack pipeline that makes passages of a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from haystack import Pipeline
from haystack.core.errors import PipelineRuntimeError

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.index.embed.protocol import Embedder
from allmanning.index.injection.score import FLAGGED
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.embed import PassageEmbedder
from allmanning.ingest.extract import DocumentReader
from allmanning.ingest.inspect import DocumentInspector, HasRules
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import INJECTION, Finding
from allmanning.ingest.read.original import Original
from allmanning.ingest.sandbox.parse_pool import ParsePool
from allmanning.ingest.write import PassageWriter
from allmanning.runtime.errors import Refused

_ALLOWED: Final = ["allmanning.*"]
_STAGES: Final = ("read", "inspect", "split", "embed", "write")


@dataclass(frozen=True)
class Staged:
    """A version whose passages are staged: described in full, with what was read and how many passages it has."""

    version: DocumentVersion
    extract: Extract
    passages: int


class IngestPipeline:
    """The pipeline in a YAML file, connected to what it runs on."""

    def __init__(
        self, pool: ParsePool, rules: HasRules, embedder: Embedder, store: PassageStore, path: Path | None = None
    ) -> None:
        """Raises `Refused`: `pipeline.invalid`, and `pipeline.incomplete` for one that lacks or goes round a stage."""
        self._pipeline = _loaded(path)
        for _, stage in self._pipeline.walk():
            if isinstance(stage, DocumentReader):
                stage.bind(pool)
            elif isinstance(stage, DocumentInspector):
                stage.bind(rules)
            elif isinstance(stage, PassageEmbedder):
                stage.bind(embedder, store)
            elif isinstance(stage, PassageWriter):
                stage.bind(store)

    async def warm_up(self) -> None:
        await self._pipeline.warm_up_async()

    async def close(self) -> None:
        await self._pipeline.close_async()

    async def run(self, version: DocumentVersion, original: Original) -> Staged:
        """Read, inspect, split, embed and stage one version.

        Raises:
            PlatformError: what a stage raised.
        """
        try:
            result = await self._pipeline.run_async(
                {"read": {"document": version, "original": original}}, include_outputs_from={"inspect", "split"}
            )
        except PipelineRuntimeError as error:
            # Haystack wraps what a component raises; our errors say more.
            raise error.__cause__ or error from None
        extract: Extract = result["inspect"]["extract"]
        findings = (*extract.findings, *instructing(result["split"]["passages"]))
        return Staged(result["inspect"]["document"], extract.noting(findings), result["write"]["written"])


def instructing(passages: Iterable[Passage]) -> Iterable[Finding]:
    """A finding for each passage that reads as instructions to a language model."""
    for passage in passages:
        if passage.injection_score >= FLAGGED:
            at = passage.location or Location()
            yield Finding(INJECTION, page=at.page, start=at.start, end=at.end)


def _loaded(path: Path | None) -> Pipeline:
    source = path or files("allmanning.ingest").joinpath("pipeline.yaml")
    try:
        pipeline = Pipeline.loads(source.read_text(encoding="utf-8"), allowed_modules=_ALLOWED)
    except Exception as error:
        # What stands in the file decides what Haystack raises.
        raise Refused("pipeline.invalid", f"{source} är ingen pipeline: {error}. (Not a pipeline.)") from error
    stages = dict(pipeline.walk())
    if missing := [name for name in _STAGES if name not in stages]:
        raise Refused("pipeline.incomplete", f"Pipelinen saknar steget {missing[0]}. (A stage is missing.)")
    inspector = isinstance(stages["inspect"], DocumentInspector)
    if not inspector or _leads(pipeline, "read", round_="inspect") or not _leads(pipeline, "inspect"):
        raise Refused(
            "pipeline.incomplete",
            "Allt som pipelinen läser måste gå genom steget inspect (DocumentInspector). (Text goes round inspect.)",
        )
    return pipeline


def _leads(pipeline: Pipeline, start: str, *, round_: str = "") -> bool:
    """Whether what the stage `start` gives reaches the stage that writes, also when one stage is taken away."""
    reached, waiting = {start, round_}, [start]
    while waiting:
        stage = waiting.pop()
        following = {str(each) for each in pipeline.graph.successors(stage)} - reached
        reached |= following
        waiting += following
    return "write" in reached
