"""Scripted servers behind one pool, and what its users do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.openai import OpenAIConnection
from allmanning.generate.model.pool.attempts import AttemptsFailed, attempts_of
from allmanning.generate.model.pool.pool import Pool
from allmanning.generate.model.server import ModelServer
from allmanning.runtime.errors import PlatformError
from tests.contract.generate.scripted_model import Script, ScriptedModel

QUESTION = [ChatMessage.from_user("Vad kostar bygglov?")]
NEVER = Script(first_after_s=120)


@asynccontextmanager
async def pooled(models: list[ScriptedModel], **settings: Any) -> AsyncIterator[Pool]:
    first, *more = (f"{each.url}/v1" for each in models)
    server = ModelServer(first, "m", more_urls=tuple(more), timeout_s=60.0, **{"probe_every_s": 60.0, **settings})
    pool = Pool(server, lambda url: OpenAIConnection(server, url))
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


async def asked(pool: Pool) -> list[dict[str, Any]]:
    """The attempts that the record would tell of."""
    told: list[dict[str, Any]] = []

    async def heard(chunk: StreamingChunk) -> None:
        told.extend(chunk.meta.get("attempts", ()))

    async with asyncio.timeout(60):
        reply = (await pool.chat(QUESTION, heard, {}))["replies"][0]
    assert reply.text == "Hej."
    return told


async def failure(pool: Pool) -> tuple[PlatformError, list[dict[str, Any]]]:
    async def heard(_: StreamingChunk) -> None: ...

    with pytest.raises(AttemptsFailed) as caught:
        await pool.chat(QUESTION, heard, {})
    assert isinstance(caught.value.__cause__, PlatformError)
    return caught.value.__cause__, [dict(each) for each in attempts_of(caught.value)]


def asking(pool: Pool) -> asyncio.Task[Any]:
    async def heard(_: StreamingChunk) -> None: ...

    return asyncio.create_task(pool.chat(QUESTION, heard, {}))


async def arrived(models: list[ScriptedModel], count: int) -> None:
    """Wait until so many requests have reached the servers."""
    async with asyncio.timeout(60):
        while sum(len(each.requests) for each in models) < count:
            for each in models:
                each.asked.clear()
            waits = [asyncio.create_task(each.asked.wait()) for each in models]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=0.1)
            for wait in waits:
                wait.cancel()


async def left(*models: ScriptedModel) -> None:
    async with asyncio.timeout(60):
        for each in models:
            await each.left.wait()


async def stopped(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
