"""The administrator's register of documents, as a browser without scripts gets it."""

from __future__ import annotations

import re
from hashlib import sha256
from html import unescape

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.contracts.ingest.v1.ingest_pb import Document, Finding, Priority, Progress, State
from tests.integration.gateway.said import QUOTE, START, version


def words(page) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def put(gateway, document_id: str, state: State, **values) -> None:
    described = version(document_id, title=f"Om {document_id}", uri=f"{document_id}.pdf", **values.pop("version", {}))
    gateway.script.documents[document_id] = Document(
        version=described, state=state, updated_at="2026-11-20T08:00:00.000Z", **values
    )


async def test_the_register_says_what_each_document_is_good_for(gateway):
    put(gateway, "taxa", State.INDEXED, version={"valid_to": "2025-12-31"})
    put(gateway, "plan", State.INDEXED, version={"review_on": "2026-01-01"})
    put(gateway, "skanning", State.NEEDS_OCR, code="document.needs_ocr", reason="Bilder av text. (Pictures of text.)")
    async with gateway.signed_in("admin") as client:
        page = await client.get("/admin/documents")
        english = await client.get("/admin/documents?lang=en")

    assert "Går att söka slutade gälla 31 december 2025" in words(page)
    assert "skulle ha granskats 1 januari 2026" in words(page)
    assert "Behöver textigenkänning Bilder av text." in words(page)
    assert "Needs text recognition Pictures of text." in words(english)


async def test_the_queue_says_how_long_is_left_and_what_is_read(gateway):
    reading = Document(
        version=version("bok", title="Översiktsplan"),
        state=State.RECEIVED,
        progress=Progress(stage=Progress.Stage.READING, done=3, total=412),
    )
    gateway.script.queue = ingest.QueueResponse(
        counts=[
            ingest.QueueResponse.Count(state=State.RECEIVED, documents=1_204),
            ingest.QueueResponse.Count(state=State.FAILED, documents=2),
        ],
        settled_per_minute=300,
        seconds_left=241,
        working=[reading],
    )
    async with gateway.signed_in("admin") as client:
        page = await client.get("/admin/documents")

    assert "1 204 dokument väntar eller läses. Ungefär 5 minuter kvar." in words(page).replace("\xa0", " ")
    assert "Översiktsplan läser sida 3 av 412" in words(page)
    assert '<progress max="412" value="3"' in page.text
    assert 'href="/admin/documents?state=failed"' in page.text


async def test_what_failed_can_be_run_again_together_and_alone(gateway):
    put(gateway, "a", State.FAILED, code="embedder.unavailable", reason="Inbäddningen svarade inte.")
    put(gateway, "b", State.INDEXED)
    async with gateway.signed_in("admin") as client:
        page = await client.get("/admin/documents?state=failed")
        await client.post("/admin/documents/retry", data={"state": "failed"})
        await client.post("/admin/documents/retry", data={"state": "indexed"})
        await client.post("/admin/documents/a/retry")

    assert "Om a" in page.text
    assert "Om b" not in page.text
    retried = [each for each in gateway.script.asked if isinstance(each, ingest.RetryRequest)]
    assert [(list(each.states), each.document_id) for each in retried] == [([State.FAILED], ""), ([], "a")]


async def test_pause_and_resume(gateway):
    gateway.script.queue = ingest.QueueResponse(counts=[ingest.QueueResponse.Count(state=State.RECEIVED, documents=5)])
    async with gateway.signed_in("admin") as client:
        assert "Pausa inläsningen" in (await client.get("/admin/documents")).text
        await client.post("/admin/documents/pause", data={"paused": "true"})
        paused = await client.get("/admin/documents")

    assert "Inläsningen är pausad." in words(paused)
    assert "Fortsätt inläsningen" in words(paused)


async def test_uploaded_files_go_before_imports_and_refused_ones_are_named(gateway):
    files = [("files", ("taxa.txt", b"Taxan.", "text/plain")), ("files", ("tom.txt", b"", "text/plain"))]
    async with gateway.signed_in("admin") as client:
        one = await client.post("/admin/documents", files=files[:1], data={"collection": "taxor", "secrecy": "open"})
        files[0] = ("files", ("taxa.txt", b"Ny taxa.", "text/plain"))
        both = await client.post("/admin/documents", files=files, data={"collection": "taxor"})

    submitted = gateway.script.asked[0]
    assert (submitted.collection, submitted.secrecy, submitted.priority) == ("taxor", "open", Priority.URGENT)
    assert one.status_code == 303
    assert one.headers["location"] == f"/admin/documents?batch={submitted.batch}"
    assert both.status_code == 422
    assert "tom.txt : Filen är tom." in words(both)
    assert "1 fil togs emot" in words(both)


