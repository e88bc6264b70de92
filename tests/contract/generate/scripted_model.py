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
    """Begin again when all is said; of `raw` with the last piece."""
    pause_s: float = 0.01
    """Between pieces."""


@dataclass
class ScriptedModel:
    """Use as an async context manager; `url` is its base address."""

    script: Script = field(default_factory=Script)
    scripts: list[Script] = field(default_factory=list)
    """Of the next requests, one each; after those, `script`."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away before the answer had ended."""
    unanswered: int = 0
    """So many requests are taken, and their connections closed without a word."""
    health: int = 200
    """The status of `/health`; 404 also has no `/models`."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a request has come."""
    probed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody asked whether this server is well."""

    _writers: set[asyncio.StreamWriter] = field(default_factory=set, repr=False)
    _serving: set[Any] = field(default_factory=set, repr=False)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for each in self._writers:
            each.close()
        if self._serving:
            await asyncio.wait(self._serving, timeout=1)

    @property
    def open_connections(self) -> int:
        return len(self._writers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        serving = asyncio.current_task()
        self._serving.add(serving)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._exchange(reader, writer):
                pass
        writer.close()
        self._writers.discard(writer)
        self._serving.discard(serving)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("GET "):
            writer.write(f"HTTP/1.1 {self.health} Told\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            self.probed.set()
            return True
        length = next(
            int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length")
        )
        self.requests.append(json.loads(await reader.readexactly(length)))
        self.headers.append(head)
        self.paths.append(head.split(" ")[1])
        self.asked.set()
        if self.unanswered:
            self.unanswered -= 1
            return False
        return await self._answer(reader, writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        script = self.scripts.pop(0) if self.scripts else self.script
        if script.status != 200:
            body = json.dumps({"error": {"message": "no", "type": "overloaded"}}).encode()
            more = "".join(f"{name}: {value}\r\n" for name, value in script.headers.items())
            writer.write(
                f"HTTP/1.1 {script.status} No\r\n{more}Content-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
            return False
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        gone = asyncio.create_task(self._watch(reader))
        if script.first_after_s:
            await asyncio.wait([gone], timeout=script.first_after_s)
        if script.raw:
            return await self._raw(writer, gone)
        for number, piece in enumerate(itertools.cycle(script.pieces) if script.endless else script.pieces):
            if gone.done():
                return False
            if script.drop_after == number:
                gone.cancel()
                return False
            if script.hang_after == number:
                await gone
                return False
            self._chunk(
                writer,
                self._event({"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}),
            )
            await writer.drain()
            await asyncio.sleep(script.pause_s)
        if script.hang_after is not None:
            await gone
            return False
        if script.finish_reason is not None:
            self._chunk(
                writer, self._event({"index": 0, "delta": {"content": ""}, "finish_reason": script.finish_reason})
            )
            usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            self._chunk(writer, self._event(None, usage))
            self._chunk(writer, "data: [DONE]\n\n")
        return await self._done(writer, gone)

    async def _raw(self, writer: asyncio.StreamWriter, gone: asyncio.Task[None]) -> bool:
        more = itertools.repeat(self.script.raw[-1]) if self.script.endless else ()
        for data in itertools.chain(self.script.raw, more):
            if gone.done():
                return False
            writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await writer.drain()
            await asyncio.sleep(self.script.pause_s)
        return await self._done(writer, gone)

    @staticmethod
    async def _done(writer: asyncio.StreamWriter, gone: asyncio.Task[None]) -> bool:
        # It must not read what the next request begins with.
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        self.left.set()

    def events(self, *pieces: str, finish_reason: str) -> bytes:
        """A whole stream that says these, its letters not escaped."""
        said = [{"index": 0, "delta": {"role": "assistant", "content": each}, "finish_reason": None} for each in pieces]
        end = {"index": 0, "delta": {"content": ""}, "finish_reason": finish_reason}
        told = "".join(self._event(each, ascii=False) for each in [*said, end])
        return f"{told}data: [DONE]\n\n".encode()

    @staticmethod
    def _event(choice: dict[str, Any] | None, usage: dict[str, int] | None = None, *, ascii: bool = True) -> str:
        body = {
            "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "system_fingerprint": "",
            "choices": [choice] if choice else [], "usage": usage,
        }  # fmt: skip
        return f"data: {json.dumps(body, ensure_ascii=ascii)}\n\n"

    @staticmethod
    def _chunk(writer: asyncio.StreamWriter, text: str) -> None:
        data = text.encode()
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
