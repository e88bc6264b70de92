"""Sign in with an API key, as the demo does and whoever sets a platform up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.gateway.asker import TheParts, public_authority
from allmanning.gateway.pages.signin.choices import choices_page
from allmanning.gateway.pages.signin.client import address_of
from allmanning.gateway.pages.signin.completion import complete
from allmanning.gateway.signin.throttle import guesses_from
from allmanning.runtime.errors import Forbidden, Unauthenticated

router = APIRouter()


@router.post("/signin")
async def sign_in(
    request: Request,
    parts: TheParts,
    key: Annotated[str, Form(max_length=200)] = "",
    next_path: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Open a session for the key's holder. A key can't be guessed; tries are counted for the log's sake alone."""
    found = parts.keyring.key(key.strip())
    if found is None:
        if not await parts.reception.throttle.admit([guesses_from(address_of(request))]):
            await parts.reception.events.failed(public_authority(request).id, "key", "credential")
        return choices_page(request, next_path=next_path, wrong="key", status=Unauthenticated.status)
    if parts.reception.second_factor.demanded_of_holder(found):
        await parts.reception.events.failed(found.authority, "key", "one_factor", found)
        return choices_page(request, next_path=next_path, wrong="program", status=Forbidden.status)
    return await complete(request, found, "key", next_path)
