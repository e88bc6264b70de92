"""What a search promises beyond finding: pages, filters, phrases, facets, order, reasons and likeness."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.index.v1.index_pb import NeighboursRequest, SearchRequest, SearchResponse, TokenVectors
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Filter, Order, Passage
from allmanning.index.sparse import question_terms
from allmanning.index.store.protocol import PassageStore
from allmanning.runtime.errors import InvalidInput, NotFound
from tests.contract.index.passages import CITIZEN, asking, document, indexed
from tests.contract.index.test_store import published, texts_found

FEES = [f"Avgiften för tjänst {number} är {number}00 kronor om året." for number in range(1, 31)]


def limited(request: SearchRequest, **fields: object) -> SearchRequest:
    request.filter = Filter(**fields)  # type: ignore[arg-type]
    return request


def found(answer: SearchResponse) -> list[Passage]:
    return [each.passage for each in answer.passages if each.passage]


async def pages(store: PassageStore, request: SearchRequest) -> list[list[str]]:
    """The texts of every page."""
    read = []
    while True:
        answer = await store.search(copy.deepcopy(request))
        read.append([passage.text for passage in found(answer)])
        if not answer.shown:
            return read
        request.shown = answer.shown


async def test_pages_together_have_every_passage_once(store: PassageStore) -> None:
    await published(store, document(), FEES)
    read = await pages(store, asking("avgiften", limit=7))
    assert [len(page) for page in read] == [7, 7, 7, 7, 2]
    assert sorted(text for page in read for text in page) == sorted(FEES)


async def test_pages_are_those_of_one_long_answer(store: PassageStore) -> None:
    await published(store, document(), FEES)
    whole = [passage.text for passage in found(await store.search(asking("avgiften", limit=30)))]
    assert [text for page in await pages(store, asking("avgiften", limit=10)) for text in page] == whole


async def test_no_page_repeats_a_passage_when_documents_change_in_between(store: PassageStore) -> None:
    await published(store, document(), FEES)
    request = asking("avgiften", limit=10)
    first = await store.search(copy.deepcopy(request))
    await published(store, document("ny"), ["Avgiften är helt ny."])
    await store.retire("soltuna", "finns-ej")
    request.shown = first.shown
    second = await store.search(request)
    assert not {passage.text for passage in found(first)} & {passage.text for passage in found(second)}


async def test_a_mangled_place_in_the_pages_is_refused(store: PassageStore) -> None:
    request = asking("avgiften")
    request.shown = b"abc"
    with pytest.raises(InvalidInput) as refused:
        await store.search(request)
    assert refused.value.code == "cursor.invalid"


async def test_copies_that_were_left_out_do_not_come_on_a_later_page(store: PassageStore) -> None:
    for name in ("a", "b"):
        of = document(name)
        of.title = "Avgifter"
        await published(store, of, FEES[:12])
    texts = [text for page in await pages(store, asking("avgiften", limit=5)) for text in page]
    assert sorted(texts) == sorted(FEES[:12])


async def test_nearly_the_same_passage_of_another_document_is_found_once(store: PassageStore) -> None:
    steps = [f"steg {name} görs av en handläggare som läser allt som har kommit in" for name in "abcdefghijklmno"]
    text = f"Ansökan om färdtjänst prövas inom tre veckor. {'. '.join(steps)}."
    said = {"a": text, "b": text.replace("tre", "högst tre"), "c": text.replace("tre", "12")}
    for name, words in said.items():
        of = document(name)
        of.title = "Färdtjänst"
        await published(store, of, [words])
    answers = await texts_found(store, asking("färdtjänst beslut"))
    # Another number is another answer.
    assert len(answers) == 2
    assert any("12" in answer for answer in answers)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"document_types": ["riktlinje"]}, {"a"}),
        ({"document_types": ["riktlinje", "protokoll"]}, {"a", "b"}),
        ({"media_types": ["application/pdf"]}, {"b"}),
        ({"authorities": ["granby"]}, {"c"}),
        ({"secrecies": [Secrecy.INTERNAL]}, {"b"}),
        ({"dated_from": "2026-01-01"}, {"b"}),
        ({"dated_until": "2025-12-31"}, {"a"}),
        ({"collections": ["webb"], "document_types": ["protokoll"]}, {"b"}),
        ({"document_types": ["finns ej"]}, set()),
    ],
)
async def test_a_filter_limits_a_search(store: PassageStore, fields: dict[str, object], expected: set[str]) -> None:
    a = document("a", valid_from="2025-03-01")
    a.document_type, a.media_type = "riktlinje", "text/html"
    b = document("b", valid_from="2026-03-01", secrecy=Secrecy.INTERNAL)
    b.document_type, b.media_type = "protokoll", "application/pdf"
    for of in (a, b, document("c", authority="granby", shared=True)):
        await published(store, of, [f"Avgiften enligt {of.id}."])
    staff = Principal(authority="soltuna", clearances=[Secrecy.OPEN, Secrecy.INTERNAL])
    answer = await store.search(limited(asking("avgiften", principal=staff), **fields))
    assert {passage.document.id for passage in found(answer) if passage.document} == expected
    assert answer.total == len(expected)


async def test_a_phrase_must_stand_word_for_word(store: PassageStore) -> None:
    texts = ["Särskilt boende för äldre.", "Boende med särskilt stöd.", "SARSKILT  BOENDE, vid behov."]
    await published(store, document(), texts)
    answer = await store.search(limited(asking("boende"), phrases=["särskilt boende"]))
    assert {passage.text for passage in found(answer)} == {texts[0], texts[2]}
    assert answer.total == 2


async def test_an_excluded_word_is_in_no_passage(store: PassageStore) -> None:
    await published(store, document(), ["Avgift för hund.", "Avgift för katt.", "Avgift för hundar."])
    answer = await store.search(limited(asking("avgift"), excluded=["hund"]))
    assert {passage.text for passage in found(answer)} == {"Avgift för katt.", "Avgift för hundar."}


async def test_facets_count_what_was_found(store: PassageStore) -> None:
    for number in range(3):
        await published(store, document(f"webb-{number}"), [f"Avgift {number}."])
    await published(store, document("lag", collection="lagar"), ["Avgift enligt lag."])
    request = asking("avgift", limit=1)
    assert not (await store.search(copy.deepcopy(request))).facets
    request.facets = True
    answer = await store.search(request)
    counted = {each.field: {count.value: count.passages for count in each.counts} for each in answer.facets}
    assert counted["collection"] == {"webb": 3, "lagar": 1}
    assert counted["authority"] == {"soltuna": 4}
    assert counted["secrecy"] == {"open": 4}
    assert counted["document_type"] == {}
    assert answer.found == 4


async def test_the_newest_come_first_when_asked_for_and_undated_last(store: PassageStore) -> None:
    days = {"a": "2024-01-01", "b": "", "c": "2026-05-01", "d": "2025-01-01"}
    for name, day in days.items():
        await published(store, document(name, valid_from=day), [f"Avgift {name}."])
    for order, expected in ((Order.NEWEST, "cdab"), (Order.OLDEST, "adcb")):
        request = asking("avgift")
        request.order = order
        answer = await store.search(request)
        assert "".join(passage.document.id for passage in found(answer) if passage.document) == expected


async def test_words_alone_find_without_an_embedding(store: PassageStore) -> None:
    await published(store, document(), ["Avgift för hund.", "Öppettider på biblioteket."])
    request = asking("bibliotekets öppettider")
    request.dense = b""
    [best] = found(await store.search(request))
    assert best.text == "Öppettider på biblioteket."


async def test_an_answer_shows_the_words_it_was_found_by(store: PassageStore) -> None:
    text = "Ring växeln. Ansökan om bygglov lämnas i e-tjänsten."
    await published(store, document(), [text])
    request = asking("Hur gör jag en bygglovsansökan?")
    request.terms = question_terms("Hur gör jag en bygglovsansökan?")
    [answer] = (await store.search(request)).passages
    assert [text[each.start : each.end] for each in answer.matches] == ["Ansökan", "bygglov"]
    assert answer.sentence is not None
    assert text[answer.sentence.start : answer.sentence.end] == "Ansökan om bygglov lämnas i e-tjänsten."


def tokens(*rows: tuple[int, int]) -> TokenVectors:
    return TokenVectors(codes=np.array(rows, np.int8).tobytes(), dimension=2)


async def test_the_tokens_of_a_question_decide_between_passages_that_are_as_near(store: PassageStore) -> None:
    passages = indexed(document(), ["Första meningen. Andra meningen.", "Tredje meningen. Fjärde meningen."])
    for each, rows in zip(passages, (((127, 0), (0, -127)), ((0, -127), (0, 127))), strict=True):
        each.dense = passages[0].dense
        each.tokens, each.sentences = tokens(*rows), bytes((0, 1))
    await store.stage(passages)
    await store.publish("soltuna", "taxa", "v1")
    for asked, first, said in (((127, 0), 0, "Första meningen."), ((0, 127), 1, "Fjärde meningen.")):
        request = asking("okänd")
        request.tokens = tokens(asked)
        best = (await store.search(request)).passages[0]
        assert best.passage is not None
        assert best.passage.position == first
        assert best.sentence is not None
        assert best.passage.text[best.sentence.start : best.sentence.end] == said


async def test_the_own_authority_comes_before_another_that_says_the_same(store: PassageStore) -> None:
    texts = {"soltuna": "Avgift i kommunen.", "granby": "Avgift i riket."}
    for authority, text in texts.items():
        passages = indexed(document("avgift", authority=authority, shared=True), [text])
        passages[0].dense = indexed(document(), ["samma"])[0].dense
        await store.stage(passages)
        await store.publish(authority, "avgift", "v1")
    for authority, text in texts.items():
        asker = Principal(authority=authority, clearances=[Secrecy.OPEN])
        assert (await texts_found(store, asking("avgift", principal=asker)))[0] == text


async def test_a_document_with_many_hits_lets_others_come_before_its_fourth(store: PassageStore) -> None:
    near = indexed(document(), ["samma"])[0].dense
    for name, count in (("lang", 6), ("kort", 1)):
        passages = indexed(document(name), [f"Avgift {name} {'x' * number}." for number in range(count)])
        for each in passages:
            each.dense = near
        await store.stage(passages)
        await store.publish("soltuna", name, "v1")
    answer = await store.search(asking("avgift"))
    assert "kort" in [passage.document.id for passage in found(answer)[:4] if passage.document]


async def test_what_is_like_a_passage_is_found_without_itself(store: PassageStore) -> None:
    await published(store, document(), ["Bygglov för altan.", "Hunden skäller.", "Bygglov för altaner."])
    request = SearchRequest(principal=CITIZEN, like="taxa-0", limit=3, as_of="2026-11-22")
    answer = found(await store.search(request))
    assert "Bygglov för altan." not in [passage.text for passage in answer]
    assert len(answer) == 2


async def test_neighbours_come_in_order_and_stop_at_the_ends(store: PassageStore) -> None:
    await published(store, document(), FEES[:5])

    async def beside(at: int, each_side: int = 0) -> list[int]:
        request = NeighboursRequest(principal=CITIZEN, passage_id=f"taxa-{at}", as_of="2026-11-22", each_side=each_side)
        return [passage.position for passage in (await store.neighbours(request)).passages]

    assert await beside(2) == [1, 2, 3]
    assert await beside(0, 2) == [0, 1, 2]
    assert await beside(4, 10) == [0, 1, 2, 3, 4]
    with pytest.raises(InvalidInput):
        await beside(2, 11)


@pytest.mark.parametrize("hidden", [document(secrecy=Secrecy.INTERNAL), document(valid_to="2026-01-01")])
async def test_what_may_not_be_read_is_not_there_for_likeness_and_neighbours(
    store: PassageStore, hidden: DocumentVersion
) -> None:
    await published(store, hidden, FEES[:2])
    for passage_id in ("taxa-0", "finns-ej", ""):
        with pytest.raises(NotFound):
            await store.neighbours(NeighboursRequest(principal=CITIZEN, passage_id=passage_id, as_of="2026-11-22"))
    for passage_id in ("taxa-0", "finns-ej"):
        with pytest.raises(NotFound):
            await store.search(SearchRequest(principal=CITIZEN, like=passage_id, limit=3, as_of="2026-11-22"))
