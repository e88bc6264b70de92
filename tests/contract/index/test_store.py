"""What every passage store promises."""

from __future__ import annotations

import math

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.contracts.passage.v1.passage_pb import Location, Region
from allmanning.index.sparse import question_vector
from allmanning.index.store.protocol import PassageStore
from allmanning.runtime.errors import Conflict, NotFound
from tests.contract.index.passages import TEXTS, asking, document, indexed, published


async def texts_found(store: PassageStore, request: SearchRequest) -> list[str]:
    return [each.passage.text for each in (await store.search(request)).passages if each.passage]


async def test_a_staged_version_is_not_found_until_it_is_published(store: PassageStore) -> None:
    await store.stage(indexed(document(), TEXTS))
    answer = await store.search(asking("bygglov"))
    assert (answer.passages, answer.total, answer.held_back) == ([], 0, 0)
    await store.publish("soltuna", "taxa", "v1")
    assert sorted(await texts_found(store, asking("bygglov"))) == sorted(TEXTS)


async def test_a_passage_comes_back_as_it_was_staged(store: PassageStore) -> None:
    of = document(secrecy=Secrecy.OPEN, shared=True, valid_from="2020-01-01", valid_to="2030-12-31")
    of.title, of.uri, of.media_type = "Taxa", "https://soltuna.se/taxa", "text/html"
    await published(store, of, TEXTS)
    found = {each.passage.id: each.passage for each in (await store.search(asking("bygglov"))).passages if each.passage}
    assert found == {each.passage.id: each.passage for each in indexed(of, TEXTS) if each.passage}


async def test_everything_that_is_known_of_a_passage_comes_back(store: PassageStore) -> None:
    of = document()
    of.language, of.container, of.record_type = "sv", "mappen", "Taxor"
    of.retention, of.review_on, of.document_type = "P5Y", "2026-03-01", "taxa"
    [indexed_passage] = indexed(of, [TEXTS[0]])
    passage = indexed_passage.passage
    assert passage
    passage.injection_score = 0.25
    passage.location = Location(
        page=3,
        headings=["Avgifter"],
        start=4,
        end=42,
        regions=[Region(page=3, left=72.1, top=100.25, right=523.3, bottom=180), Region(page=4, right=9, bottom=9)],
    )
    await store.stage([indexed_passage])
    await store.publish("soltuna", "taxa", "v1")
    [hit] = (await store.search(asking("bygglov"))).passages
    assert hit.passage
    assert hit.passage.to_binary() == passage.to_binary()
    [again] = (await store.stored("soltuna", "taxa")).passages
    assert again.passage
    assert again.passage.to_binary() == passage.to_binary()


async def test_publishing_replaces_the_version_before(store: PassageStore) -> None:
    await published(store, document(version="v1"), TEXTS)
    await store.stage(indexed(document(version="v2"), ["Avgiften är 5 000 kronor."]))
    assert sorted(await texts_found(store, asking("avgift"))) == sorted(TEXTS)
    await store.publish("soltuna", "taxa", "v2")
    answer = await store.search(asking("avgift"))
    assert [each.passage.text for each in answer.passages if each.passage] == ["Avgiften är 5 000 kronor."]
    assert answer.total == 1


async def test_going_back_to_an_earlier_version_works(store: PassageStore) -> None:
    for version in ("v1", "v2", "v1"):
        await published(store, document(version=version), [f"Text {version}"])
        assert await texts_found(store, asking("text")) == [f"Text {version}"]


async def test_staging_the_published_version_again_disturbs_no_search(store: PassageStore) -> None:
    await published(store, document(), TEXTS)
    await store.stage(indexed(document(), TEXTS[:2]))
    assert sorted(await texts_found(store, asking("bygglov"))) == sorted(TEXTS)
    await store.publish("soltuna", "taxa", "v1")
    assert sorted(await texts_found(store, asking("bygglov"))) == sorted(TEXTS[:2])


async def test_what_an_interrupted_run_staged_is_replaced(store: PassageStore) -> None:
    await store.stage(indexed(document(), [*TEXTS, "Gammal rest."]))
    await published(store, document(), TEXTS)
    assert sorted(await texts_found(store, asking("rest"))) == sorted(TEXTS)


async def test_what_other_versions_left_staged_goes_when_one_is_published(store: PassageStore) -> None:
    await store.stage(indexed(document(version="v1"), TEXTS))
    await published(store, document(version="v2"), TEXTS)
    with pytest.raises(NotFound):
        await store.publish("soltuna", "taxa", "v1")


async def test_a_version_may_be_staged_in_parts(store: PassageStore) -> None:
    passages = indexed(document(), TEXTS)
    await store.stage(passages[:1])
    await store.stage(passages[1:])
    await store.publish("soltuna", "taxa", "v1")
    assert (await store.search(asking("bygglov"))).total == 3


async def test_half_a_version_never_replaces_a_whole_one(store: PassageStore) -> None:
    await published(store, document(version="v1"), TEXTS)
    await store.stage(indexed(document(version="v2"), TEXTS)[1:])
    with pytest.raises(Conflict):
        await store.publish("soltuna", "taxa", "v2")
    assert (await store.search(asking("bygglov"))).total == 3


async def test_publishing_twice_changes_nothing(store: PassageStore) -> None:
    await published(store, document(), TEXTS)
    await store.publish("soltuna", "taxa", "v1")
    assert (await store.search(asking("bygglov"))).total == 3


async def test_publishing_what_was_never_staged_is_refused_and_keeps_the_old(store: PassageStore) -> None:
    await published(store, document(version="v1"), TEXTS)
    with pytest.raises(NotFound):
        await store.publish("soltuna", "taxa", "v2")
    assert (await store.search(asking("bygglov"))).total == 3


