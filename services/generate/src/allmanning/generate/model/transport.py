"""The HTTP client that both dialects use: bounded, traced, and safe to read line by line."""

from __future__ import annotations

import codecs
import ssl
from collections.abc import AsyncIterator
from typing import Final, Self
from urllib.parse import urlsplit

import httpx2

from allmanning.runtime.telemetry import trace_headers

_CONNECT_S: Final = 5.0
# uvicorn (vLLM, SGLang) and llama.cpp close a connection that was idle for 5 s; we let go of it before.
_KEPT_S: Final = 2.0
# Far beyond any answer; a server that never stops is read no further.
_LONGEST_BYTES: Final = 32_000_000
# An event of a stream holds a token or a few. The openai library joins a line's pieces anew for each piece, so that
# 10 MB in one line keep every other stream waiting for half a second (measured).
_LONGEST_LINE_BYTES: Final = 1_000_000
# JSON allows these unescaped within a string, and huggingface-hub would take them for the end of a line.
_SEPARATORS: Final = {0x85: " ", 0x2028: " ", 0x2029: " "}


class TooLong(httpx2.ReadError):
    """More bytes than any answer has."""


class _Text(httpx2.AsyncByteStream):
    """The same stream as UTF-8 that is valid, whatever the server sent and wherever it cut."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        left, line = _LONGEST_BYTES, 0
        async for data in self._stream:
            left -= len(data)
            newline = data.rfind(b"\n")
            line = len(data) - newline - 1 if newline >= 0 else line + len(data)
            if left < 0 or line > _LONGEST_LINE_BYTES:
                raise TooLong(f"more than {_LONGEST_BYTES} bytes, or {_LONGEST_LINE_BYTES} in a line")
            if text := decoder.decode(data):
                yield text.translate(_SEPARATORS).encode()

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            response = await super().handle_async_request(request)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            # A connection that was kept, and that the server let go of in the same moment: nothing was answered, and
            # the same request on a fresh one does no harm.
            response = await super().handle_async_request(request)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Text(response.stream)
        return response


class KeptClient(httpx2.AsyncClient):
    """Outlives the libraries that open and close a client of their own for every request."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """`aclose` closes it."""


async def _read_failure(response: httpx2.Response) -> None:
    """huggingface-hub reads the body of an error that was to be streamed."""
    if response.is_error:
        await response.aread()


async def _trace(request: httpx2.Request) -> None:
    request.headers.update(trace_headers())


def client(key: str, connections: int) -> KeptClient:
    """A client with so many connections at most; silence is the caller's to measure.

    `trust_env` is off: a proxy of the machine's is no place for what people ask. Certificates of an authority's own
    are still found by `SSL_CERT_FILE`.
    """
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_KEPT_S)
    return KeptClient(
        transport=_Transport(verify=ssl.create_default_context(), limits=limits, trust_env=False),
        trust_env=False,
        timeout=httpx2.Timeout(None, connect=_CONNECT_S, pool=_CONNECT_S),
        # Compressed, ten bytes could be ten million; and a stream of words gains nothing.
        headers={"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})},
        event_hooks={"request": [_trace], "response": [_read_failure]},
    )


async def is_well(http: httpx2.AsyncClient, url: str) -> bool:
    """Whether the server says so at `/health`, as TGI, vLLM, SGLang and llama.cpp have it, or knows its models.

    A server that knows neither, or wants another key for it, at least answers.
    """
    root = urlsplit(url)
    try:
        answer = await http.get(f"{root.scheme}://{root.netloc}/health")
        if answer.status_code in (httpx2.codes.NOT_FOUND, httpx2.codes.METHOD_NOT_ALLOWED):
            answer = await http.get(f"{url.rstrip('/')}/models")
    except httpx2.HTTPError:
        return False
    return answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR
