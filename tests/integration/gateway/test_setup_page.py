"""The models on the page: who is asked when, and which server does not answer."""

from __future__ import annotations

from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.contracts.generate.v1.generate_pb import GetSetupRequest, GetSetupResponse
from allmanning.runtime import subjects
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Endpoint, Server
from allmanning.runtime.errors import InvalidInput

LONG = "<b>rad</b> av en lång text\n" * 1_000
Model, Replica = GetSetupResponse.Model, GetSetupResponse.Replica


def choices() -> proto.GetChoicesResponse:
    return proto.GetChoicesResponse(
        revision=3,
        tone_of_file="Säg du.",
        model_of_registry="stor",
        options=[
            proto.ModelOption(name="stor", chain=["stor", "extractive"]),
            proto.ModelOption(name="moln", barred=True),
        ],
        changes=[
            proto.ChoiceChange(at="2026-11-20T08:00:00.000Z", by="x", reason="Prov", after=proto.Choice(tone="Ni"))
        ],
    )


async def serve(gateway, *endpoints: Endpoint) -> None:
    async def known(_: proto.GetChoicesRequest) -> proto.GetChoicesResponse:
        return choices()

    every = [*endpoints, Endpoint(subjects.GENERATE_GET_CHOICES, proto.GetChoicesRequest, known)]
    await Server(gateway.bus.nc, "generate").start(
        [(each, EndpointStats(each.subject, each.subject)) for each in every]
    )


async def test_an_administrator_chooses_tone_and_model_with_a_reason_and_keeps_what_was_typed(gateway):
    asked: list[proto.SetChoicesRequest] = []

    async def setup(_: GetSetupRequest) -> GetSetupResponse:
        return GetSetupResponse()

    async def choose(request: proto.SetChoicesRequest) -> proto.SetChoicesResponse:
        asked.append(request)
        if not request.reason:
            raise InvalidInput("choice.reason_missing", "Skriv varför. (Say why.)")
        return proto.SetChoicesResponse()

    await serve(
        gateway,
        Endpoint(subjects.GENERATE_GET_SETUP, GetSetupRequest, setup),
        Endpoint(subjects.GENERATE_SET_CHOICES, proto.SetChoicesRequest, choose),
    )
    form = {"own": "own", "tone": "Skriv ni <b>.", "model": "stor", "revision": "3"}
    async with gateway.signed_in("admin") as client:
        refused = await client.post("/admin/setup", data=form)
        saved = await client.post("/admin/setup", data={**form, "reason": "Nytt beslut"})
        page = await client.get("/admin/setup")
    async with gateway.signed_in("auditor") as client:
        seen = await client.get("/admin/setup")
        barred = await client.post("/admin/setup", data={**form, "reason": "x"})

    assert (refused.status_code, saved.status_code, barred.status_code) == (400, 303, 403)
    assert "Skriv ni &lt;b&gt;." in refused.text
    assert (asked[1].choice.tone, asked[1].choice.model, asked[1].revision) == ("Skriv ni <b>.", "stor", 3)
    assert "stor, sedan" in page.text
    assert page.text.count("disabled") == 1
    assert ("Prov" in seen.text, 'name="tone"' in seen.text) == (True, False)


async def test_models_are_told_with_what_each_may_and_the_prompt_with_its_version(gateway):
    async def setup(_: GetSetupRequest) -> GetSetupResponse:
        return GetSetupResponse(
            pins=[
                GetSetupResponse.Pin(kind="prompt", hash="sha256:" + "ab" * 32, content="{#- Version 7. -#}\nDu"),
                GetSetupResponse.Pin(kind="signals", hash="sha256:" + "cd" * 32, content=LONG),
            ],
            models=[
                Model(
                    name="stor<b>", api="openai", turn=1, fallback="extractive", highest_secrecy="internal",
                    replicas=[Replica(number=1, well=True, taken=2, capacity=8), Replica(number=2, rests_s=12.4)],
                ),
                Model(name="extractive", api="extractive", turn=2, fallback="none"),
                Model(name="vilande", api="tgi", fallback="none"),
            ],
        )  # fmt: skip

    await serve(gateway, Endpoint(subjects.GENERATE_GET_SETUP, GetSetupRequest, setup))
    async with gateway.signed_in("auditor") as client:
        page = (await client.get("/admin/setup")).text
        whole = await client.get("/admin/setup/text?kind=signals")
        other = await client.get("/admin/setup/text?kind=annat")

    assert "stor&lt;b&gt;" in page
    assert "öppna och interna stycken" in page
    assert "1 av 2 servrar vilar." in page
    assert "vilar 12 s till" in page
    assert "svarar dokumentens egna meningar" in page
    assert "Frågas inte" in page
    assert "Version 7" in page
    assert "allmanning/generate/prompts/" in page
    # Of a long text it says that it is the beginning, and where the rest is.
    assert "Här visas de första 19\u00a0979 av 27\u00a0000 tecken." in page
    assert 'href="/admin/setup/text?kind=signals"' in page
    assert page.count("Här visas") == 1
    assert (whole.text, whole.headers["content-type"]) == (LONG, "text/plain; charset=utf-8")
    assert other.status_code == 404
