"""A model server in a process of its own, which says what it was told to at the pace it was told to.

`python -m tests.benchmark.generate.model_server PORT` serves OpenAI's chat API. `PUT /script` sets what it says:
{"answers": {question: [sentence, …]}, "tokens_per_s": 40, "whole": false}. A question is recognised within the prompt.
Words come in pieces of four characters, a usual length of a token; `whole`: each sentence in one piece. Pace 0 is as
fast as the connection takes them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from typing import Any

TOKEN_CHARS = 4


def tokens(text: str) -> list[str]:
    return [text[at : at + TOKEN_CHARS] for at in range(0, len(text), TOKEN_CHARS)]


def _event(content: str, finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    body: dict[str, Any] = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    body |= {"choices": [] if usage else [choice], "usage": usage}
    data = f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


class Server:
    """One script for all who ask."""

    def __init__(self) -> None:
        self.answers: dict[str, Sequence[str]] = {}
        self.tokens_per_s = 0.0
        self.whole = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                method, path, body = await self._request(reader)
                if path == "/script" and method == "PUT":
                    script = json.loads(body)
                    self.answers |= script.get("answers", {})
                    self.tokens_per_s = script.get("tokens_per_s", self.tokens_per_s)
                    self.whole = script.get("whole", self.whole)
                if method == "POST":
                    await self._say(writer, json.loads(body)["messages"][-1]["content"])
                else:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                await writer.drain()
        writer.close()

    @staticmethod
    async def _request(reader: asyncio.StreamReader) -> tuple[str, str, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        lengths = [int(line.split(":")[1]) for line in head if line.lower().startswith("content-length")]
        return method, path, await reader.readexactly(lengths[0]) if lengths else b""

    async def _say(self, writer: asyncio.StreamWriter, prompt: str) -> None:
        # The longest question that is in the prompt: others may be parts of it.
        known = max((each for each in self.answers if each in prompt), key=len, default="")
        said = self.answers.get(known, ["Det framgår inte."])
        pieces = [f"{each} " for each in said] if self.whole else tokens(" ".join(said))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        loop = asyncio.get_running_loop()
        due = loop.time()
        for piece in pieces:
            if self.tokens_per_s:
                due += len(piece) / TOKEN_CHARS / self.tokens_per_s if not self.whole else 0
                await asyncio.sleep(max(0.0, due - loop.time()))
            writer.write(_event(piece))
            await writer.drain()
        count = sum(len(tokens(piece)) for piece in pieces)
        writer.write(_event("", "stop") + _event("", usage={
            "prompt_tokens": len(prompt) // TOKEN_CHARS, "completion_tokens": count, "total_tokens": count
        }) + b"c\r\ndata: [DONE]\r\n" + b"2\r\n\n\n\r\n" + b"0\r\n\r\n")  # fmt: skip


async def main(port: int) -> None:
    server = Server()
    async with await asyncio.start_server(server.serve, "127.0.0.1", port, backlog=1024) as listening:
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
