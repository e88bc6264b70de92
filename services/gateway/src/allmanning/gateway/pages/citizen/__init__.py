"""What anybody meets: ask, read the sources, see how an answer came about."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.citizen import chat, decision

router = APIRouter()
for part in (chat, decision):
    router.include_router(part.router)
