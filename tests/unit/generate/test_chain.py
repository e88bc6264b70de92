"""A chain takes as many questions as who would answer them, and asks the next where a model could say nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage, ScoredPassage
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Draft, DraftSentence, Quote, Task
from allmanning.generate.model.chain import Chain, Link


class Scripted:
    """An answerer that takes so many at once."""

    prompt = b""
    most_tokens = 0

    def __init__(self, capacity: int | None) -> None:
        self.capacity = capacity
        self.model = str(capacity)

    async def query(self, asking: Asking, language: str) -> str:
        raise NotImplementedError

    def answer(self, task: Task) -> AsyncGenerator[Draft, None]:
        raise NotImplementedError

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("capacities", "taken"),
    [((8, None), 8), ((0, None), None), ((0, 4), 4), ((0, 0), 1), ((None,), None)],
)
def test_the_first_that_is_well_says_how_many_are_taken(capacities: tuple[int | None, ...], taken: int | None) -> None:
    assert Chain([Link(Scripted(each), None) for each in capacities]).capacity == taken


class Worded(Scripted):
    """An answerer that gives these drafts."""

    def __init__(self, model: str, *drafts: Draft) -> None:
        super().__init__(None)
        self.model = model
        self._drafts = drafts

    async def answer(self, task: Task) -> AsyncGenerator[Draft, None]:  # noqa: ARG002
        for each in self._drafts:
            yield each


DROPPED = Draft(dropped=["You have to apply for a permit."])
SWEDISH = Draft([DraftSentence("Du ska söka bygglov.", (Quote(0, 0, 20),))])
ENGLISH = Draft([DraftSentence("The fee is 900 kronor.", (Quote(0, 0, 20),))])


@pytest.mark.parametrize(
    ("language", "drafts", "told"),
    [
        ("en", (DROPPED,), ["", "Du ska söka bygglov."]),
        ("en", (DROPPED, ENGLISH), ["", "The fee is 900 kronor."]),
        ("en", (Draft(),), [""]),
        ("sv", (DROPPED,), [""]),
    ],
    ids=["nothing could be said", "something could be said", "the model wrote nothing", "the sources' own language"],
)
async def test_sources_speak_for_a_model_whose_translation_nobody_can_check(
    language: str, drafts: tuple[Draft, ...], told: list[str]
) -> None:
    document = DocumentVersion(id="d", language="sv", secrecy=Secrecy.OPEN)
    passages = [ScoredPassage(passage=Passage(id="p", document=document, text="Du ska söka bygglov."))]
    chain = Chain([Link(Worded("model", *drafts), None), Link(Worded("extractive", SWEDISH), None)])
    found = [each async for each in chain.answer(Task(Asking("?"), language, passages, 0))]
    assert [" ".join(one.text for one in each.sentences) for each in found] == told
    if found[-1].model == "extractive":
        assert found[-1].figures["attempts"] == [{"model": "model", "left": "translated"}, {"model": "extractive"}]
