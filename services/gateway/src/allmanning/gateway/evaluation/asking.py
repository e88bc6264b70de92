"""Put a question with a key to the platform, as somebody in its role would, where nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from typing import Final

from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    AnswerResponse,
    Citation,
    Finished,
    Message,
    Reason,
)
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location
from allmanning.gateway.evaluation.answered import Answered, Cited
from allmanning.gateway.evaluation.as_whom import principal_as
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.gateway.evaluation.told import Told
from allmanning.gateway.shapes import OUTCOMES, citations
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Unavailable

# The longest silence of a service that has more questions than one.
_SILENCE_S: Final = 60.0
# Of a file's name: "html", "jsonl".
_ENDING: Final = 5


async def told(bus: Bus, authority: str, by: str, question: KeyedQuestion) -> Told:
    """The platform's answer, on record as an evaluation that `by` (a pseudonym) has begun.

    Raises:
        PlatformError: what the service says; Unavailable: `generate.interrupted`.
    """
    request = AnswerRequest(
        principal=principal_as(question.role, authority, by),
        messages=[Message(role="user", content=question.question)],
        batch=True,
        evaluation=True,
    )
    finished: Finished | None = None
    started = time.perf_counter()
    stream = bus.stream(subjects.GENERATE_ANSWER, request, AnswerResponse, idle_timeout_s=_SILENCE_S)
    async with aclosing(stream) as events:
        # To its end: whoever leaves before is taken for one who gave up.
        async for each in events:
            if each.event and isinstance(each.event.value, Finished):
                finished = each.event.value
    if finished is None:
        raise Unavailable("generate.interrupted", "Svaret avbröts innan det var klart. Försök igen om en stund.")
    return _of(finished, question, time.perf_counter() - started)


def _of(finished: Finished, question: KeyedQuestion, seconds: float) -> Told:
    said = Answered(
        outcome=OUTCOMES.get(finished.outcome, "abstained"),
        reason="" if finished.reason is Reason.UNSPECIFIED else finished.reason.name.lower(),
        # That the words are in another language is told by the platform, from no source.
        text=finished.text.removeprefix(finished.foreword).lstrip(),
        cited=[_cited(each, question.sources) for each in finished.citations],
        seconds=seconds,
        foreword=finished.foreword,
    )
    pins = {**finished.pins, "rules": finished.rules, "index": finished.index_version}
    return Told(
        answer=said,
        decision=finished.decision_id,
        model=finished.model,
        pins={kind: value for kind, value in pins.items() if value},
        language=finished.language if finished.foreword else finished.text_language or finished.language,
        links={each["number"]: each["view"] for each in citations(finished.citations, "")},
    )


def _cited(citation: Citation, wanted: Sequence[str]) -> Cited:
    document = (citation.passage.document if citation.passage else None) or DocumentVersion()
    place = (citation.passage.location if citation.passage else None) or Location()
    names = {_bare(each) for each in _names(document)}
    return Cited(
        number=citation.number,
        source=next((each for each in wanted if _bare(each) in names), document.uri),
        quote=citation.quote,
        around=" ".join([document.title, *place.headings]),
    )


def _bare(name: str) -> str:
    """Without the ending of a file: a page on the web may have none."""
    folder, slash, file = name.strip().casefold().rpartition("/")
    stem, dot, ending = file.rpartition(".")
    bare = stem if dot and ending.isalnum() and len(ending) <= _ENDING else file
    return f"{folder}{slash}{bare}"


def _names(document: DocumentVersion) -> Iterator[str]:
    """By which a key may name a document: its address, its file within its collection, its title, its identity."""
    yield document.uri
    yield f"{document.collection}/{document.uri.rstrip('/').rpartition('/')[2]}"
    yield document.title
    yield document.id
