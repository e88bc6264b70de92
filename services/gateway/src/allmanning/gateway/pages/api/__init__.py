"""For those who write programs: how to ask, every operation, and every error."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.api import guide, problems, reference

router = APIRouter()
for part in (guide, problems, reference):
    router.include_router(part.router)