async def test_when_ingest_stops_answering_between_two_files_each_is_told_of(gateway):
    gateway.script.unanswered = {"två.txt", "tre.txt"}
    files = [("files", (f"{each}.txt", each.encode(), "text/plain")) for each in ("ett", "två", "tre")]
    async with gateway.signed_in("admin") as client:
        answer = await client.post("/admin/documents", files=files)

    assert answer.status_code == 503
    assert "1 fil togs emot" in words(answer)
    assert "två.txt" in words(answer)
    assert "tre.txt" in words(answer)
    # The third is not waited for in vain.
    assert [each.filename for each in gateway.script.asked] == ["ett.txt", "två.txt"]


async def test_what_is_here_already_and_what_was_not_chosen_is_told(gateway):
    await gateway.put_document("altan", data=b"Likadan.")
    gateway.script.documents["altan"].object = sha256(b"Likadan.").hexdigest()
    async with gateway.signed_in("admin") as client:
        same = await client.post("/admin/documents", files=[("files", ("altan.txt", b"Likadan.", "text/plain"))])
        nothing = await client.post("/admin/documents", files=[("files", ("", b"", "application/octet-stream"))])
        named = await client.post(
            "/admin/documents", files=[("files", ("a.txt", b"A.", "text/plain"))], data={"collection": "å" * 101}
        )
        # Larger than any other form may be.
        large = await client.post("/admin/documents", files=[("files", ("stor.txt", b"a" * 40_000, "text/plain"))])

    assert same.status_code == 200
    assert "finns här sedan förut" in words(same)
    assert nothing.status_code == 422
    assert "Välj minst en fil." in words(nothing)
    assert named.status_code == 422
    assert "högst 100 tecken" in words(named)
    assert large.status_code == 303


async def test_the_report_shows_what_was_noticed_where_it_stands(gateway):
    await gateway.put_document()
    gateway.script.documents["altan"].findings = [
        Finding(code="hidden.colour", count=40),
        Finding(
            code="personal.phone",
            count=1,
            places=[Finding.Place(page=4, start=START + 3, end=START + 8)],
        ),
    ]
    async with gateway.signed_in("admin") as client:
        page = await client.get("/admin/documents/altan")

    assert "Text i bakgrundens färg 40" in words(page)
    assert f"Telefonnummer 1 s. 4 {QUOTE.replace('altan', ' altan ', 1)}".replace("  ", " ") in words(page)
    assert f"start={START + 3}&amp;end={START + 8}" in page.text


async def test_a_document_goes_only_when_somebody_is_sure(gateway):
    put(gateway, "a", State.INDEXED)
    async with gateway.signed_in("admin") as client:
        await client.post("/admin/documents/a/retire")
        assert not [each for each in gateway.script.asked if isinstance(each, ingest.RetireRequest)]
        await client.post("/admin/documents/a/retire", data={"sure": "true"})

    assert [each for each in gateway.script.asked if isinstance(each, ingest.RetireRequest)]


@pytest.mark.parametrize("role", ["citizen", "caseworker", "auditor"])
@pytest.mark.parametrize("path", ["/admin/documents", "/admin/documents/a", "/admin/documents/events"])
async def test_only_administrators_see_the_register(gateway, role, path):
    put(gateway, "a", State.INDEXED)
    async with gateway.signed_in(role) as client:
        assert (await client.get(path)).status_code == 403


async def test_another_authoritys_document_is_not_there(gateway):
    put(gateway, "a", State.INDEXED, version={"authority": "grannby"})
    async with gateway.signed_in("admin") as client:
        assert (await client.get("/admin/documents/a")).status_code == 404


async def test_the_report_keeps_the_words_from_who_may_not_read_the_document(gateway):
    await gateway.put_document(secrecy=Secrecy.SECRET, owner_unit="ifo")
    gateway.script.documents["altan"].findings = [
        Finding(code="personal.phone", count=1, places=[Finding.Place(page=4, start=START + 3, end=START + 8)])
    ]
    async with gateway.signed_in("admin") as client:
        page = await client.get("/admin/documents/altan")

    assert "Telefonnummer 1" in words(page)
    assert "markhöjd" not in page.text
