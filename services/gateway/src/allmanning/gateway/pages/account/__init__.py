"""`/account`: one's own sessions and proofs."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.account import codes, overview, passkeys, password, second_factor, sessions

router = APIRouter()
for part in (overview, sessions, password, codes, passkeys, second_factor):
    router.include_router(part.router)
