"""The daily tool: search, and read around what was found."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.caseworker import passages, search

router = APIRouter()
for part in (search, passages):
    router.include_router(part.router)
