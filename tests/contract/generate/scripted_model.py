"""A model server that says what a test tells it to: the chat API over HTTP, streamed, with every way of failing."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Script:
    """What the server does with the next request."""

    pieces: Sequence[str] = ("Altaner i markhöjd kräver inte bygglov. [1]",)
    status: int = 200
    finish_reason: str | None = "stop"
    drop_after: int | None = None
    """Close the connection after so many pieces."""
    hang_after: int | None = None
    """Say nothing more after so many pieces."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Beside the usual ones."""
    first_after_s: float = 0.0
    """Wait with the first piece."""
    raw: Sequence[bytes] = ()
    """The body's bytes in place of pieces, each of them sent by itself."""
    endless: bool = False
    """Begin again with the pieces when they are said."""
    pause_s: float = 0.01
    """Between pieces."""


@dataclass
class ScriptedModel:
    """Use as an async context manager; `url` is its base address."""

    script: Script = field(default_factory=Script)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away before the answer had ended."""
    health: int = 200
    """The status of `/health`; 404 also has no `/models`."""
    probed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody asked whether this server is well."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if head.startswith("GET "):
                writer.write(f"HTTP/1.1 {self.health} Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
                self.probed.set()
                writer.close()
                return
            length = next(
                int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length")
            )
            self.requests.append(json.loads(await reader.readexactly(length)))
            self.headers.append(head)
            self.paths.append(head.split(" ")[1])
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.script
        if script.status != 200:
            body = json.dumps({"error": {"message": "no", "type": "overloaded"}}).encode()
            more = "".join(f"{name}: {value}\r\n" for name, value in script.headers.items())
            writer.write(
                f"HTTP/1.1 {script.status} No\r\n{more}Content-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        gone = asyncio.create_task(self._watch(reader))
        if script.first_after_s:
            await asyncio.wait([gone], timeout=script.first_after_s)
        for data in script.raw:
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
            await asyncio.sleep(script.pause_s)
        if script.raw:
            writer.write(b"0\r\n\r\n")
            gone.cancel()
            return
        for number, piece in enumerate(itertools.cycle(script.pieces) if script.endless else script.pieces):
            if gone.done():
                return
            if script.drop_after == number:
                gone.cancel()
                return
            if script.hang_after == number:
                await gone
                return
            self._chunk(
                writer,
                self._event({"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}),
            )
            await writer.drain()
            await asyncio.sleep(script.pause_s)
        if script.hang_after is not None:
            await gone
            return
        if script.finish_reason is not None:
            self._chunk(
                writer, self._event({"index": 0, "delta": {"content": ""}, "finish_reason": script.finish_reason})
            )
            usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            self._chunk(writer, self._event(None, usage))
            self._chunk(writer, "data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        gone.cancel()

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        self.left.set()

    @staticmethod
    def _event(choice: dict[str, Any] | None, usage: dict[str, int] | None = None) -> str:
        body = {
            "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "system_fingerprint": "",
            "choices": [choice] if choice else [], "usage": usage,
        }  # fmt: skip
        return f"data: {json.dumps(body)}\n\n"

    @staticmethod
    def _chunk(writer: asyncio.StreamWriter, text: str) -> None:
        data = text.encode()
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
