"""A watched folder and the documents of the platform are kept alike."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from allmanning.contracts.ingest.v1.ingest_pb import Priority, Source, State, SubmitRequest, SubmitResponse
from allmanning.ingest.handlers import Handlers
from allmanning.ingest.sources import runner
from allmanning.runtime.errors import InvalidInput, NotFound, Unavailable
from tests.integration.ingest.sources.asking import Asking, figures


def put(folder: Path, name: str, text: str = "Gatorna plogas.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


async def watch(asking: Asking, folder: Path, **options: str) -> Source.Run:
    await asking.put("folder", str(folder), **({"settle_s": "0"} | options))
    return await asking.run()


async def test_files_come_change_and_go(asking: Asking, watched: Path) -> None:
    put(watched, "vinter.txt")
    put(watched, "under/sommar.txt", "På sommaren plogas inga gator.")
    assert figures(await watch(asking, watched)) == {"found": 2, "added": 2}
    documents = await asking.settled()
    assert sorted(documents) == ["under/sommar.txt", "vinter.txt"]
    winter = documents["vinter.txt"]
    run = await asking.last()
    assert (winter.source, winter.batch, winter.priority) == ("k", f"source:k:{run.started_at}", Priority.BULK)
    assert figures(await asking.run()) == {"found": 2, "unchanged": 2}
    put(watched, "vinter.txt", "Gatorna sandas.")
    (watched / "under" / "sommar.txt").unlink()
    assert figures(await asking.run()) == {"found": 1, "changed": 1, "removed": 1}
    assert list(await asking.settled()) == ["vinter.txt"]
    assert await asking.ingest.found("gatorna") == ["Gatorna sandas."]


async def test_touched_file_is_unchanged(asking: Asking, watched: Path) -> None:
    path = put(watched, "vinter.txt")
    await watch(asking, watched)
    os.utime(path, (1, 1))
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1}


async def test_file_that_comes_back_is_found_again(asking: Asking, watched: Path) -> None:
    put(watched, "vinter.txt")
    path = put(watched, "b.txt", "Bibliotek.")
    await watch(asking, watched)
    path.unlink()
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1, "removed": 1}
    put(watched, "b.txt", "Bibliotek.")
    assert figures(await asking.run()) == {"found": 2, "unchanged": 1, "added": 1}
    assert sorted(await asking.settled()) == ["b.txt", "vinter.txt"]


async def test_rules_and_sidecars_describe_the_documents(asking: Asking, watched: Path) -> None:
    put(watched, "_folder.yaml", "owner_unit: gata\nretention: P5Y\n")
    put(watched, "vinter.txt")
    put(watched, "vinter.txt.meta.yaml", "title: Vinterväg\nrecord_type: policy\nreview_on: 2027-01-01\n")
    await watch(asking, watched)
    version = (await asking.settled())["vinter.txt"].version
    assert version
    said = (version.title, version.owner_unit, version.retention, version.record_type, version.review_on)
    assert said == ("Vinterväg", "gata", "P5Y", "policy", "2027-01-01")
    put(watched, "vinter.txt.meta.yaml", "title: Vinter\n")
    assert figures(await asking.run()) == {"found": 1, "changed": 1}
    version = (await asking.settled())["vinter.txt"].version
    assert version
    assert version.title == "Vinter"


async def test_broken_rules_fail_their_folder_and_nothing_else(asking: Asking, watched: Path) -> None:
    put(watched, "fel/a.txt")
    put(watched, "b.txt")
    await watch(asking, watched)
    put(watched, "fel/_folder.yaml", "sekretess: hemlig")
    run = await asking.run()
    assert figures(run) == {"found": 2, "unchanged": 1, "failed": 1}
    assert (run.code, "folder.rules_invalid" in run.reason, "fel/a.txt" in run.reason) == ("", True, True)
    assert sorted(await asking.settled()) == ["b.txt", "fel/a.txt"]


async def test_one_bad_file_never_stops_the_rest(asking: Asking, watched: Path) -> None:
    put(watched, "a.txt", "")
    put(watched, "b.exe", "MZ\0\1\2\3")
    put(watched, "c.txt", "x" * 1_100_000)
    put(watched, "d.txt")
    run = await watch(asking, watched)
    assert figures(run) == {"found": 4, "added": 1, "failed": 3}
    assert figures(await asking.run()) == {"found": 4, "unchanged": 1, "failed": 3}


async def test_file_that_is_being_written_waits(asking: Asking, watched: Path) -> None:
    put(watched, "a.txt")
    os.utime(put(watched, "b.txt", "Bibliotek."), (1, 1))
    run = await watch(asking, watched, settle_s="0.3")
    # Each look waits as long as a file must rest.
    assert figures(run) == {"found": 2, "added": 2}
    put(watched, "c.txt")
    os.utime(watched / "c.txt", None)
    await asking.put("folder", str(watched), settle_s="0.01")
    assert (await asking.run()).failed == 0


async def test_vanished_folder_removes_nothing(asking: Asking, watched: Path) -> None:
    put(watched, "a.txt")
    await watch(asking, watched)
    watched.rename(watched.with_name("borta"))
    run = await asking.run()
    assert (run.code, run.removed) == ("source.unreachable", 0)
    watched.mkdir()
    run = await asking.run()
    assert (run.code, run.removed) == ("source.empty", 0)
    assert list(await asking.documents()) == ["a.txt"]
    await watch(asking, watched, confirm_removed="1")
    assert await asking.documents() == {}


async def test_more_than_half_are_removed_only_when_confirmed(asking: Asking, watched: Path) -> None:
    for number in range(24):
        put(watched, f"{number}.txt", f"Gata {number}.")
    await watch(asking, watched)
    for number in range(13):
        (watched / f"{number}.txt").unlink()
    run = await asking.run()
    assert (run.code, run.removed, run.unchanged) == ("source.too_many_removed", 0, 11)
    assert "confirm_removed=13" in run.reason
    assert len(await asking.documents()) == 24
    assert (await watch(asking, watched, confirm_removed="12")).code == "source.too_many_removed"
    assert figures(await watch(asking, watched, confirm_removed="13")) == {"found": 11, "unchanged": 11, "removed": 13}
    assert len(await asking.documents()) == 11


@pytest.mark.parametrize(
    ("kind", "location", "options", "code"),
    [
        ("ftp", "/x", {}, "source.kind_unknown"),
        ("folder", "/etc", {}, "source.folder_not_allowed"),
        ("folder", "{watched}/../../..", {}, "source.folder_not_allowed"),
        ("folder", "{watched}/ut", {}, "source.folder_not_allowed"),
        ("folder", "plan", {}, "source.location_invalid"),
        ("folder", "{watched}", {"djup": "3"}, "source.option_unknown"),
        ("folder", "{watched}", {"recursive": "kanske"}, "source.option_invalid"),
        ("folder", "{watched}", {"confirm_removed": "alla"}, "source.option_invalid"),
    ],
)
async def test_what_can_not_be_is_refused_and_says_why(
    asking: Asking, watched: Path, kind: str, location: str, options: dict[str, str], code: str
) -> None:
    (watched / "ut").symlink_to("/etc")
    with pytest.raises(InvalidInput) as refused:
        await asking.put(kind, location.format(watched=watched), **options)
    assert refused.value.code == code
    if code == "source.kind_unknown":
        assert "folder" in refused.value.message
    assert await asking.all() == []


async def test_metadata_and_interval_are_checked(asking: Asking, watched: Path) -> None:
    def source(**fields: object) -> Source:
        values = {"id": "k", "kind": "folder", "collection": "regler", "location": str(watched)}
        return Source(**(values | fields))  # type: ignore[arg-type]

    for wrong, code in (
        (source(metadata={"secrecy": "hemlig"}), "metadata.invalid"),
        (source(metadata={"klass": "a"}), "metadata.invalid"),
        (source(metadata={"retention": "fem år"}), "metadata.invalid"),
        (source(every_minutes=600_000), "source.every_invalid"),
        (source(id="Plan A"), "source.id_invalid"),
        (source(collection=""), "collection.invalid"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await asking.put_message(wrong)
        assert refused.value.code == code


async def test_link_out_of_the_folder_is_not_followed(asking: Asking, watched: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "hemligt.txt", "Lösenord.")
    (watched / "lank.txt").symlink_to(secret)
    (watched / "mapp").symlink_to(tmp_path)
    put(watched, "a.txt")
    (watched / "b.txt").symlink_to(watched / "a.txt")
    await watch(asking, watched)
    assert sorted(await asking.documents()) == ["a.txt", "b.txt"]


async def test_patterns_and_depth_choose(asking: Asking, watched: Path) -> None:
    for name in ("a.txt", "b.md", "under/c.txt", "utkast/d.txt", ".dold.txt", "_e.txt"):
        put(watched, name)
    await watch(asking, watched, include="*.txt", exclude="utkast/*")
    assert sorted(await asking.documents()) == ["a.txt", "under/c.txt"]
    await watch(asking, watched, include="*.txt", recursive="nej", confirm_removed="1")
    assert sorted(await asking.documents()) == ["a.txt"]


async def test_outage_of_the_platform_pauses_the_run_and_loses_nothing(
    asking: Asking, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_AGAIN_AFTER_S", 0.3)
    submit = Handlers.submit
    taken: list[str] = []

    async def lost(self: Handlers, request: SubmitRequest) -> SubmitResponse:
        """Accepts, but its answer never arrives; then the platform is away."""
        if request.uri not in taken:
            taken.append(request.uri)
            if len(taken) < 3:
                await submit(self, request)
                raise Unavailable("registry.unavailable", "borta")
        return await submit(self, request)

    monkeypatch.setattr(Handlers, "submit", lost)
    for name in ("a.txt", "b.txt", "c.txt"):
        put(watched, name, f"Gata {name}.")
    await asking.put("folder", str(watched), settle_s="0")
    await asking.start()
    async with asyncio.timeout(20):
        while not taken:
            await asyncio.sleep(0.01)
    # What has been handed in by now is known to be there, although nobody was told.
    (watched / "a.txt").unlink()
    run = await asking.ended()
    assert figures(run) == {"found": 2, "added": 2, "removed": 1}
    assert sorted(await asking.documents()) == ["b.txt", "c.txt"]


async def test_another_collection_moves_the_documents(asking: Asking, watched: Path) -> None:
    put(watched, "a.txt")
    await watch(asking, watched)
    source = (await asking.all())[0]
    source.collection = "annat"
    await asking.put_message(source)
    await asking.run()
    documents = await asking.settled()
    assert [each.version.collection for each in documents.values() if each.version] == ["annat"]


async def test_source_that_is_due_runs_by_itself(asking: Asking, watched: Path) -> None:
    put(watched, "a.txt")
    await asking.put("folder", str(watched), every=60, settle_s="0")
    assert figures(await asking.ended()) == {"found": 1, "added": 1}


async def test_deleted_source_leaves_its_documents_or_takes_them_along(asking: Asking, watched: Path) -> None:
    put(watched, "a.txt")
    await watch(asking, watched)
    assert await asking.delete() == 0
    assert list(await asking.documents()) == ["a.txt"]
    with pytest.raises(NotFound, match=r"source\.not_found"):
        await asking.start()
    assert figures(await watch(asking, watched)) == {"found": 1, "unchanged": 1}
    await asking.settled()
    assert await asking.delete(retire=True) == 1
    assert await asking.documents() == {}
    assert await asking.all() == []


async def test_document_of_two_sources_stays_while_one_has_it(asking: Asking, watched: Path) -> None:
    put(watched, "a.txt")
    put(watched, "b.txt", "Bibliotek.")
    await watch(asking, watched)
    await asking.put("folder", str(watched), id="annan", settle_s="0", include="a.txt")
    await asking.run("annan")
    assert await asking.delete(retire=True) == 1
    assert list(await asking.documents()) == ["a.txt"]


async def test_authorities_do_not_see_each_others_sources(asking: Asking, watched: Path) -> None:
    await watch(asking, watched)
    assert await asking.all("granne") == []


async def test_rejected_document_is_not_handed_in_again_and_again(asking: Asking, watched: Path) -> None:
    (watched / "a.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
    await watch(asking, watched)
    first = (await asking.settled())["a.pdf"]
    assert first.state is not State.INDEXED
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1}
    assert (await asking.documents())["a.pdf"].updated_at == first.updated_at
