"""The HTTP API, one file for each thing that a program does."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.api import (
    chat,
    collections,
    decisions,
    documents,
    health,
    keys,
    log,
    metadata,
    page_picture,
    passages,
    queue,
    report,
    reviews,
    search,
    sources,
    synonyms,
)

router = APIRouter()
parts = (
    chat,
    search,
    passages,
    synonyms,
    documents,
    page_picture,
    metadata,
    collections,
    report,
    queue,
    sources,
    decisions,
    log,
    reviews,
    keys,
    health,
)
for part in parts:
    router.include_router(part.router)
