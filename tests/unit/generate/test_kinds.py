"""A message is heard by its words or by its meaning, and by its words alone when nothing else can be known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from allmanning.generate.kinds import Kind, Listener, believed, kinds
from allmanning.generate.signals import doubted, signals_of
from allmanning.index.embed.protocol import Vectors
from allmanning.runtime.errors import Unavailable
from tests.unit.generate.meaning import nearly, towards

DIMENSION = 384


@dataclass
class Scripted:
    """An embedder that has one vector for everything, or fails."""

    vector: NDArray[np.float32]
    model: str = "multilingual-e5-small/onnx"
    fails: bool = False
    slow: bool = False
    asked: list[str] = field(default_factory=list)
    dimension: int = DIMENSION

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        if self.slow:
            await asyncio.sleep(60)
        if self.fails:
            raise Unavailable("embedder.unavailable", "borta")
        return np.array([self.vector for _ in texts])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("kind", "signal"),
    [(Kind.CRISIS, "acute"), (Kind.OWN, "individual_decision"), (Kind.HUMAN, "wants_human")],
)
async def test_what_the_words_do_not_tell_the_meaning_does(kind: Kind, signal: str) -> None:
    said = signals_of("Blåmärken igen i dag.")
    assert not getattr(said, signal)
    assert getattr(await Listener(Scripted(towards(kind)), timeout_s=1).heard(said), signal)


@pytest.mark.parametrize(("kind", "signal"), [(Kind.CRISIS, "acute"), (Kind.OWN, "individual_decision")])
async def test_what_is_in_doubt_is_taken_for_nothing_until_that_is_asked(kind: Kind, signal: str) -> None:
    found = await Listener(Scripted(nearly(kind)), timeout_s=1).heard(signals_of("Blåmärken igen i dag."))
    assert not getattr(found, signal)
    assert found.in_doubt == {signal}
    assert getattr(doubted(found), signal)
    assert not doubted(found).in_doubt


async def test_an_ordinary_question_stays_one() -> None:
    said = signals_of("När öppnar biblioteket?")
    assert await Listener(Scripted(towards(Kind.GENERAL)), timeout_s=1).heard(said) == replace(said, heard=True)


@pytest.mark.parametrize("embedder", [
    Scripted(towards(Kind.CRISIS), fails=True),
    Scripted(towards(Kind.CRISIS), slow=True),
    Scripted(towards(Kind.CRISIS), model="another/model"),
])  # fmt: skip
async def test_without_an_embedder_that_the_model_knows_the_words_are_left(embedder: Scripted) -> None:
    said = signals_of("Jag vill prata med en handläggare")
    assert said.wants_human
    assert await Listener(embedder, timeout_s=0.05).heard(said) == said


async def test_only_what_is_covered_is_embedded_and_danger_in_plain_words_waits_for_nothing() -> None:
    embedder = Scripted(towards(Kind.GENERAL))
    await Listener(embedder, timeout_s=1).heard(signals_of("Jag är 19121212-1212, vad gäller för hundar?"))
    await Listener(embedder, timeout_s=1).heard(signals_of("Jag vill inte leva längre"))
    assert len(embedder.asked) == 1
    assert "19121212" not in embedder.asked[0]


async def test_of_those_without_a_turn_only_a_few_are_heard_at_once() -> None:
    embedder = Scripted(towards(Kind.CRISIS), slow=True)
    listener = Listener(embedder, timeout_s=0.05)
    said = signals_of("Blåmärken igen i dag.")
    assert await asyncio.gather(*(listener.overheard(said) for _ in range(20))) == [said] * 20
    assert len(embedder.asked) <= 2


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.text(max_size=40))
def test_the_meaning_takes_no_signal_away(likely: list[float], text: str) -> None:
    said = signals_of(text)
    found = believed(said, dict(zip(Kind, likely, strict=True)), kinds())
    for signal in ("acute", "individual_decision", "wants_human", "manipulation", "personal_data"):
        assert getattr(found, signal) >= getattr(said, signal)
