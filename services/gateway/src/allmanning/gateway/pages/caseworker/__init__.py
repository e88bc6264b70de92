"""The daily tools: search and read around what was found; review what waits for a person."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.caseworker import case_file, own, passages, queue, review, search

router = APIRouter()
for part in (search, passages, own, queue, review, case_file):
    router.include_router(part.router)
