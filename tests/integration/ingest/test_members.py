"""What a container holds becomes documents of their own."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import (
    Document,
    ListRequest,
    ListResponse,
    Priority,
    RetireRequest,
    RetireResponse,
    State,
)
from allmanning.ingest import members
from allmanning.ingest.originals import Originals
from allmanning.runtime import subjects
from allmanning.runtime.errors import Unavailable
from tests.integration.ingest.running import AUTHORITY, Ingest

WINTER = "Gatorna plogas när det ligger fem centimeter snö.".encode()
SUMMER = "På sommaren sopas gatorna en gång.".encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


async def inside(ingest: Ingest, container: Document) -> dict[str, Document]:
    """Members by uri, once none is on its way."""
    assert container.version
    request = ListRequest(authority=AUTHORITY, container=container.version.id, limit=200)
    async with asyncio.timeout(60):
        while True:
            listed = (await ingest.bus.call(subjects.INGEST_LIST, request, ListResponse)).documents
            if all(each.state is not State.RECEIVED for each in listed):
                return {each.version.uri: each for each in listed if each.version}
            await asyncio.sleep(0.05)


async def test_members_of_a_zip_are_documents_that_inherit_what_was_said_of_it(ingest: Ingest) -> None:
    data = zipped(
        {"vinter.txt": WINTER, "sommar/sopning.txt": SUMMER, "okänd.bin": b"\x00\x01\x02" * 99, "tom.txt": b""}
    )
    container = await ingest.ingest(
        "gator.zip", data, secrecy="open", owner_unit="gatu", batch="import", priority=Priority.BULK
    )
    assert (container.state, container.members, container.passages) == (State.EXPANDED, 4, 0)
    found = await inside(ingest, container)
    assert {uri: each.state for uri, each in found.items()} == {
        "gator.zip/vinter.txt": State.INDEXED,
        "gator.zip/sommar/sopning.txt": State.INDEXED,
        "gator.zip/okänd.bin": State.REJECTED,
        "gator.zip/tom.txt": State.REJECTED,
    }
    assert found["gator.zip/okänd.bin"].code == "file.type_unknown"
    assert found["gator.zip/tom.txt"].code == "file.empty"
    winter = found["gator.zip/vinter.txt"]
    assert winter.version
    assert (winter.version.owner_unit, winter.version.secrecy) == ("gatu", Secrecy.OPEN)
    assert (winter.batch, winter.priority) == ("import", Priority.BULK)
    assert await ingest.found("plogas") != []
    # The comparison with the registry, every 0.3 s here, has nothing to mend.
    await asyncio.sleep(1)
    assert len(await ingest.found("plogas sopas")) == 2


async def test_a_new_version_retires_what_is_gone_and_leaves_what_is_the_same(ingest: Ingest) -> None:
    first = await ingest.ingest("gator.zip", zipped({"vinter.txt": WINTER, "sommar.txt": SUMMER}))
    before = await inside(ingest, first)
    second = await ingest.ingest("gator.zip", zipped({"vinter.txt": WINTER, "höst.txt": b"Om hosten faller loven."}))
    after = await inside(ingest, second)
    states = {uri.partition("/")[2]: each.state for uri, each in after.items()}
    assert states == {"vinter.txt": State.INDEXED, "höst.txt": State.INDEXED, "sommar.txt": State.RETIRED}
    kept = "gator.zip/vinter.txt"
    assert before[kept].updated_at == after[kept].updated_at
    assert not any("sopas" in text for text in await ingest.found("sommaren sopas"))


async def test_retiring_a_container_retires_its_members(ingest: Ingest) -> None:
    inner = zipped({"vinter.txt": WINTER})
    container = await ingest.ingest("yttre.zip", zipped({"inre.zip": inner, "sommar.txt": SUMMER}))
    nested = (await inside(ingest, container))["yttre.zip/inre.zip"]
    assert nested.state is State.EXPANDED
    assert [each.state for each in (await inside(ingest, nested)).values()] == [State.INDEXED]
    assert container.version
    request = RetireRequest(authority=AUTHORITY, document_id=container.version.id)
    await ingest.bus.call(subjects.INGEST_RETIRE, request, RetireResponse)
    assert await ingest.found("plogas sopas") == []
    assert {each.state for each in (await inside(ingest, nested)).values()} == {State.RETIRED}


async def test_a_mail_is_searched_itself_and_its_attachments_are_documents(ingest: Ingest) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Plogning", "a@uddby.example", "b@uddby.example"
    mail.set_content("Hej! Bilagan säger när gatorna plogas.")
    mail.add_attachment(SUMMER, maintype="text", subtype="plain", filename="bilaga.txt")
    done = await ingest.ingest("brev.eml", mail.as_bytes())
    assert (done.state, done.members) == (State.INDEXED, 1)
    assert [each.state for each in (await inside(ingest, done)).values()] == [State.INDEXED]
    assert any("Bilagan" in text for text in await ingest.found("bilagan"))
    assert any("sopas" in text for text in await ingest.found("sopas"))


async def test_containers_in_containers_have_an_end(ingest: Ingest) -> None:
    data = zipped({"vinter.txt": WINTER})
    for depth in range(3):
        data = zipped({f"{depth}.zip": data})
    document = await ingest.ingest("ytterst.zip", data)
    states = []
    while document.state is State.EXPANDED:
        states.append(document.state)
        [document] = (await inside(ingest, document)).values()
    assert (len(states), document.state, document.code) == (3, State.REJECTED, "archive.too_deep")


async def test_too_much_in_one_archive_is_refused_whole(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_MEMBERS", 2)
    done = await ingest.ingest("gator.zip", zipped({f"{n}.txt": WINTER for n in range(3)}))
    assert (done.state, done.code) == (State.REJECTED, "archive.too_many")
    assert await inside(ingest, done) == {}


async def test_a_sidecar_gives_its_member_what_it_says(ingest: Ingest) -> None:
    files = {
        "vinter.txt": WINTER,
        "vinter.txt.meta.yaml": "title: Vinterväghållning\nsecrecy: internal\nvalid_from: 2026-01-01\n".encode(),
        "sommar.txt": SUMMER,
        "sommar.txt.meta.yaml": b"hemlighet: ja\n",
    }
    found = await inside(ingest, await ingest.ingest("gator.zip", zipped(files)))
    assert set(found) == {"gator.zip/vinter.txt", "gator.zip/sommar.txt"}
    winter = found["gator.zip/vinter.txt"].version
    assert winter
    assert (winter.title, winter.secrecy, winter.valid_from) == ("Vinterväghållning", Secrecy.INTERNAL, "2026-01-01")
    assert found["gator.zip/sommar.txt"].code == "folder.rules_invalid"


async def test_a_crash_between_members_doubles_nothing(stopped: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = 0
    keep_file = Originals.keep_file

    async def fails_once(self: Originals, path: object) -> str:
        nonlocal kept
        kept += 1
        if kept == 3:
            raise Unavailable("objects.unavailable", "…")
        return await keep_file(self, path)  # type: ignore[arg-type]

    monkeypatch.setattr(Originals, "keep_file", fails_once)
    async with stopped.running():
        container = await stopped.ingest("gator.zip", zipped({f"{n}.txt": b"Gata %d plogas." % n for n in range(5)}))
        found = await inside(stopped, container)
        assert container.state is State.EXPANDED
        assert [each.state for each in found.values()] == [State.INDEXED] * 5
        assert len(await stopped.found("plogas")) == 5
