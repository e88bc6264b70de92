"""The daily tools: search and read around what was found; review what waits for a person."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.caseworker import (
    answer_draft,
    case_file,
    own,
    passages,
    preview,
    queue,
    report,
    reported,
    review,
    saved,
    search,
    sent,
)

router = APIRouter()
for part in (reported, search, preview, saved, report, answer_draft, passages, own, sent, queue, review, case_file):
    router.include_router(part.router)
