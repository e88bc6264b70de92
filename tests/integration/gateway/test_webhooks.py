"""Webhooks told to a real receiver: signed, again after a failure, and not lost when the gateway dies."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.contracts.ingest.v1.ingest_pb import DocumentIndexed, DocumentRejected
from allmanning.gateway.keys import create_key
from allmanning.gateway.webhooks.signature import signed
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.record import canonical
from tests.conftest import free_port
from tests.integration.gateway.conftest import until
from tests.integration.gateway.process import gateway_process, until_up
from tests.integration.gateway.receiver import Receiver, receiving

ALL = ["review.opened", "review.closed", "document.ingested", "document.rejected", "document.retired"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


async def happen(bus: Bus, number: int) -> None:
    """A document is read, one is rejected with words about somebody, and a review is opened."""
    indexed = DocumentIndexed(authority="exempelby", document_id=f"d{number}", version="v", passages=3)
    await bus.publish(subjects.document_indexed("exempelby"), indexed, message_id=f"i{number}")
    rejected = DocumentRejected(
        authority="exempelby", document_id=f"r{number}", version="v", code="file.empty", reason="Tolvan Tolvansson"
    )
    await bus.publish(subjects.document_rejected("exempelby"), rejected, message_id=f"r{number}")
    for kind in ("question.received", "review.opened"):
        leaf = {"type": f"se.audit.{kind}.v1", "time": "2026-11-27T10:00:00.000Z"}
        event = DecisionRecorded(
            id=f"{kind}-{number}", authority="exempelby", decision_id=f"b{number}", leaf=canonical(leaf)
        )
        await bus.publish(subjects.decision_recorded("exempelby"), event, message_id=f"{kind}-{number}")


def told(receiver: Receiver) -> set[tuple[str, str]]:
    bodies = [json.loads(body) for _, body in receiver.came]
    return {
        (each["type"], each["data"].get("document_id") or each["data"].get("decision_id", ""))
        for each in bodies
        if each["type"] != "webhook.ping"
    }


def all_of(*numbers: int) -> set[tuple[str, str]]:
    return {
        each
        for number in numbers
        for each in (
            ("document.ingested", f"d{number}"),
            ("document.rejected", f"r{number}"),
            ("review.opened", f"b{number}"),
        )
    }


@pytest.mark.timeout(300)
async def test_nothing_is_lost_when_the_gateway_is_killed_and_nobody_else_is_called(nats, bus, receiver, tmp_path):
    data_dir, port = tmp_path / "own", free_port()
    headers = {"Authorization": f"Bearer {create_key(data_dir, 'exempelby', 'admin')}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:
        async with gateway_process(nats, data_dir, port, webhook_private_hosts="127.0.0.1"):
            await until_up(client)
            made = (await client.post("/v1/webhooks", json={"url": receiver.url, "events": ALL})).json()
            ping = (await client.post(f"/v1/webhooks/{made['id']}/ping")).json()
            await until(lambda: len(receiver.came) == 1)
            receiver.status = 503
            await happen(bus, 1)
            await until(lambda: told(receiver) == all_of(1), within_s=15)
        # Dead: the deliveries of the first round wait, and nobody hears the second.
        await happen(bus, 2)
        receiver.came.clear()
        receiver.status = 204
        async with gateway_process(nats, data_dir, port, webhook_private_hosts="127.0.0.1"):
            await until(lambda: told(receiver) == all_of(1, 2), within_s=50)
            seen = str(receiver.came)
            log = (await client.get(f"/v1/webhooks/{made['id']}/deliveries")).json()["deliveries"]
            changed = (await client.post(f"/v1/webhooks/{made['id']}/rotate")).json()
            receiver.came.clear()
            await client.post(f"/v1/webhooks/{made['id']}/ping")
            await until(lambda: len(receiver.came) == 1)
            headers_, body = receiver.came[0]
            assert "Tolvan" not in seen
            await refusals(client, receiver)

    assert {each["state"] for each in log} == {"delivered"}
    assert ping["id"] in {each["id"] for each in log}
    secrets = [base64.b64decode(each["secret"].removeprefix("whsec_")) for each in (changed, made)]
    wanted = signed(headers_["webhook-id"], int(headers_["webhook-timestamp"]), body, secrets)
    assert headers_["webhook-signature"] == wanted["webhook-signature"]


async def refusals(client: httpx.AsyncClient, receiver: Receiver) -> None:
    """Redirects are not followed, private addresses are not called, and only https is taken."""
    receiver.came.clear()
    receiver.status, receiver.headers = 307, {"Location": receiver.url + "/elsewhere"}
    errors = []
    for url in (receiver.url, "https://localhost:1/"):
        made = (await client.post("/v1/webhooks", json={"url": url, "events": ["review.closed"]})).json()
        await client.post(f"/v1/webhooks/{made['id']}/ping")

        async def tried(hook: str = made["id"]) -> bool:
            [delivery] = (await client.get(f"/v1/webhooks/{hook}/deliveries")).json()["deliveries"]
            if delivery["attempts"]:
                errors.append((delivery["error"], delivery["status"]))
            return bool(delivery["attempts"])

        await until(tried, within_s=20)
    assert errors == [("webhook.redirected", 307), ("webhook.address_refused", 0)]
    assert len(receiver.came) == 1
    for url in ("http://arende.exempelby.se/", "https://a:b@exempelby.se/", "ftp://exempelby.se/", "https://["):
        refused = await client.post("/v1/webhooks", json={"url": url, "events": ["review.closed"]})
        assert (refused.status_code, refused.json()["code"]) == (400, "webhook.url")
