"""Which answerer the settings ask for."""

from __future__ import annotations

from pathlib import Path

from allmanning.generate.draft import Answerer
from allmanning.generate.model.chain import Chain, Link
from allmanning.generate.model.registry import EXTRACTIVE, Model, Registry
from allmanning.generate.pipeline import ExtractivePipeline, read_pipeline
from allmanning.generate.settings import GenerateSettings
from allmanning.generate.support.verifier import Verifier


class Links:
    """One link a model, whatever chains it stands in: its servers, their places and what is known of them are one."""

    def __init__(self, settings: GenerateSettings, verifier: Verifier) -> None:
        """`verifier` gives each sentence of a model its verdict."""
        self._settings = settings
        self._verifier = verifier
        self._models: dict[str, Link] = {}

    def of(self, model: Model) -> Link:
        """Raises `Refused`: `models.key_missing`, `models.no_server`."""
        if model.name not in self._models:
            from allmanning.generate.model.answerer import ModelAnswerer
            from allmanning.generate.model.server import ModelServer

            answerer = ModelAnswerer(
                read_pipeline(model.pipeline, model.api),
                ModelServer.of(model, self._settings),
                self._verifier,
                most_again=self._settings.sentences_asked_again,
                longest_s=self._settings.model_longest_answer_s,
            )
            self._models[model.name] = Link(answerer, model)
        return self._models[model.name]

    async def close(self) -> None:
        """Every server's connections."""
        for each in self._models.values():
            await each.answerer.close()


def answerer_of(registry: Registry | None, links: Links, pipeline: Path | None = None) -> Answerer:
    """The answerer, not yet warmed up; without a registry the documents' own sentences, by `pipeline`.

    Raises:
        Refused: `models.key_missing`, `models.no_server`.
    """
    if registry is None:
        return ExtractivePipeline(read_pipeline(pipeline, EXTRACTIVE))
    chain = [links.of(model) for model in registry.chain]
    if registry.ends_extractive:
        chain.append(Link(ExtractivePipeline(read_pipeline(None, EXTRACTIVE)), None))
    return Chain(chain)
