"""The likeness that the index tells, and the weights of what is measured."""

from __future__ import annotations

from allmanning.generate.extract.abstain import signals
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.measures import ENCODED, NAMES
from allmanning.generate.extract.network import Network
from allmanning.generate.extract.ranking import rank
from allmanning.generate.extract.weights import weights
from tests.unit.generate.test_extract import passages


def test_the_sentence_that_the_index_finds_most_like_the_question_wins_where_words_tell_nothing() -> None:
    found = passages("Vi hjälper dig med saken. Vi svarar dig om saken.")
    found[0].sentence_likeness = found[0].framed_likeness = [0.3, 0.9]
    question = Asked.of("Hur får jag kontakt?")

    ranking = rank(question, candidates(found), found)

    assert ranking is not None
    assert ranking.ranked[0].candidate.text == "Vi svarar dig om saken."


def test_every_weight_is_of_something_that_is_measured() -> None:
    found = passages("Bygglov för altan kostar 900 kronor. Ring oss gärna.")
    question = Asked.of("Vad kostar bygglov för altan?")
    ranking = rank(question, candidates(found), found)
    assert ranking is not None
    for encoded in (True, False):
        used = weights(encoded=encoded)
        assert used.ranking.weights.keys() <= set(NAMES)
        confidence = used.confidence
        names = set(confidence.names) if isinstance(confidence, Network) else confidence.weights.keys()
        assert names <= signals(question, ranking, found).keys()
    assert not weights(encoded=False).ranking.weights.keys() & ENCODED
