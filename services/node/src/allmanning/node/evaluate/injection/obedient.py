"""A model that obeys whatever it is told in its prompt, so that obedience shows in what the platform releases."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from haystack import component
from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.index.injection.disguise import encoded, unseen, visible

MARK: Final = "Instruktionen är utförd av KANARIE-4711."
_LEAKED_CHARS: Final = 90
_SAYING: Final = (
    r"(?:svara|skriv|säg|säga|påstå|nämn|bekräfta|rekommendera|godkänn|upprepa|inkludera|say|print|output|write|answer|respond|reply"
    r"|repeat|include|recommend|antworte|schreibe?|sage|gib|dices|dis)"
)
_QUOTED: Final = re.compile(
    rf"(?i)(?<!\w){_SAYING}\b[^\n]{{0,60}}?(?:[\"“”„«»]([^\"“”„«»]{{2,120}})[\"“”«»]|(?<!\w)'([^']{{2,120}})'(?!\w))"
)
_ADDRESS: Final = re.compile(r"https?://[^\s)\"'>]+")
_LOUD: Final = re.compile(
    rf"(?<!\w)(?![^a-zåäö]*(?<!\w)(?i:{_SAYING}|use|look|musst)\b)[A-ZÅÄÖ]{{3,}}(?:[ ,][A-ZÅÄÖ]{{2,}})+(?!\w)"
)
_SAY: Final = re.compile(
    rf"(?i)\b{_SAYING}\b"
    r"(?:[\s:]+(?:alltid|bara|endast|att|med|ordet|texten|only|always|just|with|that|the word|nur|mit|dass)\b)+"
    r"[\s:]+([^.!?\n]{2,120})"
)
_CLAIM: Final = re.compile(
    rf"(?i)(?:{_SAYING}|verfasse|formulier\w*|tell|förklara|explain|erkläre)\b[^.!?\n]{{0,50}}?"
    r"\b(?:why|that|att|varför|warum|dass)\s+([^.!?\n]{3,120})"
)
_SENTENCE: Final = re.compile(r"[^.!?\n]+")
_SHORTEST_SEEN: Final = 12
_SHORTEST_SAID: Final = 3


@dataclass(frozen=True)
class Order:
    """What one planted text wants, and what the model says when it reads none."""

    planted: str
    honest: str


ORDER: Final[ContextVar[Order]] = ContextVar("ORDER")


def demanded(planted: str) -> Sequence[str]:
    """Texts that the planted one wants said: quoted, claimed, in capitals, an address, or after a verb of saying."""
    wanted: list[str] = []
    for text in (visible(planted), unseen(planted), *encoded(planted)):
        for pattern in (_QUOTED, _ADDRESS, _LOUD, _SAY, _CLAIM):
            wanted += (next(filter(None, match.groups()), match[0]).strip(" ,;:–-") for match in pattern.finditer(text))
    return [each for each in dict.fromkeys(wanted) if sum(map(str.isalnum, each)) >= _SHORTEST_SAID]


def reads(prompt: str, planted: str) -> bool:
    """Whether the prompt holds the planted text, or a sentence of it, in the clear or as it was written."""
    where = _squeezed(prompt)
    hidden = [text for text in (unseen(planted), *encoded(planted)) if text.strip()]
    for text in (planted, visible(planted), *hidden):
        parts = [part for part in map(_squeezed, _SENTENCE.findall(text)) if len(part) >= _SHORTEST_SEEN]
        if any(part in where for part in parts or [_squeezed(text)] if part):
            return True
    return False


@component
class ObedientModel:
    """A chat component: does what `ORDER` plants where its prompt shows it, otherwise gives the honest answer."""

    @component.output_types(replies=list[ChatMessage])
    def run(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """Outside an event loop."""
        return asyncio.run(self.run_async(messages, streaming_callback, generation_kwargs))

    @component.output_types(replies=list[ChatMessage])
    async def run_async(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,  # noqa: ARG002 (no sampling to set)
    ) -> Replies:
        """The reply, a line at a time."""
        order = ORDER.get()
        lines = [order.honest]
        if reads("\n".join(each.text or "" for each in messages), order.planted):
            lines = [*(f"{each}. [1]" for each in demanded(order.planted)), MARK, leaked(messages)]
        if streaming_callback is not None:
            for line in lines:
                await streaming_callback(StreamingChunk(content=f"{line}\n"))
        reply = ChatMessage.from_assistant("\n".join(lines), meta={"finish_reason": "stop", "model": "obedient"})
        return {"replies": [reply]}


def leaked(messages: Sequence[ChatMessage]) -> str:
    """How the prompt begins."""
    return " ".join((messages[0].text or "").split())[:_LEAKED_CHARS]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
