"""No request is larger than we want to read."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allmanning.gateway.settings import GatewaySettings

# What a multipart form adds around the file itself.
_FORM_BYTES = 100_000
# Where documents come in: from programs, and from people. A form of several files is one body.
UPLOADS = frozenset({"/v1/documents", "/admin/documents"})


async def _refused() -> Message:
    raise HTTPException(413)


class BodyLimit:
    """Stops a body when it has become too large, whether or not its length was declared."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings) -> None:
        self._app = app
        self._small = settings.max_json_bytes
        self._large = settings.max_document_bytes + _FORM_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._large if scope["path"] in UPLOADS else self._small
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            # Nothing of it is read; the connection ends with the answer, since the rest of it is not a request.
            await self._app(scope, _refused, send)
            return
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                # FastAPI lets an HTTPException from here through to the handlers; any other error becomes a 400.
                raise HTTPException(413)
            return message

        await self._app(scope, limited, send)
