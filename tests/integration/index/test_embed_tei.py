"""Text-embeddings-inference at scale: batches, order, and a server that has too much to do."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterator

import numpy as np
import pytest

from allmanning.index.embed import tei as subject
from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.encoder import Encoder
from allmanning.index.embed.protocol import PASSAGE_PREFIX
from allmanning.index.embed.tei import REQUESTS_AT_ONCE, TeiEmbedder
from allmanning.runtime.errors import Busy, PlatformError, TimedOut, Unavailable
from tests.integration.index.tei import DROPPED, Tei, serving

QUESTION = ["Hur söker jag bygglov?"]
# More batches of two than may be sent at once, of lengths in no order.
TEXTS = [f"Ärende {number}. " + "Beslutet kan överklagas. " * (number * 7 % 11) for number in range(31)]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(ensure_model())


@pytest.fixture
def tei(encoder: Encoder) -> Iterator[Tei]:
    with serving(encoder) as server:
        yield server


@pytest.fixture
async def embedder(tei: Tei) -> AsyncIterator[TeiEmbedder]:
    embedder = TeiEmbedder(tei.url, timeout_s=5)
    await embedder.warm_up()
    tei.batches.clear()
    tei.asked = 0
    yield embedder
    await embedder.close()


async def met(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_order_is_kept_under_any_lengths_and_delays(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.jitter_s = 0.05
    texts = random.sample(TEXTS, len(TEXTS))
    vectors = await embedder.embed_passages(texts)
    alone = np.stack([tei.encoder.run(text, PASSAGE_PREFIX) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=1e-6)


async def test_texts_of_about_the_same_length_go_together(tei: Tei, embedder: TeiEmbedder) -> None:
    await embedder.embed_passages(["kort", "lång " * 50, "kort", "lång " * 50])
    assert sorted(len({len(text) for text in batch}) for batch in tei.batches) == [1, 1]


async def test_a_batch_is_within_what_the_server_takes(
    tei: Tei, embedder: TeiEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "BATCH_CHARACTERS", 95)
    await embedder.embed_passages(["a" * 80, "b" * 80, "c", "d", "e"])
    assert sorted(map(len, tei.batches)) == [1, 1, 1, 2]


async def test_no_more_requests_at_once_than_said_however_many_ask(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.answering.clear()
    imports = [asyncio.create_task(embedder.embed_passages(TEXTS)) for _ in range(3)]
    await met(lambda: tei.asked >= REQUESTS_AT_ONCE)
    tei.answering.set()
    await asyncio.gather(*imports)
    assert tei.most_at_once == REQUESTS_AT_ONCE


async def test_a_question_does_not_wait_for_an_import(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.answering.clear()
    bulk = asyncio.create_task(embedder.embed_passages(TEXTS))
    await met(lambda: tei.asked == REQUESTS_AT_ONCE)
    question = asyncio.create_task(embedder.embed_queries(QUESTION))
    await met(lambda: tei.asked == REQUESTS_AT_ONCE + 1)
    tei.answering.set()
    await asyncio.gather(bulk, question)


@pytest.mark.parametrize("failure", [429, 502, 503, DROPPED])
async def test_passages_wait_for_a_server_that_recovers(tei: Tei, embedder: TeiEmbedder, failure: int) -> None:
    tei.script = [failure, failure]
    vectors = await embedder.embed_passages(["bygglov"])
    assert tei.asked == 3
    np.testing.assert_allclose(vectors[0], tei.encoder.run("bygglov", PASSAGE_PREFIX), atol=1e-6)


@pytest.mark.parametrize(("failure", "error"), [(429, Busy), (503, Unavailable), (DROPPED, Unavailable)])
async def test_passages_do_not_wait_for_ever(tei: Tei, failure: int, error: type[PlatformError]) -> None:
    embedder = TeiEmbedder(tei.url, patience_s=0.8)
    await embedder.warm_up()
    tei.asked, tei.failing = 0, failure
    with pytest.raises(error) as raised:
        await embedder.embed_passages(["bygglov"])
    assert raised.value.retry_after_s is not None
    assert tei.asked >= (1 if failure == DROPPED else 2)
    await embedder.close()


async def test_one_who_asks_for_more_time_than_there_is_is_not_waited_for(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.failing, tei.retry_after = 429, "3600"
    with pytest.raises(Busy) as raised:
        await embedder.embed_passages(["bygglov"])
    assert raised.value.retry_after_s == 3600
    assert tei.asked == 1


async def test_what_will_not_change_is_not_tried_again(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.failing = 401
    with pytest.raises(Unavailable):
        await embedder.embed_passages(["bygglov"])
    assert tei.asked == 1


@pytest.mark.parametrize(("failure", "times"), [(429, 1), (500, 1), (503, 2), (DROPPED, 2)])
async def test_a_question_is_sent_twice_at_most(tei: Tei, embedder: TeiEmbedder, failure: int, times: int) -> None:
    tei.failing = failure
    with pytest.raises(PlatformError):
        await embedder.embed_queries(QUESTION)
    assert tei.asked == times


async def test_a_question_survives_a_broken_connection(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.script = [DROPPED]
    assert (await embedder.embed_queries(QUESTION)).shape == (1, embedder.dimension)


async def test_leaving_an_import_stops_what_has_not_begun(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.answering.clear()
    bulk = asyncio.create_task(embedder.embed_passages(TEXTS))
    await met(lambda: tei.asked == REQUESTS_AT_ONCE)
    bulk.cancel()
    with pytest.raises(asyncio.CancelledError):
        await bulk
    tei.answering.set()
    await embedder.embed_passages(["kort"])
    assert tei.asked == REQUESTS_AT_ONCE + 1


async def test_a_batch_that_fails_ends_the_others(tei: Tei, embedder: TeiEmbedder) -> None:
    tei.script = [401]
    tei.delay_s = 0.05
    with pytest.raises(Unavailable):
        await embedder.embed_passages(TEXTS)
    assert tei.asked < len(TEXTS) // 2


async def test_text_that_spells_a_special_piece_reaches_the_server_as_plain_text(
    tei: Tei, embedder: TeiEmbedder
) -> None:
    await embedder.embed_passages(["Bygglov </s><mask> krävs, 3 <s < 5"])
    assert tei.batches == [[PASSAGE_PREFIX + "Bygglov < /s>< mask> krävs, 3 <s < 5"]]


async def test_a_token_for_another_place_is_not_sent(
    tei: Tei, embedder: TeiEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_private")
    await embedder.embed_queries(QUESTION)
    assert tei.authorizations == {None}


@pytest.mark.parametrize(("status", "error"), [(429, Busy), (500, Unavailable), (503, Unavailable), (401, Unavailable)])
async def test_a_failing_server_is_named_as_what_it_is(
    tei: Tei, embedder: TeiEmbedder, status: int, error: type[Exception]
) -> None:
    tei.failing = status
    with pytest.raises(error):
        await embedder.embed_queries(QUESTION)


async def test_a_silent_server_times_out(tei: Tei) -> None:
    embedder = TeiEmbedder(tei.url, timeout_s=0.3)
    await embedder.warm_up()
    tei.answering.clear()
    with pytest.raises(TimedOut):
        await embedder.embed_queries(QUESTION)
    await embedder.close()


async def test_the_address_is_told_to_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    embedder = TeiEmbedder("http://user:password@127.0.0.1:9", timeout_s=1)
    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable) as raised:
        await embedder.warm_up()
    assert "127.0.0.1" not in str(raised.value)
    assert "127.0.0.1:9" in caplog.text
    assert "password" not in caplog.text
    await embedder.close()
