"""Near-identical questions with different outcomes are found by what they mean, or by their words."""

from __future__ import annotations

import struct

import pytest

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.run import Service
from tests.integration.audit.asker import Asker
from tests.integration.audit.inspecting import answered, asked, report, until_recorded
from tests.serving import Serving


async def test_like_cases_that_ended_differently_are_shown_in_pairs_and_recorded(asker):
    answered_one = await answered(asker, "Behöver jag bygglov för en altan?", unit="BN")
    other = uuid7()
    await asker.record("question.received", other, {"question": "behöver jag bygglov för altan"}, unit="SN")
    await asker.record("answer.abstained", other, outcome="abstained")
    await asker.seen(other, records=2)
    found = await report(asker, "compare", proto.CompareCases())
    [pair] = found["pairs"]
    # Nobody embeds here.
    assert (found["by"], found["model"], found["looked_at"], found["next"]) == ("trigrams", "", 2, 0)
    assert {pair["first"]["decision"], pair["second"]["decision"]} == {answered_one, other}
    assert {"outcome", "unit"} <= set(pair["differs"])
    await until_recorded(asker, other, "access.read")
    await until_recorded(asker, answered_one, "access.read")
    with pytest.raises(InvalidInput, match=r"audit\.reason_missing"):
        await asked(asker, "compare", proto.CompareCases(), reason="")


class Meaning:
    """An index process that knows three wordings of two questions."""

    def __init__(self, model: str = "m@1") -> None:
        self.model = model
        self.asked: list[str] = []

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        self.asked += request.texts
        rows = [[0.6, 0.8] if "altan" in each or "trädäck" in each else [1.0, 0.0] for each in request.texts]
        return EmbedResponse(vectors=[struct.pack("<2f", *row) for row in rows], dimension=2, model=self.model)


async def abstained(asker: Asker, question: str) -> str:
    decision = uuid7()
    await asker.record("question.received", decision, {"question": question}, unit="SN")
    await asker.record("answer.abstained", decision, outcome="abstained")
    await asker.seen(decision, records=2)
    return decision


async def test_other_words_for_the_same_are_found_by_what_they_mean(asker):
    first = await answered(asker, "Behöver jag bygglov för en altan?", unit="BN")
    other = await abstained(asker, "Kräver ett trädäck något tillstånd?")
    again = await abstained(asker, "Kräver ett trädäck något tillstånd?")
    await abstained(asker, "När öppnar biblioteket?")
    meaning = Meaning()
    index = Service(endpoints=[Endpoint(subjects.INDEX_EMBED, EmbedRequest, meaning.embed)])
    async with Serving(asker.bus, "index", index):
        found = await report(asker, "compare", proto.CompareCases())
        newest = await report(asker, "compare", proto.CompareCases(limit=3))
        rest = await report(asker, "compare", proto.CompareCases(before=newest["next"]))
    sides = [{pair["first"]["decision"], pair["second"]["decision"]} for pair in found["pairs"]]
    assert sorted(map(sorted, sides)) == sorted(map(sorted, [{first, other}, {first, again}]))
    assert (found["by"], found["model"], found["looked_at"], found["next"]) == ("embedding", "m@1", 4, 0)
    # The same words are asked for once in a comparison.
    assert meaning.asked.count("Kräver ett trädäck något tillstånd?") == 2
    assert (newest["looked_at"], newest["pairs"], rest["looked_at"], rest["next"]) == (3, [], 1, 0)


async def test_a_search_of_content_says_how_many_decisions_it_opened(asker):
    await answered(asker)
    await abstained(asker, "När öppnar biblioteket?")
    found = await report(asker, "find", proto.FindDecisions(text="biblioteket"))
    assert (len(found["decisions"]), found["looked_at"], found["next"]) == (1, 2, 0)


async def test_the_cases_like_one_are_shown_however_they_ended_most_alike_first(asker):
    own = await answered(asker, "Behöver jag bygglov för en altan?", unit="BN")
    same = await answered(asker, "Behöver man bygglov för en altan?", unit="BN")
    other = await abstained(asker, "behöver jag bygglov för altan")
    await abstained(asker, "När öppnar biblioteket?")
    found = await report(asker, "compare", proto.CompareCases(decision_id=own))
    shown = [pair["second"]["decision"] for pair in found["pairs"]]

    assert sorted(shown) == sorted([same, other])
    assert {pair["first"]["decision"] for pair in found["pairs"]} == {own} == {found["first"]["decision"]}
    likeness = [pair["likeness"] for pair in found["pairs"]]
    assert likeness == sorted(likeness, reverse=True)
    differs = {pair["second"]["decision"]: pair["differs"] for pair in found["pairs"]}
    assert "outcome" not in differs[same]
    assert "outcome" in differs[other]
    await until_recorded(asker, same, "access.read")
    await until_recorded(asker, own, "access.read")
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await asked(asker, "compare", proto.CompareCases(decision_id=uuid7()))
