"""The decision log, for those who review it."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.auditor import decision, find, overview

router = APIRouter()
# A decision's page takes any word, so it comes last.
for part in (overview, find, decision):
    router.include_router(part.router)
