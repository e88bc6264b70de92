"""The chat on the authority's own web site: one script, and what it talks to."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.widget import answered, ask, script

router = APIRouter()
for part in (script, ask, answered):
    router.include_router(part.router)
