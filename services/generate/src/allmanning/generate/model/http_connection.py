"""The HTTP client of one model server, whatever its dialect."""

from __future__ import annotations

from allmanning.generate.model import transport
from allmanning.generate.model.server import ModelServer


class HttpConnection:
    """What every dialect's connection to a server begins with; `chat` is the dialect's own."""

    def __init__(self, server: ModelServer, url: str) -> None:
        self.server = server
        self.url = url
        self._http: transport.KeptClient | None = None

    @property
    def http(self) -> transport.KeptClient:
        if self._http is None:
            raise RuntimeError("open comes before chat")
        return self._http

    async def open(self) -> None:
        if self._http is None:
            self._http = transport.client(self.server.key, self.server.capacity + 1)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def is_well(self) -> bool:
        return self._http is not None and await transport.is_well(self._http, self.url)
