"""The witness over HTTP (C2SP tlog-witness)."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, Response

from allmanning.audit.log.note import MAX_NOTE_BYTES
from allmanning.audit.witness.refusal import Malformed, NotCosigned, SeenMore
from allmanning.audit.witness.request import MAX_PROOF_HASHES
from allmanning.audit.witness.witness import Witness

_MAX_BODY_BYTES: Final = MAX_NOTE_BYTES + 64 * (MAX_PROOF_HASHES + 1)
_SIZE_TYPE: Final = "text/x.tlog.size"


def create_app(witness: Witness) -> FastAPI:
    """The ASGI application."""
    app = FastAPI(title="Allmänning witness", docs_url=None, redoc_url=None)

    @app.exception_handler(NotCosigned)
    async def refused(_request: Request, error: NotCosigned) -> Response:
        if isinstance(error, SeenMore):
            # Starlette adds a charset to text types that are given as media type; the protocol's type has none.
            return Response(f"{error.size}\n", error.status, headers={"Content-Type": _SIZE_TYPE})
        return PlainTextResponse(f"{error}\n", error.status)

    @app.post("/add-checkpoint", response_class=PlainTextResponse)
    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _MAX_BODY_BYTES:
                raise Malformed("begäran är för stor")
        return PlainTextResponse(await run_in_threadpool(witness.add_checkpoint, bytes(body)))

    @app.get("/{origin_hash}/checkpoint", response_class=PlainTextResponse)
    def checkpoint(origin_hash: str) -> Response:
        return PlainTextResponse(witness.checkpoint(origin_hash), headers={"Cache-Control": "no-store"})

    return app
