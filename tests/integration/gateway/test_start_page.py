"""The administrator's start page: what needs somebody, with the services that answer."""

from __future__ import annotations

from allmanning.contracts.ingest.v1 import ingest_pb as ingest


async def test_what_needs_somebody_is_told_and_what_could_not_be_read_is_not_called_well(gateway):
    gateway.script.queue = ingest.QueueResponse(
        counts=[
            ingest.QueueResponse.Count(state=ingest.State.INDEXED, documents=9),
            ingest.QueueResponse.Count(state=ingest.State.REJECTED, documents=3),
        ]
    )
    gateway.script.sources["webben"] = ingest.Source(
        id="webben", kind="website", last=ingest.Source.Run(code="source.unreachable", reason="svarar inte")
    )
    async with gateway.signed_in("admin") as client:
        page = (await client.get("/admin")).text
    async with gateway.signed_in("auditor") as client:
        other = await client.get("/admin")

    assert "3 dokument avvisades" in page
    assert "/admin/documents?state=rejected" in page
    assert "Källan webben gick inte att hämta" in page
    # Nothing answers for the rules here.
    unread = page[
        page.index("gick inte att läsa just nu") : page.index("</p>", page.index("gick inte att läsa just nu"))
    ]
    assert "Regler" in unread
    assert "Dokument" not in unread
    assert other.status_code == 403
