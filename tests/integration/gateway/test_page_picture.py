"""A page of the original as a picture, for those who may read the document."""

from __future__ import annotations

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from tests.integration.gateway.said import QUOTE, START

PDF = {"media_type": "application/pdf"}


async def test_whoever_may_read_a_pdf_sees_its_page_with_the_cited_lines_marked(gateway):
    await gateway.put_document(**PDF)
    place = {"start": START, "end": START + len(QUOTE)}
    async with gateway.client() as client:
        page = await client.get("/documents/altan", params={**place, "page": 4})
        picture = await client.get("/v1/documents/altan/pages/4", params=place)

    assert f"/v1/documents/altan/pages/4?version={'altan'.ljust(64, '0')}" in page.text
    assert f'<mark id="marked">{QUOTE}</mark>' in page.text
    assert picture.headers["content-type"] == "image/webp"
    assert picture.content == b"RIFF-webp"
    [asked] = [each for each in gateway.script.asked if isinstance(each, ingest.DrawPageRequest)]
    assert (asked.authority, asked.document_id, asked.page, asked.start, asked.end) == (
        "exempelby",
        "altan",
        4,
        START,
        START + len(QUOTE),
    )


async def test_nobody_sees_a_page_of_what_they_may_not_read(gateway):
    await gateway.put_document("hemlig", secrecy=Secrecy.INTERNAL, **PDF)
    async with gateway.client() as citizen, gateway.client("caseworker") as caseworker:
        assert (await citizen.get("/v1/documents/hemlig/pages/1")).status_code == 404
        assert (await caseworker.get("/v1/documents/hemlig/pages/1")).status_code == 200


async def test_a_masked_document_shows_its_pages_to_staff_alone(gateway):
    await gateway.put_document(**PDF)
    gateway.script.documents["altan"].findings = [ingest.Finding(code="personal.masked", count=1)]
    place = {"start": START, "end": START + 3, "page": 4}
    async with gateway.client() as citizen, gateway.client("caseworker") as caseworker:
        refused = await citizen.get("/v1/documents/altan/pages/4")
        page = await citizen.get("/documents/altan", params=place)
        shown = await caseworker.get("/v1/documents/altan/pages/4")

    assert (refused.status_code, shown.status_code) == (403, 200)
    assert "/pages/4" not in page.text


async def test_a_web_page_is_shown_as_text_alone(gateway):
    await gateway.put_document()
    async with gateway.client() as client:
        page = await client.get("/documents/altan", params={"start": START, "end": START + 3, "page": 4})

    assert "/pages/4" not in page.text
    assert '<mark id="citat">' in page.text
