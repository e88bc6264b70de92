"""A short question to the model beside the answer: what it says is a help, and nothing fails without it."""

from __future__ import annotations

import asyncio
import logging

from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.failures import failure_of
from allmanning.generate.model.protocol import ChatModel

log = logging.getLogger(__name__)


async def brief_reply(
    chat: ChatModel, messages: list[ChatMessage], *, max_tokens: int, timeout_s: float, without: str
) -> ChatMessage | None:
    """The reply; None when the model is late, fails or says nothing. `without`: what then happens, for the log."""
    try:
        async with asyncio.timeout(timeout_s):
            answer = await chat.run_async(
                messages, streaming_callback=unheard, generation_kwargs={"max_tokens": max_tokens}
            )
    except Exception as error:  # noqa: BLE001 (clients raise many kinds; the answer itself will tell of the failure)
        log.warning("%s: %s", without, failure_of(error, begun=False).code)
        return None
    return answer["replies"][0] if answer["replies"] else None


async def unheard(_: StreamingChunk) -> None:
    """The whole reply is waited for."""
