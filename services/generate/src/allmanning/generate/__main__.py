"""Start the generate service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    GetChoicesRequest,
    GetLoadRequest,
    GetQuotaRequest,
    GetSetupRequest,
    SetChoicesRequest,
    SetQuotaRequest,
)
from allmanning.generate.admission.admission import Admission, Limits
from allmanning.generate.admission.budget import Budget
from allmanning.generate.admission.door import Door
from allmanning.generate.admission.lines import Lines
from allmanning.generate.admission.quota_desk import QuotaDesk
from allmanning.generate.admission.quotas import Quotas
from allmanning.generate.answerers import Answerers
from allmanning.generate.authorities import Authorities
from allmanning.generate.choices.choices import Choices
from allmanning.generate.choices.desk import ChoiceDesk
from allmanning.generate.conversation import Memory
from allmanning.generate.gate import Gate
from allmanning.generate.handlers import Answers
from allmanning.generate.kinds import Listener
from allmanning.generate.load import Load
from allmanning.generate.model.registry import registry_of
from allmanning.generate.model.standing import standing_of
from allmanning.generate.search import Search
from allmanning.generate.settings import GenerateSettings
from allmanning.generate.setup import Setup
from allmanning.generate.support.opened import verifier_at
from allmanning.generate.support.verifier import Verifier
from allmanning.generate.terms import Terms
from allmanning.index.connect import embedder_at
from allmanning.index.embed.protocol import OpenedEmbedder
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import Endpoint, StreamEndpoint
from allmanning.runtime.record import Recorder
from allmanning.runtime.run import Service, run

# Questions that are being turned away, or are in danger and wait for nobody.
_AT_THE_DOOR: Final = 64


@asynccontextmanager
async def build(bus: Bus, settings: GenerateSettings) -> AsyncIterator[Service]:
    """The service, ready to answer."""
    async with (
        embedder_at(bus, settings.tei_url) as embedder,
        verifier_at(embedder, settings) as verifier,
        _answering(bus, settings, embedder, verifier) as service,
    ):
        yield service


@asynccontextmanager
async def _answering(
    bus: Bus, settings: GenerateSettings, embedder: OpenedEmbedder, verifier: Verifier
) -> AsyncIterator[Service]:
    registry = registry_of(settings)
    answerers = Answerers(settings, registry, verifier)
    answerer = answerers.default
    await answerers.warm_up()
    authorities = Authorities.read(settings.authorities)
    quotas = Quotas(bus, authorities, settings.channel_weights)
    limits = Limits(
        waiting=settings.max_waiting, waiting_of_one=settings.max_waiting_of_one, wait_s=settings.max_wait_s
    )  # fmt: skip
    lines = Lines(quotas, limits, extractive_places=settings.extractive_places)
    budget = Budget(bus)
    recorder = Recorder(bus, "generate")
    desk = QuotaDesk(quotas, budget, recorder)
    choices = Choices(bus)
    choice_desk = ChoiceDesk(choices, answerers, authorities, recorder)

    async def terms(authority: str) -> Terms:
        return await answerers.terms(authorities.of(authority), await choices.now(authority))

    async def line(authority: str) -> Admission:
        return lines.before((await terms(authority)).answerer)

    load = Load(line, budget, quotas)
    setup = Setup(terms, lambda on: standing_of(on.answerer, answerers.registry_of(on)))
    answers = Answers(
        door=Door(lines, budget, quotas),
        terms=terms,
        gate=Gate(
            bus,
            timeout_s=settings.gate_timeout_s,
            use_case=settings.use_case,
            appeal_route=settings.appeal_route,
            delegation_ref=settings.delegation_ref,
            delegable=settings.delegable,
        ),
        search=Search(bus, limit=settings.search_limit, timeout_s=settings.search_timeout_s),
        recorder=recorder,
        model_approved=settings.model_approved,
        max_question_chars=settings.max_question_chars,
        listener=Listener(embedder, timeout_s=settings.embedder_timeout_s),
        memory=Memory(settings.memory_turns, settings.memory_chars),
    )
    try:
        yield Service(
            endpoints=[
                # Whoever has to wait waits in fair order, not in the order of the subscription.
                StreamEndpoint(
                    subjects.GENERATE_ANSWER,
                    AnswerRequest,
                    answers.answer,
                    concurrency=len(answerers.names) * (settings.max_waiting + lines.before(answerer).places)
                    + _AT_THE_DOOR,
                ),
                Endpoint(subjects.GENERATE_GET_LOAD, GetLoadRequest, load.get),
                Endpoint(subjects.GENERATE_GET_QUOTA, GetQuotaRequest, desk.get),
                Endpoint(subjects.GENERATE_SET_QUOTA, SetQuotaRequest, desk.set),
                Endpoint(subjects.GENERATE_GET_CHOICES, GetChoicesRequest, choice_desk.get),
                Endpoint(subjects.GENERATE_SET_CHOICES, SetChoicesRequest, choice_desk.set),
                Endpoint(subjects.GENERATE_GET_SETUP, GetSetupRequest, setup.get),
            ],
            tasks=[lines.tell_places, lambda: lines.headroom.follow(lambda: lines.taken)],
        )
    finally:
        await answerers.close()
        await budget.written()


def main() -> None:
    """Serve until stopped."""
    settings = GenerateSettings()
    run("generate", settings, lambda bus: build(bus, settings))


if __name__ == "__main__":
    main()
