"""Quotas over HTTP: who is taken for the platform's administrator, and a form that comes back as it was."""

from __future__ import annotations

import pytest

from allmanning.contracts.generate.v1 import generate_pb as generate
from allmanning.gateway.keys import put_authority
from allmanning.runtime import subjects
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Endpoint, Server


class Kept:
    """A quota, and what was asked of it."""

    def __init__(self) -> None:
        self.quota = generate.Quota(weight=1.0, tokens_per_day=900, channel_weights={"citizen": 16.0, "batch": 1.0})
        self.asked: list[generate.SetQuotaRequest] = []

    async def get(self, _: generate.GetQuotaRequest) -> generate.GetQuotaResponse:
        changes = [
            generate.QuotaChange(
                at="2026-11-27T10:00:00Z", by="x", operator=True, before=generate.Quota(), after=self.quota
            )
        ]
        return generate.GetQuotaResponse(quota=self.quota, revision=4, tokens_used=810, changes=changes)

    async def set(self, request: generate.SetQuotaRequest) -> generate.SetQuotaResponse:
        self.asked.append(request)
        assert request.quota
        self.quota = request.quota
        return generate.SetQuotaResponse(quota=request.quota, revision=5)


@pytest.fixture
async def kept(gateway) -> Kept:
    kept = Kept()
    endpoints = [
        Endpoint(subjects.GENERATE_GET_QUOTA, generate.GetQuotaRequest, kept.get),
        Endpoint(subjects.GENERATE_SET_QUOTA, generate.SetQuotaRequest, kept.set),
    ]
    server = Server(gateway.bus.nc, "generate")
    await server.start([(each, EndpointStats(each.subject, each.subject)) for each in endpoints])
    return kept


async def test_the_api_changes_what_is_given_and_says_who_runs_the_platform(gateway, kept):
    put_authority(gateway.data_dir, "annanby", "Annanby")
    async with gateway.client("admin") as client, gateway.client("admin", operator=True) as operator:
        own = await client.patch("/v1/quota", json={"own_tokens_per_day": 500})
        other = await operator.patch("/v1/quota?authority=annanby", json={"weight": 2.5, "revision": 3})
        wrong = await client.patch("/v1/quota", json={"weight": 0})
    async with gateway.client("auditor") as client:
        read = (await client.get("/v1/quota")).json()
        refused = await client.patch("/v1/quota", json={"own_tokens_per_day": 1})
    async with gateway.client("caseworker") as client:
        unseen = await client.get("/v1/quota")

    first, second = kept.asked
    assert (own.status_code, other.status_code, wrong.status_code) == (200, 200, 400)
    assert (first.operator, first.revision, first.authority) == (False, 4, "")
    assert first.quota == generate.Quota(
        weight=1.0, tokens_per_day=900, own_tokens_per_day=500, channel_weights={"citizen": 16.0, "batch": 1.0}
    )
    assert (second.operator, second.revision, second.authority, second.quota.weight) == (True, 3, "annanby", 2.5)
    assert (read["tokens_used"], read["own_tokens_per_day"], read["shared_writable"]) == (810, 500, False)
    assert (refused.status_code, unseen.status_code) == (403, 403)


@pytest.mark.usefixtures("kept")
async def test_who_shares_the_platform_with_nobody_runs_it(gateway):
    async with gateway.client("admin") as client:
        assert (await client.get("/v1/quota")).json()["shared_writable"]
        put_authority(gateway.data_dir, "annanby", "Annanby")
        assert not (await client.get("/v1/quota")).json()["shared_writable"]


async def test_the_page_keeps_what_was_typed_and_names_whoever_changed(gateway, kept):
    put_authority(gateway.data_dir, "annanby", "Annanby")
    fields = {"authority": "exempelby", "revision": "4", "channel.citizen": "8", "channel.batch": "1"}
    async with gateway.signed_in("admin") as client:
        page = (await client.get("/admin/quotas")).text
        wrong = await client.post("/admin/quotas", data={**fields, "own_tokens_per_day": "massor"})
        # A form that somebody has made up sets nothing of what all share.
        made_up = {**fields, "own_tokens_per_day": "700", "weight": "900", "tokens_per_day": "0"}
        done = await client.post("/admin/quotas", data=made_up)
        after = (await client.get(done.headers["location"])).text
    async with gateway.signed_in("auditor") as client:
        read_only = (await client.get("/admin/quotas")).text

    assert "Den som driver plattformen bestämmer det här" in page
    assert 'name="weight"' not in page
    assert "810 av 900" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert wrong.status_code == 400
    assert 'value="massor"' in wrong.text
    assert "Inget ändrades" in wrong.text
    assert done.status_code == 303
    (asked,) = kept.asked
    assert (asked.quota.weight, asked.quota.tokens_per_day, asked.quota.own_tokens_per_day) == (1.0, 900, 700)
    assert "Sparat." in after
    assert "<button" not in read_only[read_only.index("<main") :]
