"""An entailment model by URL decides what follows, and is missed without harm."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from allmanning.generate.draft import DraftSentence, Quote
from allmanning.generate.support.entailment import Entailment, Likelihood
from allmanning.generate.support.semantics import Semantics
from allmanning.generate.support.verdict import DOUBTFUL, STRICT, Verdict
from allmanning.generate.support.verifier import Verifier
from allmanning.runtime.errors import Unavailable
from tests.contract.generate.scripted_entailment import ScriptedEntailment, scripted_entailment
from tests.contract.generate.test_model_dialects import TASK, TEXT

FIRST = (Quote(0, 0, TEXT.index(" En altan")),)
VERBATIM = DraftSentence("Altaner i markhöjd kräver inte bygglov.", FIRST)
WORDED = DraftSentence("Bygglov krävs inte för altaner i markhöjd.", FIRST)
PARAPHRASED = DraftSentence("En låg altan i markhöjd går att bygga utan lov.", FIRST)
CONTRARY = DraftSentence("Altaner i markhöjd kräver bygglov.", FIRST)


class Vectors:
    """An embedder for which every text means `cosine` of the same; None: it is away."""

    def __init__(self, cosine: float | None) -> None:
        self.cosine = cosine

    async def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.cosine is None:
            raise Unavailable("embedder.unavailable", "borta")
        other = [self.cosine, (1 - self.cosine**2) ** 0.5]
        return np.asarray([[1.0, 0.0], *([other] * (len(texts) - 1))], np.float32)


@pytest.fixture
def server() -> Iterator[ScriptedEntailment]:
    with scripted_entailment() as served:
        yield served


# Longer than any test takes, so that a busy machine is no server that is away.
PATIENT_S = 120.0
IMPATIENT_S = 0.05


@pytest.fixture
async def entailment(request: pytest.FixtureRequest, server: ScriptedEntailment) -> AsyncIterator[Entailment]:
    """Waits for the server; with a parameter, for so many seconds."""
    timeout_s = getattr(request, "param", PATIENT_S)
    made = Entailment(server.url, labels={"LABEL_2": "entailment"}, key="s3cret", timeout_s=timeout_s)
    yield made
    await made.close()


async def judged(verifier: Verifier, sentence: DraftSentence) -> Verdict:
    [found] = await verifier.verified(TASK, [sentence])
    assert found.verdict is not None
    return found.verdict


async def test_pairs_go_in_batches_with_the_key_and_come_back_in_order(
    server: ScriptedEntailment, entailment: Entailment
) -> None:
    server.judge = lambda premise, _: (float(premise) / 100, 0.0, 0.5)
    found = await entailment.likelihoods([(str(number), "x") for number in range(70)])
    assert found == [Likelihood(number / 100, 0.5) for number in range(70)]
    assert sorted(map(len, server.batches)) == [6, 32, 32]
    assert server.authorizations == {"Bearer s3cret"}
    assert entailment.model == "nli-test@abc"


async def test_labels_are_told_by_name_or_by_the_setting(server: ScriptedEntailment, entailment: Entailment) -> None:
    server.labels = ("LABEL_2", "LABEL_1", "CONTRADICTION")
    assert await entailment.likelihoods([("a", "b")]) == [Likelihood(0.9, 0.02)]
    server.labels = ("LABEL_7", "LABEL_8", "LABEL_9")
    assert await entailment.likelihoods([("a", "b")]) is None


@pytest.mark.parametrize("entailment", [IMPATIENT_S], indirect=True)
async def test_a_server_that_is_late_is_as_none(server: ScriptedEntailment, entailment: Entailment) -> None:
    server.delay_s = 20 * IMPATIENT_S
    assert await entailment.likelihoods([("a", "b")]) is None


@pytest.mark.parametrize("fault", ["status", "garbage", "short"])
async def test_a_server_that_fails_is_as_none(server: ScriptedEntailment, entailment: Entailment, fault: str) -> None:
    if fault == "status":
        server.status = 503
    else:
        server.body = b"[[" if fault == "garbage" else b"[]"
    assert await entailment.likelihoods([("a", "b")]) is None


async def test_what_follows_is_carried_also_in_other_words(server: ScriptedEntailment, entailment: Entailment) -> None:
    found = await judged(Verifier(Semantics(Vectors(0.5), timeout_s=PATIENT_S), entailment), PARAPHRASED)
    assert found.containment < STRICT
    # What the checks doubt, for its words are others, is for the model to say.
    assert (found.support, found.entailment, found.failed, found.doubts) == (0.9, 0.9, (), ("added",))
    assert server.batches == [[("Altaner i markhöjd kräver inte bygglov.", PARAPHRASED.text)]]


async def test_what_contradicts_or_does_not_follow_is_dropped(
    server: ScriptedEntailment, entailment: Entailment
) -> None:
    verifier = Verifier(Semantics(Vectors(0.95), timeout_s=PATIENT_S), entailment)
    assert (await judged(verifier, WORDED)).support >= STRICT
    for scores in ((0.1, 0.1, 0.8), (0.3, 0.6, 0.1)):
        server.judge = lambda _premise, _hypothesis, scores=scores: scores
        assert (await judged(verifier, WORDED)).failed == ("entailment",)


async def test_no_model_talks_away_what_the_words_tell(server: ScriptedEntailment, entailment: Entailment) -> None:
    server.judge = lambda _premise, _hypothesis: (1.0, 0.0, 0.0)
    found = await judged(Verifier(Semantics(Vectors(1.0), timeout_s=PATIENT_S), entailment), CONTRARY)
    assert (found.support, found.failed) == (0.0, ("negation",))
    assert server.batches == []


async def test_verbatim_sentences_ask_no_model(server: ScriptedEntailment, entailment: Entailment) -> None:
    found = await judged(Verifier(Semantics(Vectors(None), timeout_s=PATIENT_S), entailment), VERBATIM)
    assert (found.support, found.doubts, server.batches) == (1.0, (), [])


async def test_an_entailment_model_that_is_away_counts_as_none_and_is_told(
    server: ScriptedEntailment, entailment: Entailment
) -> None:
    server.status = 500
    found = await judged(Verifier(Semantics(Vectors(0.95), timeout_s=PATIENT_S), entailment), WORDED)
    alone = await judged(Verifier(Semantics(Vectors(0.95), timeout_s=PATIENT_S)), WORDED)
    assert found.support == alone.support >= STRICT
    assert (found.doubts, alone.doubts) == (("entailment.away",), ())


@pytest.mark.parametrize(("cosine", "doubt"), [(None, "semantics.away"), (0.5, "semantics")])
async def test_without_closeness_in_meaning_no_worded_sentence_leaves_by_itself(
    cosine: float | None, doubt: str
) -> None:
    found = await judged(Verifier(Semantics(Vectors(cosine), timeout_s=PATIENT_S)), WORDED)
    assert (found.support, found.doubts) == (DOUBTFUL, (doubt,))
