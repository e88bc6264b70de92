"""The asker's personal data reaches no model, no record, no trace and no metric; the asker himself sees it again."""

from __future__ import annotations

import json

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from allmanning.contracts.generate.v1.generate_pb import Outcome
from allmanning.runtime.bus import Bus
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import passage, platform
from tests.integration.generate.test_answer import ALTAN, finished

IDENTIFIERS = (
    "850312-1234", "070-123 45 67", "kim.berg@exempel.se", "4111 1111 1111 1111", "Kim Berg", "Storgatan 5",
    "8503121235",
)  # fmt: skip
EARLIER = "Hej, jag heter Kim Berg, 850312-1234, och bor på Storgatan 5. Gäller bygglov för altan?"
ASKED = (
    "Och om den är i markhöjd? Ring 070-123 45 67 eller kim.berg@exempel.se. Kortet är 4111 1111 1111 1111 "
    "och min frus personnummer 8503121235."
)


async def test_identifiers_reach_nothing_but_the_asker(bus: Bus) -> None:
    spans, read = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = trace.get_tracer_provider()
    if not isinstance(tracing, TracerProvider):
        tracing = TracerProvider()
        trace.set_tracer_provider(tracing)
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    metrics.set_meter_provider(MeterProvider([read]))
    async with ScriptedModel(Script(("En altan i markhöjd kräver inte bygglov. [1]",))) as model:
        settings = {"model_api": "openai", "model_url": f"{model.url}/v1", "model_name": "m", "model_approved": True}
        async with platform(bus, **settings) as served:
            served.passages = [passage(ALTAN, headings=["När behövs bygglov"])]
            done = finished(await served.ask(EARLIER, "Nej.", ASKED))
            told = {
                "model": json.dumps(model.requests, ensure_ascii=False),
                "search": str([each.query for each in served.searched]),
                "gate": str(served.gated),
                "leaves": json.dumps(await served.records(), ensure_ascii=False),
                "parts": json.dumps(await served.parts(), ensure_ascii=False),
                "spans": "".join(span.to_json() for span in spans.get_finished_spans()),
                "metrics": str(read.get_metrics_data()),
            }

    assert done.outcome == Outcome.ANSWERED
    assert "[personnummer" in told["model"]
    assert "chat" in told["spans"]
    found = [(where, value) for where, text in told.items() for value in IDENTIFIERS if value in text]
    assert found == []


async def test_the_asker_sees_his_own_value_again_and_the_record_does_not(bus: Bus) -> None:
    text = "Du kan få besked om altanen på telefonnummer som du själv har uppgett i anmälan."
    said = "Du kan få besked om altanen på [telefonnummer] som du själv har uppgett i anmälan. [1]"
    async with ScriptedModel(Script((said,))) as model:
        settings = {"model_api": "openai", "model_url": f"{model.url}/v1", "model_name": "m", "model_approved": True}
        async with platform(bus, **settings) as served:
            served.passages = [passage(text)]
            answers = await served.ask("Kan jag få besked om altanen på 070-123 45 67?")
            parts = await served.parts()

    done = finished(answers)
    assert "på 070-123 45 67 som du själv" in done.text
    streamed = "".join(each.event.value.text for each in answers if each.event and each.event.field == "sentence")
    assert done.text.startswith(streamed)
    assert "070-123" not in json.dumps(parts)
    assert "[telefonnummer]" in parts["told"]
