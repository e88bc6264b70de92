"""The verifier with the models that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allmanning.generate.settings import GenerateSettings
from allmanning.generate.support.semantics import Semantics
from allmanning.generate.support.verifier import Verifier
from allmanning.index.embed.protocol import Embedder


@asynccontextmanager
async def verifier_at(embedder: Embedder, settings: GenerateSettings) -> AsyncIterator[Verifier]:
    """Opened while the block lasts. Neither the embedder nor the entailment model need be there yet."""
    entailment = None
    if settings.entailment_url:
        # An HTTP client that one machine can do without.
        from allmanning.generate.support.entailment import Entailment

        entailment = Entailment(
            settings.entailment_url,
            labels=settings.entailment_labels,
            key=settings.entailment_key.get_secret_value(),
            timeout_s=settings.entailment_timeout_s,
        )
    verifier = Verifier(Semantics(embedder, timeout_s=settings.embedder_timeout_s), entailment)
    try:
        yield verifier
    finally:
        await verifier.close()
