"""What anybody meets: ask, read the sources, see how an answer came about."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.citizen import about, chat, decision, erasure, feedback, person, transcript

router = APIRouter()
for part in (chat, feedback, person, transcript, erasure, decision, about):
    router.include_router(part.router)
