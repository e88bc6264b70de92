"""What a passage holds is what its candidates hold together."""

from __future__ import annotations

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.measures import measured


def test_words_in_two_sentences_of_a_passage_count_together() -> None:
    texts = ("Bygglov behövs för muren. Altanen är lovfri här.", "Muren är gammal nu. Den är av sten.")
    found = [
        Passage(id=f"p{n}", document=DocumentVersion(), text=text, location=Location()) for n, text in enumerate(texts)
    ]
    passages = [ScoredPassage(passage=each, score=0.5) for each in found]
    asked = Asked.of("Bygglov altan mur")

    whole = measured(asked, candidates(passages), passages).whole

    assert whole.coverage[0] == 1.0
    assert 0 < whole.coverage[1] < whole.coverage[0]
    assert whole.most_grams == whole.every_gram
    assert 0 < whole.rare_grams <= 1
