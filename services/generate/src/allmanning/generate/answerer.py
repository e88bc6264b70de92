"""Which answerer the settings ask for."""

from __future__ import annotations

from allmanning.generate.draft import Answerer
from allmanning.generate.model.registry import EXTRACTIVE, Registry
from allmanning.generate.pipeline import ExtractivePipeline, read_pipeline
from allmanning.generate.settings import GenerateSettings
from allmanning.generate.support.verifier import Verifier


def answerer_of(settings: GenerateSettings, registry: Registry | None, verifier: Verifier) -> Answerer:
    """The answerer, not yet warmed up; without a registry the documents' own sentences.

    `verifier` gives each sentence of a model its verdict.

    Raises:
        Refused: `models.key_missing`, `models.no_server`.
    """
    if registry is None:
        return ExtractivePipeline(read_pipeline(settings.generate_pipeline, EXTRACTIVE))
    from allmanning.generate.model.answerer import ModelAnswerer
    from allmanning.generate.model.chain import Chain, Link
    from allmanning.generate.model.server import ModelServer

    links = [
        Link(
            ModelAnswerer(
                read_pipeline(model.pipeline, model.api),
                ModelServer.of(model, settings),
                verifier,
                most_again=settings.sentences_asked_again,
                longest_s=settings.model_longest_answer_s,
            ),
            model,
        )
        for model in registry.chain
    ]
    if registry.ends_extractive:
        links.append(Link(ExtractivePipeline(read_pipeline(None, EXTRACTIVE)), None))
    return Chain(links)
