"""Put the questions of a file to a platform over its API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from allmanning.gateway.evaluation.answered import Answered, Cited
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.node.client import Target
from allmanning.node.documents import documents
from allmanning.node.evaluate.answers import Ask, Told


def asking(platform: Target, authority: str, folder: Path) -> Ask:
    """Asks as each question's role, with an administrator's key: nobody else's questions may be left uncounted.

    `folder` holds the documents, so that a key may name them by file.
    """
    names = _names(folder)

    async def ask(question: KeyedQuestion) -> Told:
        return await asyncio.to_thread(_ask, platform, authority, question, names)

    return ask


def _names(folder: Path) -> dict[str, str]:
    """`<collection>/<file>`, as a key names its sources, by the document's identity; empty without the folder."""
    if not folder.is_dir():
        return {}
    return {
        file.uri: f"{collection.name}/{file.path.name}"
        for collection in folder.iterdir()
        if collection.is_dir()
        for file in documents([collection])
    }


def _ask(platform: Target, authority: str, question: KeyedQuestion, names: Mapping[str, str]) -> Told:
    client = platform.client(authority, "admin")
    started = time.perf_counter()
    answer = client.ask(question.question, measured_as=question.role)
    seconds = time.perf_counter() - started
    decision = answer["allmanning"]
    cited = [
        Cited(
            number=each["number"],
            source=names.get(each["document"]["uri"], each["document"]["uri"]),
            quote=each["quote"],
            around=" ".join([each["document"]["title"], *each["location"]["headings"]]),
        )
        for each in decision["citations"]
    ]
    said = Answered(
        outcome=decision["outcome"],
        reason=decision["reason"],
        # That the words are in another language is told by the platform, from no source.
        text=answer["choices"][0]["message"]["content"].removeprefix(decision["foreword"]).lstrip(),
        cited=cited,
        seconds=seconds,
        foreword=decision["foreword"],
    )
    return Told(said, decision["model"], decision["pins"])
