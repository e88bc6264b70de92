"""What people ask in vain, and the document that somebody writes about it."""

from __future__ import annotations

import json

from allmanning.contracts.audit.v1 import inspection_pb as inspection
from allmanning.contracts.ingest.v1.ingest_pb import SubmitRequest
from allmanning.runtime import subjects
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.objects import Objects

QUESTION = "Får jag ha <b>höns</b> i trädgården?"
GAPS = {
    "since": "2026-10-28",
    "questions": 7,
    "found": 2,
    "by": "embedding",
    "gaps": [
        {
            "asked": 6,
            "reported": 1,
            "first": "2026-11-01",
            "latest": "2026-11-20",
            "why": {"not_in_sources": 5, "missing": 1},
            "questions": [
                {"decision": "d1", "question": QUESTION},
                {"decision": "d2", "question": "Hur många hönor får man ha hemma?"},
            ],
        },
        {
            "asked": 1,
            "reported": 0,
            "first": "2026-11-02",
            "latest": "2026-11-02",
            "why": {"out_of_scope": 1},
            "questions": [{"decision": "d3", "question": "När går bussen till Lillby?"}],
        },
    ],
}


async def gaps_answered(gateway, told: dict = GAPS) -> list[inspection.InspectRequest]:
    """The audit service tells of gaps to whoever says why; what it was asked."""
    asked: list[inspection.InspectRequest] = []

    async def inspect(request: inspection.InspectRequest) -> inspection.InspectResponse:
        asked.append(request)
        if not request.reason:
            raise InvalidInput("audit.reason_missing", "Ange varför du läser.")
        return inspection.InspectResponse(report=json.dumps(told).encode())

    endpoint = Endpoint(subjects.AUDIT_INSPECT, inspection.InspectRequest, inspect)
    await gateway.audit.start([(endpoint, EndpointStats(endpoint.subject, endpoint.subject))])
    return asked


async def test_questions_are_shown_to_whoever_says_why_and_only_then(gateway):
    asked = await gaps_answered(gateway)
    async with gateway.signed_in("admin") as client:
        before = (await client.get("/admin/gaps")).text
        without = await client.post("/admin/gaps", data={"days": "7"})
        shown = await client.post("/admin/gaps", data={"days": "7", "reason": "Dokumentplan 2027"})
    async with gateway.signed_in("caseworker") as client:
        others = await client.post("/admin/gaps", data={"reason": "Nyfiken"})

    assert "höns" not in before
    assert without.status_code == 400
    assert "höns" not in without.text
    assert "Får jag ha &lt;b&gt;höns&lt;/b&gt; i trädgården?" in shown.text
    assert "Ställd 6 gånger, senast 20 november 2026." in shown.text
    assert "står inte i dokumenten" in shown.text.lower()
    assert [(each.reason, each.ask.value.days) for each in asked] == [("", 7), ("Dokumentplan 2027", 7)]
    assert others.status_code == 403


async def test_a_written_document_is_read_in_as_a_file_with_its_heading(gateway):
    async with gateway.signed_in("admin") as client:
        begun = await client.post("/admin/write/begin", data={"questions": [QUESTION, "Och tuppar?"]})
        fields = {"title": "Höns  i tätort", "text": "Du får ha höns.\r\nTuppar kräver lov.", "collection": "miljö"}
        done = await client.post("/admin/write", data=fields)

    submitted = [each for each in gateway.script.asked if isinstance(each, SubmitRequest)][-1]
    stored = b"".join([piece async for piece in Objects(gateway.bus, "originals").read(submitted.object)])
    assert begun.text.count("&lt;b&gt;höns") == 2
    assert done.status_code == 303
    assert done.headers["location"].startswith("/admin/documents/")
    assert (submitted.filename, submitted.title) == ("hons-i-tatort.md", "Höns i tätort")
    assert (submitted.collection, submitted.secrecy) == ("miljö", "open")
    assert stored.decode() == "# Höns i tätort\n\nDu får ha höns.\nTuppar kräver lov.\n"


async def test_what_was_written_is_not_lost_when_something_is_missing(gateway):
    async with gateway.signed_in("admin") as client:
        missing = await client.post(
            "/admin/write", data={"title": " ", "text": "Du får ha höns.", "collection": "miljö", "questions": QUESTION}
        )

    assert missing.status_code == 400
    assert "Ange en rubrik" in missing.text
    assert "Du får ha höns.</textarea>" in missing.text
    assert 'value="miljö"' in missing.text
    assert not [each for each in gateway.script.asked if isinstance(each, SubmitRequest)]
