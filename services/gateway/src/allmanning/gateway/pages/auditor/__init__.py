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
    like_cases,
    lint,
    oversight,
    overview,
    recalls,
    registers,
    replay,
    reported,
    retention,
    samples,
    sealing,
    use,
)

router = APIRouter()
# A decision's page takes any word, so it comes last.
for part in (
    overview,
    find,
    like_cases,
    lint,
    replay,
    recalls,
    samples,
    controls,
    contests,
    disclosures,
    retention,
    erasures,
    reported,
    oversight,
    use,
    certificates,
    sealing,
    registers,
    decision,
):
    router.include_router(part.router)
