"""The rules on automatic answers, as an administrator reads, changes, proposes and approves them."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.admin.rules import editor, overview, proposal

router = APIRouter()
for part in (overview, editor, proposal):
    router.include_router(part.router)
