"""The last order of the passages."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from haystack import Document, component

from allmanning.contracts.passage.v1.passage_pb import Order
from allmanning.retrieve.stage import stage

if TYPE_CHECKING:
    from haystack_integrations.components.rankers.huggingface_api import HuggingFaceTEIRanker

log = logging.getLogger(__name__)


@component
class PassageRanker:
    """Orders passages by a cross-encoder if one is bound, and otherwise keeps the order they came in.

    It keeps the order too where the asker wants them by date.

    A cross-encoder that fails or is late costs its order, not the answer: the fused order is good too.
    """

    def __init__(self, timeout_s: int = 2) -> None:
        self.timeout_s = timeout_s
        self._cross_encoder: HuggingFaceTEIRanker | None = None

    def bind_cross_encoder(self, url: str) -> None:
        """Use the cross-encoder behind this address."""
        # Its client takes 18 MB, which who has no cross-encoder need not spend.
        from haystack_integrations.components.rankers.huggingface_api import HuggingFaceTEIRanker

        # Without a token of our own the client would send the one this machine has for huggingface.co.
        self._cross_encoder = HuggingFaceTEIRanker(url=url, timeout=self.timeout_s, max_retries=1, token=None)

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, documents: list[Document], top_k: int, order: Order = Order.UNSPECIFIED
    ) -> dict[str, list[Document]]:
        return asyncio.run(self.run_async(query, documents, top_k, order))

    @component.output_types(documents=list[Document])
    async def run_async(
        self, query: str, documents: list[Document], top_k: int, order: Order = Order.UNSPECIFIED
    ) -> dict[str, list[Document]]:
        """Returns the best `top_k` as `documents`."""
        if self._cross_encoder is None or not documents or order != Order.UNSPECIFIED:
            return {"documents": documents[:top_k]}
        with stage("rerank") as span:
            try:
                async with asyncio.timeout(self.timeout_s):
                    ordered = await self._cross_encoder.run_async(query, documents, top_k)
            except Exception as error:  # noqa: BLE001 (the client raises many kinds, documented and not)
                # Some quote the question: only the kind is told.
                span.set_attribute("error.type", type(error).__name__)
                log.warning("the cross-encoder failed (%s); the fused order is kept", type(error).__name__)
                return {"documents": documents[:top_k]}
        return {"documents": list(ordered["documents"])}
