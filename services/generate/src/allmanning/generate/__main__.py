"""Start the generate service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allmanning.contracts.generate.v1.generate_pb import AnswerRequest
from allmanning.generate.answerer import answerer_of
from allmanning.generate.gate import Gate
from allmanning.generate.handlers import Answers
from allmanning.generate.model.registry import registry_of
from allmanning.generate.pins import pins_of
from allmanning.generate.search import Search
from allmanning.generate.settings import GenerateSettings
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import StreamEndpoint
from allmanning.runtime.record import Recorder
from allmanning.runtime.run import Service, run


@asynccontextmanager
async def build(bus: Bus, settings: GenerateSettings) -> AsyncIterator[Service]:
    """The service, ready to answer."""
    registry = registry_of(settings)
    answerer = answerer_of(settings, registry)
    await answerer.warm_up()
    answers = Answers(
        gate=Gate(
            bus, timeout_s=settings.gate_timeout_s, use_case=settings.use_case, appeal_route=settings.appeal_route
        ),
        search=Search(bus, limit=settings.search_limit, timeout_s=settings.search_timeout_s),
        recorder=Recorder(bus, "generate"),
        answerer=answerer,
        pins=pins_of(settings, answerer, registry),
        model_approved=settings.model_approved,
        max_question_chars=settings.max_question_chars,
    )
    try:
        yield Service(endpoints=[StreamEndpoint(subjects.GENERATE_ANSWER, AnswerRequest, answers.answer)])
    finally:
        await answerer.close()


def main() -> None:
    """Serve until stopped."""
    settings = GenerateSettings()
    run("generate", settings, lambda bus: build(bus, settings))


if __name__ == "__main__":
    main()
