"""The pages that people see: server-rendered, complete without scripts."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from allmanning.gateway.pages import (
    api,
    chat,
    decision,
    document,
    documents,
    log,
    passages,
    queue,
    search,
    signin,
    source,
)
from allmanning.gateway.pages.origin import same_origin

router = APIRouter(dependencies=[Depends(same_origin)])
for part in (api, chat, decision, search, passages, source, log, documents, queue, document, signin):
    router.include_router(part.router)
