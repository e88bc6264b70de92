"""The HTTP API, one file for each thing that a program does."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.api import (
    audit,
    chat,
    collections,
    config_changes,
    controls,
    decision_events,
    decisions,
    declared_use,
    disclosures,
    documents,
    health,
    keys,
    log,
    logs,
    metadata,
    oversight,
    page_picture,
    passages,
    provenance,
    queue,
    recalls,
    registers,
    report,
    reviews,
    samples,
    search,
    security_events,
    sources,
    synonyms,
    tiles,
)

router = APIRouter()
parts = (
    chat,
    search,
    passages,
    synonyms,
    documents,
    oversight,
    page_picture,
    metadata,
    collections,
    report,
    queue,
    sources,
    decision_events,
    decisions,
    provenance,
    log,
    security_events,
    declared_use,
    config_changes,
    registers,
    logs,
    tiles,
    reviews,
    audit,
    recalls,
    samples,
    controls,
    disclosures,
    keys,
    health,
)
for part in parts:
    router.include_router(part.router)
