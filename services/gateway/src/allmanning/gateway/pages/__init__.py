"""The pages that people see: server-rendered, complete without scripts."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from allmanning.gateway.pages import account, admin, api, auditor, caseworker, citizen, signin, source
from allmanning.gateway.pages.origin import same_origin

router = APIRouter(dependencies=[Depends(same_origin)])
for part in (api, citizen, caseworker, auditor, admin, source, signin, account):
    router.include_router(part.router)
