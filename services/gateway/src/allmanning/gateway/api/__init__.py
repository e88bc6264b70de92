"""The HTTP API, one file for each thing that a program does."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.api import (
    chat,
    decisions,
    documents,
    health,
    keys,
    log,
    metadata,
    passages,
    queue,
    reviews,
    search,
    synonyms,
)

router = APIRouter()
for part in (chat, search, passages, synonyms, documents, metadata, queue, decisions, log, reviews, keys, health):
    router.include_router(part.router)
