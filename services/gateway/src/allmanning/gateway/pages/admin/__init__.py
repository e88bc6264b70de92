"""What the authority's administrator looks after."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.admin import document, documents, queue

router = APIRouter()
for part in (documents, queue, document):
    router.include_router(part.router)
