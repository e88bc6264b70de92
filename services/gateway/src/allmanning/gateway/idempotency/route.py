"""Routes that take `Idempotency-Key`: the second of two same requests gets the answer of the first."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile

from allmanning.gateway.asker import keyed
from allmanning.gateway.idempotency.kept_answers import MAX_BYTES, Claim, Kept
from allmanning.gateway.parts import parts_of
from allmanning.runtime.errors import InvalidInput

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
# A structured string in the draft; many send it bare.
_KEY: Final = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?')
_PIECE: Final = 1 << 20
# Told once and never kept: whoever asks again gets the rest, and makes a new one if the first answer was lost.
_ONCE: Final = frozenset({"key", "secret"})


class IdempotentRoute(APIRoute):
    """For routers with a POST that makes something; other methods, and calls without the header, are as ever."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            written = request.headers.get(HEADER)
            if written is None or request.method != "POST":
                return await handle(request)
            return await _once(request, written, handle)

        return once


async def _once(request: Request, written: str, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    match = _KEY.fullmatch(written)
    if not match:
        raise InvalidInput(
            "idempotency.key_invalid",
            "Idempotency-Key ska vara 1 till 255 tecken utan blanksteg, till exempel ett UUID. (Such as a UUID.)",
        )
    asker = keyed(request)
    token = request.headers["authorization"].partition(" ")[2].strip()
    answers = parts_of(request).answers
    claim = Claim.of(token, asker.principal.key_id, match[1], await _fingerprint(request))
    before = await asyncio.to_thread(answers.begin, claim, time.time())
    if before is not None:
        return Response(
            before.body, status_code=before.status, media_type=before.media_type, headers={REPLAYED: "true"}
        )
    try:
        answer = await handle(request)
        kept = _to_keep(answer)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(answers.forget, claim))
        raise
    if kept is None:
        await asyncio.shield(asyncio.to_thread(answers.forget, claim))
    else:
        await asyncio.shield(asyncio.to_thread(answers.keep, claim, kept))
    return answer


def _to_keep(answer: Response) -> Kept | None:
    """What a second request is answered; None for what failed, and for what is streamed or too large."""
    body = getattr(answer, "body", None)
    if answer.status_code >= 400 or not isinstance(body, bytes) or len(body) > MAX_BYTES:
        return None
    media_type = answer.headers.get("content-type", "")
    if isinstance(answer, JSONResponse) or media_type.startswith("application/json"):
        told = json.loads(body) if body else None
        if isinstance(told, dict) and told.keys() & _ONCE:
            body = json.dumps({name: "" if name in _ONCE else each for name, each in told.items()}).encode()
    return Kept(answer.status_code, media_type, body)


async def _fingerprint(request: Request) -> bytes:
    """What is asked for: the address and the body; of a form its fields, for its boundary is another each time."""
    found = hashlib.sha256(f"{request.url.path}?{request.url.query}\0".encode())
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        for name, value in sorted((await request.form()).multi_items(), key=lambda each: each[0]):
            found.update(f"\0{name}\0".encode())
            if isinstance(value, UploadFile):
                found.update(f"{value.filename}\0".encode())
                while piece := await value.read(_PIECE):
                    found.update(piece)
                await value.seek(0)
            else:
                found.update(value.encode())
    else:
        found.update(await request.body())
    return found.digest()
