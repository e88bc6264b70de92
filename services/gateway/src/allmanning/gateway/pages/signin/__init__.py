"""Sign in to the pages, prove once more who one is, and out again."""

from __future__ import annotations

from fastapi import APIRouter

from allmanning.gateway.pages.signin import (
    again,
    choices,
    invitation,
    key,
    out,
    passkey,
    password,
    provider,
    returned_form,
)

router = APIRouter()
for part in (choices, key, password, passkey, provider, invitation, again, returned_form, out):
    router.include_router(part.router)
