"""Keys, health, metrics and headers."""

from __future__ import annotations

from tests.integration.gateway.conftest import until


async def test_an_administrator_creates_and_ends_keys_of_their_own_authority(gateway):
    async with gateway.client("admin") as client:
        created = await client.post("/v1/keys", json={"role": "caseworker", "unit": "ifo", "secret": True})
        foreign = await client.post("/v1/keys", json={"role": "admin", "authority": "annanby"})
        headers = {"Authorization": f"Bearer {created.json()['key']}"}
        works = await client.get("/v1/models", headers=headers)
        ended = await client.delete(f"/v1/keys/{created.json()['id']}")
        again = await client.delete(f"/v1/keys/{created.json()['id']}")
        over = await client.get("/v1/models", headers=headers)

    assert (created.status_code, works.status_code, ended.status_code) == (201, 200, 204)
    assert (foreign.status_code, again.status_code, over.status_code) == (403, 404, 401)


async def test_the_operator_creates_keys_for_any_authority(gateway):
    async with gateway.client("admin", operator=True) as client:
        created = await client.post("/v1/keys", json={"role": "admin", "authority": "annanby"})
        nonsense = await client.post("/v1/keys", json={"role": "auditor", "secret": True})

    assert created.json()["authority"] == "annanby"
    assert (nonsense.status_code, nonsense.json()["error"]["code"]) == (400, "field.invalid")


async def test_health_names_the_service_that_does_not_answer(gateway):
    async with gateway.client() as client:
        well = await client.get("/health")
        await gateway.discoveries["audit"].withdraw()
        ill = await client.get("/health", headers={"Accept-Language": "en"})

    assert (well.status_code, well.json()["text"]) == (200, "Alla tjänster svarar.")
    assert well.json()["services"]["gateway"]["instances"] == 1
    assert (ill.status_code, ill.json()["text"]) == (503, "Not answering: audit.")
    assert ill.json()["services"]["audit"] == {"state": "down", "instances": 0, "text": "does not answer"}


async def test_metrics_count_by_route_and_hold_nothing_of_the_question(gateway):
    async with gateway.client("citizen") as client:
        question = [{"role": "user", "content": "Mitt personnummer är 19121212-1212"}]
        await client.post("/v1/chat/completions", json={"messages": question})
        await client.get("/v1/documents/hemligt-namn")
        await client.get("/static/base.css")

        async def counted() -> bool:
            # A request is counted when its response has left, which may be after the client has it.
            return 'route="/static",status="200"' in (await client.get("/metrics")).text

        await until(counted)
        figures = (await client.get("/metrics")).text

    assert 'allmanning_answers_total{outcome="answered"} 1.0' in figures
    assert 'allmanning_tokens_total{kind="prompt"} 120.0' in figures
    assert 'route="/v1/documents/{document_id}",status="404"' in figures
    assert "19121212" not in figures
    assert "hemligt-namn" not in figures


async def test_every_response_trusts_nothing_but_us(gateway):
    async with gateway.client() as client:
        for path in ("/", "/v1/models", "/static/base.css", "/nothing", "/signin"):
            headers = (await client.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert "set-cookie" not in headers


async def test_the_api_describes_itself_without_scripts_from_elsewhere(gateway):
    async with gateway.client() as client:
        description = (await client.get("/openapi.json")).json()
        docs = await client.get("/docs")

    assert "/v1/chat/completions" in description["paths"]
    assert "/search" not in description["paths"]
    assert docs.status_code == 404
