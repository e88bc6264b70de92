"""What an operator may tell the retrieve service."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from allmanning.runtime.settings import Settings


class RetrieveSettings(Settings):
    """Settings of the retrieve service."""

    qdrant_url: str = ""
    """Address of a Qdrant server; empty: the index process on the bus."""

    qdrant_api_key: str = Field(default="", repr=False)
    """Key of that server; empty when it asks for none."""

    tei_url: str = ""
    """Address of a text-embeddings-inference server, the same that ingest uses; empty: the index process embeds."""

    without_embedder: Literal["refuse", "words"] = "refuse"
    """When the embedder does not answer: refuse questions (503), or search by words alone and say so in the answer."""

    tei_reranker_url: str = ""
    """Address of a text-embeddings-inference server with a cross-encoder; empty: passages keep their fused order."""

    rerank_depth: int = Field(default=30, ge=1, le=100)
    """How many passages the cross-encoder orders, when there is one. Each costs it about as much as the others."""

    retrieve_pipeline: Path | None = None
    """A Haystack pipeline in YAML in place of the one that ships with the service."""