async def test_documents_of_two_authorities_may_share_an_id(store: PassageStore) -> None:
    await published(store, document(authority="soltuna"), ["Soltunas taxa"])
    await published(store, document(authority="granby"), ["Granbys taxa"])
    await store.retire("granby", "taxa")
    assert await texts_found(store, asking("taxa")) == ["Soltunas taxa"]


async def test_a_retired_document_is_gone_and_may_come_back(store: PassageStore) -> None:
    await published(store, document(), TEXTS)
    await store.retire("soltuna", "taxa")
    await store.retire("soltuna", "taxa")
    assert await texts_found(store, asking("bygglov")) == []
    assert (await store.digests()).digests == []
    await published(store, document(), TEXTS)
    assert (await store.search(asking("bygglov"))).total == 3


async def test_digests_name_every_published_version(store: PassageStore) -> None:
    await published(store, document("a", "v1"), TEXTS)
    await published(store, document("b", "v7", authority="granby"), TEXTS[:1])
    await store.stage(indexed(document("a", "v2"), TEXTS))
    page = await store.digests()
    named = {(each.authority, each.document_id, each.version, each.passages) for each in page.digests}
    assert named == {("soltuna", "a", "v1", 3), ("granby", "b", "v7", 1)}
    assert not page.next


async def test_digests_come_in_pages(store: PassageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allmanning.index.store.passages.DIGESTS_PAGE", 2)
    for number in range(5):
        await published(store, document(f"d{number}"), ["Text"])
    found, after = [], ""
    while True:
        page = await store.digests(after)
        assert len(page.digests) <= 2
        found += [each.document_id for each in page.digests]
        after = page.next
        if not after:
            break
    assert sorted(found) == [f"d{number}" for number in range(5)]


async def test_words_are_weighed_by_their_rarity_among_what_the_asker_may_read(store: PassageStore) -> None:
    await published(store, document("a"), ["Ugglan flög.", "Katten sov.", "Katten åt."])
    secret = document("b", secrecy=Secrecy.SECRET, owner_unit="bygg")
    await published(store, secret, [f"Ugglan sover {number}." for number in range(20)])
    [owl] = [
        each
        for each in (await store.search(asking("ugglan"))).passages
        if each.passage and "Ugglan" in each.passage.text
    ]
    sparse = indexed(document("a"), ["Ugglan flög."])[0].sparse
    assert sparse is not None
    stored = dict(zip(sparse.indices, sparse.values, strict=True))
    asked = question_vector("ugglan")
    # Each of its terms and grams stands in one of the three passages that may be read.
    matched = sum(
        stored[term] * weight for term, weight in zip(asked.indices, asked.values, strict=True) if term in stored
    )
    assert owl.sparse == pytest.approx(matched * math.log(1 + (3 - 1 + 0.5) / (1 + 0.5)), rel=1e-4)


async def test_scores_say_how_near_a_passage_is(store: PassageStore) -> None:
    await published(store, document(), TEXTS)
    request = asking(TEXTS[1])
    best = (await store.search(request)).passages[0]
    assert best.passage is not None
    assert best.passage.text == TEXTS[1]
    assert best.dense == pytest.approx(1.0, abs=1e-3)
    assert best.sparse > 0
    scores = [each.score for each in (await store.search(request)).passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


async def test_copies_of_a_passage_are_found_once(store: PassageStore) -> None:
    for name in ("a", "b", "c"):
        of = document(name)
        of.title = "Annat" if name == "c" else "Bygglov"
        await published(store, of, ["Handläggningen tar tio veckor.", f"Annat om bygglov, {name}."])
    found = await texts_found(store, asking("handläggningen av bygglov", limit=6))
    assert found.count("Handläggningen tar tio veckor.") == 2
    assert len(found) == 5


async def test_a_question_without_known_words_still_finds_by_embedding(store: PassageStore) -> None:
    await published(store, document(), TEXTS)
    request = asking("och")
    assert not request.sparse or not request.sparse.indices
    assert len((await store.search(request)).passages) == 3


async def test_only_the_asked_collections_and_documents_are_searched(store: PassageStore) -> None:
    await published(store, document("a", collection="webb"), ["Text a"])
    await published(store, document("b", collection="lagar"), ["Text b"])
    await published(store, document("c", collection="lagar"), ["Text c"])
    assert sorted(await texts_found(store, asking("text", collections=["lagar"]))) == ["Text b", "Text c"]
    assert await texts_found(store, asking("text", documents=["a"])) == ["Text a"]
    assert await texts_found(store, asking("text", collections=["lagar"], documents=["a"])) == []


async def test_held_back_counts_the_near_passages_that_the_asker_may_not_read(store: PassageStore) -> None:
    await published(store, document("a"), ["Öppen text"])
    await published(store, document("b", secrecy=Secrecy.INTERNAL), ["Intern text"])
    await published(store, document("c", authority="granby", secrecy=Secrecy.INTERNAL), ["Granbys interna text"])
    assert (await store.search(asking("Intern text", limit=1))).held_back == 1
    assert (await store.search(asking("Öppen text", limit=1))).held_back == 0
    assert (await store.search(asking("text", limit=10))).held_back == 1


async def test_nobody_without_clearance_reads_anything(store: PassageStore) -> None:
    await published(store, document(shared=True), TEXTS)
    nobody = Principal(authority="soltuna", unit="bygg")
    answer = await store.search(asking("bygglov", nobody))
    assert (answer.passages, answer.total, answer.held_back) == ([], 0, 3)
