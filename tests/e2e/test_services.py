"""The running platform is what the contracts say: every rpc answered by its service, with true statistics."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from allmanning.node.folder import DataFolder
from allmanning.runtime.bus import Bus
from allmanning.runtime.settings import Settings
from tests.contract.test_contracts import rpcs
from tests.platform_node import Platform


@pytest.fixture
async def operator(demo: Platform) -> AsyncIterator[Bus]:
    folder = DataFolder(demo.data)
    settings = Settings(nats_url=folder.running().nats_url, nats_user="node", nats_password=folder.passwords()["node"])
    bus = await Bus.connect(settings, name="node")
    yield bus
    await bus.close()


async def test_every_rpc_of_the_contracts_is_answered_by_its_service(operator: Bus) -> None:
    offered = set()
    for service in {subject.partition(".")[0] for subject in rpcs()}:
        info = json.loads((await operator.nc.request(f"$SRV.INFO.{service}", timeout=5)).data)
        assert info["name"] == service
        offered |= {endpoint["subject"] for endpoint in info["endpoints"]}
    assert offered == rpcs()


async def test_statistics_count_what_was_really_done(demo: Platform, keys: dict[str, str], operator: Bus) -> None:
    async def searches() -> int:
        stats = json.loads((await operator.nc.request("$SRV.STATS.retrieve", timeout=5)).data)
        return int(next(each["num_requests"] for each in stats["endpoints"] if each["subject"] == "retrieve.v1.search"))

    before = await searches()
    with demo.http(keys["caseworker"]) as client:
        for _ in range(3):
            assert client.post("/v1/search", json={"query": "bygglov"}).status_code == 200
    assert await searches() == before + 3


def test_health_and_metrics_tell_without_a_key(demo: Platform) -> None:
    health = httpx2.get(f"{demo.url}/health", timeout=10)
    assert health.status_code == 200
    assert {"audit", "generate", "index", "ingest", "retrieve"} <= set(health.json()["services"])
    metrics = httpx2.get(f"{demo.url}/metrics", timeout=10).text
    assert "# TYPE" in metrics
