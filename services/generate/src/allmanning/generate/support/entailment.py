"""Does a sentence follow from what it cites? Asked of a model for natural language inference, when there is one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import httpx2
from pydantic import BaseModel, RootModel, ValidationError

ENTAILED: Final = "entailment"
CONTRADICTED: Final = "contradiction"
# What a text-embeddings-inference server takes in one request by default.
_BATCH: Final = 32

log = logging.getLogger(__name__)

Pair: TypeAlias = tuple[str, str]
"""Premise and hypothesis: the quoted text, and the sentence."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Chances, 0..1."""

    entailed: float
    contradicted: float


class _Label(BaseModel):
    label: str
    score: float


class _Predictions(RootModel[list[list[_Label]]]):
    """A row of labels for each pair, as `POST /predict` of text-embeddings-inference answers a batch."""


class _Info(BaseModel):
    model_id: str = "unknown"
    model_sha: str | None = None


class Entailment:
    """A sequence classifier behind text-embeddings-inference (`/predict`)."""

    def __init__(self, url: str, *, labels: Mapping[str, str], key: str, timeout_s: float) -> None:
        """`labels` tells which of the server's labels mean entailment and contradiction, unless they say so."""
        self._labels = {name.lower(): meaning for name, meaning in labels.items()}
        self._timeout_s = timeout_s
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx2.AsyncClient(base_url=url.rstrip("/"), headers=headers, timeout=timeout_s)
        self.model = ""
        """Name and revision of what is served; empty until the server has said so."""

    async def close(self) -> None:
        await self._client.aclose()

    async def likelihoods(self, pairs: Sequence[Pair]) -> Sequence[Likelihood] | None:
        """One for each pair; None when the server is away, late, or says what nobody understands."""
        try:
            async with asyncio.timeout(self._timeout_s):
                if pairs and not self.model:
                    self.model = await self._served()
                answers = await asyncio.gather(
                    *(self._predict(pairs[at : at + _BATCH]) for at in range(0, len(pairs), _BATCH))
                )
        except (httpx2.HTTPError, TimeoutError, ValidationError, ValueError) as error:
            log.warning("sentences are checked without the entailment model: %s", type(error).__name__)
            return None
        return [likelihood for answer in answers for likelihood in answer]

    async def _served(self) -> str:
        response = await self._client.get("/info")
        if not response.is_success:
            return "unknown"
        info = _Info.model_validate_json(response.content)
        return f"{info.model_id}@{info.model_sha or 'unknown'}"

    async def _predict(self, pairs: Sequence[Pair]) -> list[Likelihood]:
        response = await self._client.post(
            "/predict", json={"inputs": list(pairs), "truncate": True, "raw_scores": False}
        )
        response.raise_for_status()
        rows = _Predictions.model_validate_json(response.content).root
        if len(rows) != len(pairs):
            raise ValueError(f"{len(rows)} answers to {len(pairs)} pairs")
        return [self._likelihood(row) for row in rows]

    def _likelihood(self, row: Sequence[_Label]) -> Likelihood:
        chances = dict.fromkeys((ENTAILED, CONTRADICTED), 0.0)
        known = False
        for each in row:
            meaning = self._labels.get(each.label.lower(), each.label.lower())
            if meaning in chances:
                known = True
                chances[meaning] += each.score
        if not known:
            raise ValueError("no label that means entailment or contradiction")
        return Likelihood(chances[ENTAILED], chances[CONTRADICTED])
