"""The models on the page: who is asked when, and which server does not answer."""

from __future__ import annotations

from allmanning.contracts.generate.v1.generate_pb import GetSetupRequest, GetSetupResponse
from allmanning.runtime import subjects
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Endpoint, Server

LONG = "<b>rad</b> av en lång text\n" * 1_000
Model, Replica = GetSetupResponse.Model, GetSetupResponse.Replica


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

    endpoint = Endpoint(subjects.GENERATE_GET_SETUP, GetSetupRequest, setup)
    await Server(gateway.bus.nc, "generate").start([(endpoint, EndpointStats(endpoint.subject, endpoint.subject))])
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
