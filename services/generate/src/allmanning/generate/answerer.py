"""Which answerer the settings ask for."""

from __future__ import annotations

from allmanning.generate.draft import Answerer
from allmanning.generate.pipeline import ExtractivePipeline, read_pipeline
from allmanning.generate.settings import GenerateSettings


def answerer_of(settings: GenerateSettings) -> Answerer:
    """The answerer, not yet warmed up."""
    definition = read_pipeline(settings.generate_pipeline, settings.model_api)
    if settings.model_api == "extractive":
        return ExtractivePipeline(definition)
    from allmanning.generate.model.answerer import ModelAnswerer
    from allmanning.generate.model.server import ModelServer

    return ModelAnswerer(definition, ModelServer.of(settings))
