"""What may be danger or an own case is answered with a word about that, and taken for it where nothing answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from allmanning.contracts.audit.v1.audit_pb import GateResponse, Verdict
from allmanning.contracts.generate.v1.generate_pb import Outcome, Reason
from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse
from allmanning.generate.kinds import Kind
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.run import Service
from tests.integration.generate.scripted_platform import ALTAN, Platform, passage, platform
from tests.integration.generate.test_answer import QUESTION, finished, kinds
from tests.serving import Serving
from tests.unit.generate.meaning import nearly

CRISIS = GateResponse(verdict=Verdict.HAND_OVER, rule_id="F1", reason="fara", notice="emergency")
OWN = GateResponse(verdict=Verdict.HAND_OVER, rule_id="F4", reason="eget ärende", notice="hand_over")
IN_DANGER = "Är du eller någon annan i fara just nu, ring 112."


@asynccontextmanager
async def hearing(bus: Bus, kind: Kind, rule: GateResponse) -> AsyncIterator[Platform]:
    """A platform to which every message may be of that kind, with a rule for it."""
    vector = np.asarray(nearly(kind), "<f4").tobytes()

    async def embed(request: EmbedRequest) -> EmbedResponse:
        return EmbedResponse(vectors=[vector] * len(request.texts), dimension=384, model="multilingual-e5-small/test")

    index = Service(endpoints=[Endpoint(subjects.INDEX_EMBED, EmbedRequest, embed)])
    async with Serving(bus, "index", index), platform(bus) as served:
        served.doubted_rule = rule
        served.passages = [passage(ALTAN)]
        yield served


async def test_an_answer_to_what_may_be_danger_begins_with_where_help_is(bus: Bus) -> None:
    async with hearing(bus, Kind.CRISIS, CRISIS) as served:
        answers = await served.ask(QUESTION)
        done, records = finished(answers), await served.records()
    assert done.outcome == Outcome.ANSWERED
    assert done.text.startswith(IN_DANGER)
    assert "kräver inte bygglov" in done.text
    first = next(each.event.value for each in answers if each.event is not None and each.event.field == "sentence")
    assert getattr(first, "text", "").startswith(IN_DANGER)
    assert records[0]["in_doubt"] == ["acute"]
    assert records[0]["signals"]["acute"] is False
    assert next(each for each in records if "sentence.released" in each["type"])["notice"] == "if_danger"


async def test_an_answer_to_what_may_be_an_own_case_says_that_it_holds_in_general(bus: Bus) -> None:
    async with hearing(bus, Kind.OWN, OWN) as served:
        done = finished(await served.ask(QUESTION))
    assert done.outcome == Outcome.ANSWERED
    assert "Svaret gäller i allmänhet." in done.text.rpartition("\n")[2]


@pytest.mark.parametrize(
    ("kind", "rule", "reason", "told"),
    [(Kind.CRISIS, CRISIS, Reason.CRISIS, "112"), (Kind.OWN, OWN, Reason.INDIVIDUAL_CASE, "handläggare")],
)
async def test_what_nothing_answers_is_taken_for_what_it_may_be(
    bus: Bus, kind: Kind, rule: GateResponse, reason: Reason, told: str
) -> None:
    async with hearing(bus, kind, rule) as served:
        served.passages = []
        done = finished(await served.ask("Blåmärken igen i dag."))
        records = await served.records()
    assert (done.outcome, done.reason, done.rule_id) == (Outcome.HANDED_OVER, reason, rule.rule_id)
    assert told in done.text
    assert kinds(records)[-2:] == ["gate.evaluated", "escalated"]
    assert records[-1]["reason"] == reason.name.lower()
