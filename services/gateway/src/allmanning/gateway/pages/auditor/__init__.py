"""The decision log, for those who review it."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.auditor import (
    certificates,
    contests,
    controls,
    decision,
    disclosures,
    erasures,
    find,
    lint,
    oversight,
    overview,
    recalls,
    registers,
    replay,
    retention,
    samples,
)

router = APIRouter()
# A decision's page takes any word, so it comes last.
for part in (
    overview,
    find,
    lint,
    replay,
    recalls,
    samples,
    controls,
    contests,
    disclosures,
    retention,
    erasures,
    oversight,
    certificates,
    registers,
    decision,
):
    router.include_router(part.router)
