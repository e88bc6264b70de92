"""The decision log, for those who review it."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.auditor import log

router = APIRouter()
for part in (log,):
    router.include_router(part.router)
