"""What the authority's administrator looks after."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.admin import (
    choices,
    collections,
    deployments,
    document,
    documents,
    evaluation_runs,
    evaluation_sets,
    evaluations,
    gaps,
    health,
    keys,
    queue,
    quotas,
    rules,
    setup,
    sources,
    start,
    synonyms,
    uploading,
    user,
    users,
    webhook,
    webhooks,
    widget,
    write,
)

router = APIRouter()
for part in (
    start,
    documents,
    uploading,
    queue,
    document,
    sources,
    collections,
    rules,
    deployments,
    synonyms,
    setup,
    choices,
    gaps,
    write,
    evaluations,
    evaluation_sets,
    evaluation_runs,
    health,
    quotas,
    users,
    user,
    keys,
    widget,
    webhooks,
    webhook,
):
    router.include_router(part.router)
