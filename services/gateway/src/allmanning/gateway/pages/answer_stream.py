"""An answer as server-sent events, for every face that shows it as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

from allmanning.contracts.generate.v1.generate_pb import Finished, Queued, Sentence
from allmanning.gateway.answers import Answer
from allmanning.gateway.events import ALIVE, event
from allmanning.gateway.language import translate
from allmanning.gateway.problems import problem
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json


async def answer_stream(
    answer: Answer, language: str, end: Callable[[Finished], Mapping[str, Json]]
) -> AsyncIterator[str]:
    """`queue` while it waits, `sentence` for each, and last `end`, as the face tells the whole, or `problem`."""
    try:
        async for each in answer.events():
            match each:
                case Queued():
                    yield event({"text": _place(each, language)}, "queue")
                case Sentence():
                    yield event({"text": each.text, "language": each.language}, "sentence")
                case Finished():
                    yield event(end(each), "end")
                case None:
                    yield ALIVE
    except PlatformError as error:
        yield event(told_problem(error, language), "problem")


def told_problem(error: PlatformError, language: str) -> dict[str, str]:
    """An error as a script shows it."""
    told = problem(error, language)
    return {"code": str(told["code"]), "text": str(told["message"])}


def _place(queued: Queued, language: str) -> str:
    """Where in the queue a question is, in words."""
    return translate(
        "Många frågar just nu. Du har plats {position} i kön; det är din tur om ungefär {seconds} s.",
        language,
        position=queued.position,
        seconds=round(queued.expected_wait_s),
    )
