"""From a submitted file to what a search finds."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import (
    DocumentIndexed,
    DocumentRejected,
    ListRequest,
    ListResponse,
    RetireRequest,
    RetireResponse,
    State,
)
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput, NotFound, TooLarge, Unsupported
from allmanning.runtime.objects import Objects
from tests.integration.ingest.running import AUTHORITY, Ingest

WINTER = "Snöröjning\n\nGatorna plogas när det ligger fem centimeter snö.\n".encode()
SUMMER = "Snöröjning\n\nPå sommaren plogas inga gator.\n".encode()
EMPTY_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


async def test_submitted_text_is_found_with_its_title_and_place(ingest: Ingest) -> None:
    done = await ingest.ingest("vinter.txt", WINTER)
    assert (done.state, done.passages, done.code) == (State.INDEXED, 1, "")
    assert done.version
    assert (done.version.title, done.version.secrecy) == ("Snöröjning", Secrecy.OPEN)
    assert done.object == hashlib.sha256(WINTER).hexdigest()
    assert await ingest.found("när plogas gatorna") == ["Gatorna plogas när det ligger fem centimeter snö."]
    text = await Objects(ingest.bus, "originals").get(f"{done.version.version}.txt")
    assert "fem centimeter" in text.decode()


async def test_same_submit_again_is_unchanged(ingest: Ingest) -> None:
    first = await ingest.submit("vinter.txt", WINTER)
    again = await ingest.submit("vinter.txt", WINTER)
    await ingest.done(first)
    third = await ingest.submit("vinter.txt", WINTER)
    assert (first.unchanged, again.unchanged, third.unchanged) == (False, True, True)
    assert third.document
    assert third.document.state is State.INDEXED


async def test_new_version_replaces_the_old_one(ingest: Ingest) -> None:
    old = await ingest.ingest("snö.txt", WINTER)
    new = await ingest.ingest("snö.txt", SUMMER)
    assert old.version
    assert new.version
    assert new.version.id == old.version.id
    assert await ingest.found("plogas gatorna") == ["På sommaren plogas inga gator."]
    assert (await ingest.get(old.version.id, old.version.version)).state is State.RETIRED
    assert (await ingest.get(old.version.id)).version == new.version


async def test_same_bytes_with_another_class_are_a_new_version(ingest: Ingest) -> None:
    opened = await ingest.ingest("vinter.txt", WINTER)
    closed = await ingest.ingest("vinter.txt", WINTER, secrecy="internal")
    assert opened.version
    assert closed.version
    assert (opened.version.id == closed.version.id, opened.version.version == closed.version.version) == (True, False)
    assert await ingest.found("plogas gatorna") == []


async def test_back_to_the_old_version(ingest: Ingest) -> None:
    for data in (WINTER, SUMMER, WINTER):
        done = await ingest.ingest("snö.txt", data)
        assert done.state is State.INDEXED
    assert await ingest.found("plogas gatorna") == ["Gatorna plogas när det ligger fem centimeter snö."]


async def test_rejected_version_leaves_the_old_one_in_place_and_says_why(ingest: Ingest) -> None:
    old = await ingest.ingest("snö", WINTER, uri="https://uddby.example/snö")
    bad = await ingest.ingest("snö.pdf", EMPTY_PDF, uri="https://uddby.example/snö")
    assert old.version
    assert (bad.state, bad.code) == (State.REJECTED, "file.unreadable")
    assert bad.reason
    assert (await ingest.get(old.version.id)).state is State.REJECTED
    assert (await ingest.get(old.version.id, old.version.version)).state is State.INDEXED
    assert await ingest.found("plogas gatorna")


async def test_retired_document_is_not_found_and_may_come_back(ingest: Ingest) -> None:
    done = await ingest.ingest("vinter.txt", WINTER)
    assert done.version
    request = RetireRequest(authority=AUTHORITY, document_id=done.version.id)
    for _ in range(2):
        retired = await ingest.bus.call(subjects.INGEST_RETIRE, request, RetireResponse)
        assert retired.document
        assert retired.document.state is State.RETIRED
        assert await ingest.found("plogas gatorna") == []
    assert (await ingest.ingest("vinter.txt", WINTER)).state is State.INDEXED
    assert await ingest.found("plogas gatorna")


async def test_another_authority_cannot_see_or_retire_it(ingest: Ingest) -> None:
    done = await ingest.ingest("vinter.txt", WINTER)
    assert done.version
    with pytest.raises(NotFound, match=r"document\.not_found"):
        await ingest.get(done.version.id, authority="granne")
    with pytest.raises(NotFound, match=r"document\.not_found"):
        await ingest.get(done.version.id, done.version.version, authority="granne")
    request = RetireRequest(authority="granne", document_id=done.version.id)
    with pytest.raises(NotFound, match=r"document\.not_found"):
        await ingest.bus.call(subjects.INGEST_RETIRE, request, RetireResponse)
    assert await ingest.found("plogas gatorna")


async def test_list_comes_in_pages_with_a_total(ingest: Ingest) -> None:
    for number in range(5):
        await ingest.submit(f"{number}.txt", WINTER + str(number).encode())
    seen: list[str] = []
    while True:
        after = seen[-1] if seen else ""
        request = ListRequest(authority=AUTHORITY, collection="regler", limit=2, after=after)
        page = await ingest.bus.call(subjects.INGEST_LIST, request, ListResponse)
        assert page.total == 5
        if not page.documents:
            break
        seen += [each.version.id for each in page.documents if each.version]
    assert len(set(seen)) == 5
    other = await ingest.bus.call(subjects.INGEST_LIST, ListRequest(authority="granne"), ListResponse)
    assert (other.total, len(other.documents)) == (0, 0)


@pytest.mark.parametrize(
    ("filename", "data", "fields", "kind", "code"),
    [
        ("a.txt", b"", {}, InvalidInput, "file.empty"),
        ("a.exe", b"MZ\x90\x00\x03\x00\x00\x00", {}, Unsupported, "file.type_unknown"),
        ("a.pdf", b"\x7fELF\x02\x01\x01\x00\x00", {}, Unsupported, "file.type_unknown"),
        ("a.txt", b"x", {"size_bytes": 1025 * 1024 * 1024}, TooLarge, "file.too_large"),
        ("a.txt", b"x", {"valid_from": "2026-13-01"}, InvalidInput, "metadata.invalid"),
        ("a.txt", b"x", {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, InvalidInput, "metadata.invalid"),
        ("a.txt", b"x", {"secrecy": "topsecret"}, InvalidInput, "metadata.invalid"),
        ("a.txt", b"x", {"authority": "Uddby kommun"}, InvalidInput, "authority.invalid"),
        ("a.txt", b"x", {"collection": ""}, InvalidInput, "collection.invalid"),
        ("", b"x", {}, InvalidInput, "file.name_invalid"),
        ("a.txt", b"x", {"object": "../../etc/passwd"}, InvalidInput, "object.invalid"),
        ("a.txt", b"x", {"object": "0" * 64}, NotFound, "object.not_found"),
    ],
)
async def test_wrong_submits_are_refused_with_a_code(
    ingest: Ingest, filename: str, data: bytes, fields: dict[str, object], kind: type[Exception], code: str
) -> None:
    with pytest.raises(kind, match=code):
        await ingest.submit(filename, data, **fields)


async def test_front_matter_fills_what_the_submit_left_empty(ingest: Ingest) -> None:
    text = (
        "---\ntitle: Taxa\nsecrecy: internal\nowner_unit: bygg\nvalid_from: 2026-01-01\nshared: true\n---\n"
        "# Rubrik\n\nEn avgift tas ut.\n"
    )
    done = await ingest.ingest("taxa.md", text.encode(), secrecy="", owner_unit="miljö")
    assert done.version
    version = done.version
    assert (version.title, version.secrecy, version.owner_unit) == ("Taxa", Secrecy.INTERNAL, "miljö")
    assert (version.valid_from, version.shared) == ("2026-01-01", True)


async def test_a_default_class_holds_only_for_a_document_that_names_none(ingest: Ingest) -> None:
    silent = await ingest.ingest("vinter.txt", WINTER, secrecy="", default_secrecy="open")
    assert silent.version is not None
    assert silent.version.secrecy is Secrecy.OPEN
    named = await ingest.ingest(
        "taxa.md", b"---\nsecrecy: internal\n---\n" + WINTER, secrecy="", default_secrecy="open"
    )
    assert named.version is not None
    assert named.version.secrecy is Secrecy.INTERNAL


async def test_nobody_named_a_class_so_it_is_secret(ingest: Ingest) -> None:
    done = await ingest.ingest("vinter.txt", WINTER, secrecy="")
    assert done.version
    assert done.version.secrecy is Secrecy.SECRET
    assert await ingest.found("plogas gatorna") == []


async def test_a_class_that_the_document_names_and_nobody_knows_is_secret_and_noticed(ingest: Ingest) -> None:
    done = await ingest.ingest("taxa.md", b"---\nsecrecy: hemlig\n---\n" + WINTER, secrecy="", default_secrecy="open")
    assert done.version
    assert (done.state, done.version.secrecy) == (State.INDEXED, Secrecy.SECRET)
    assert [each.code for each in done.findings] == ["secrecy.unknown"]
    assert await ingest.found("plogas gatorna") == []


async def test_bad_date_in_front_matter_rejects(ingest: Ingest) -> None:
    done = await ingest.ingest("a.md", b"---\nvalid_from: i morgon\n---\ntext")
    assert (done.state, done.code) == (State.REJECTED, "metadata.invalid")


async def test_outcomes_are_told(ingest: Ingest) -> None:
    indexed = await ingest.bus.nc.subscribe("ingest.document.indexed.*")
    rejected = await ingest.bus.nc.subscribe("ingest.document.rejected.*")
    good = await ingest.ingest("a.txt", WINTER)
    bad = await ingest.ingest("b.pdf", EMPTY_PDF)
    told = DocumentIndexed.from_binary((await indexed.next_msg(timeout=5)).data)
    assert good.version
    assert bad.version
    assert (told.document_id, told.version, told.passages) == (good.version.id, good.version.version, 1)
    refusal = DocumentRejected.from_binary((await rejected.next_msg(timeout=5)).data)
    assert (refusal.document_id, refusal.code) == (bad.version.id, "file.unreadable")
    await asyncio.sleep(0.2)
    assert indexed.pending_msgs == 0
