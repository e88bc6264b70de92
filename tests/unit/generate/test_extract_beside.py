"""What is said beside the first sentence: what leans on it, and a second document that answers about as well."""

from __future__ import annotations

import pytest

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, ScoredPassage
from allmanning.generate.citations import Citations
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.joining import joined
from allmanning.generate.extract.ranking import Ranked
from allmanning.generate.extract.selection import selected, worded
from tests.unit.generate.test_extract import answer, passages


def of_documents(*texts: str) -> list[ScoredPassage]:
    found = passages(*texts, dense=0.93)
    for number, each in enumerate(found):
        assert each.passage is not None
        each.passage.document = DocumentVersion(id=f"d{number}", title=f"Taxa {number}")
    return found


def test_a_sentence_that_says_little_alone_brings_the_one_that_leans_on_it() -> None:
    found = passages("Nämnden utfärdar Grönt kort. Det är en diplomering med två prov. Ring oss.", dense=0.93)

    first = answer("Vem utfärdar Grönt kort?", found).sentences[0]

    assert first.text == "Nämnden utfärdar Grönt kort. Det är en diplomering med två prov."
    assert Citations(found).support_of(first) == 1.0


def test_what_was_decided_in_one_case_is_not_said_beside_the_rule() -> None:
    rule = passages("Ett rivningslov kostar 7 400 kronor.", title="Rivning", dense=0.93)[0]
    minutes = "Beslut:\n- Rivningslov kostar här 7 100 kronor.\n- Ansökan om rivningslov avslås."
    found = [rule, *passages(minutes, title="Protokoll om rivningslov", dense=0.93)]
    ranked = [Ranked(each, 1.0, 0.5) for each in candidates(found)]

    said = selected(ranked, found, 3, Asked.of("Vad kostar ett rivningslov?"))
    assert [each.text for each in said] == ["Ett rivningslov kostar 7 400 kronor."]
    alone = passages(minutes, title="Protokoll", dense=0.93)
    assert "avslås" in answer("Vad blev det av ansökan om rivningslov?", alone, least=0.0).sentences[0].text


def test_a_sentence_of_a_second_document_says_where_it_stands() -> None:
    found = of_documents("Bygglov för altan kostar 900 kronor.", "För altan tar vi 900 kronor i avgift för bygglov.")

    first, second = joined([worded(each, found) for each in candidates(found)], found, "sv")

    assert first.text == "Bygglov för altan kostar 900 kronor."
    assert second.text == "Enligt ”Taxa 1”: För altan tar vi 900 kronor i avgift för bygglov."
    assert Citations(found).support_of(second) == 1.0


@pytest.mark.parametrize(("share", "said"), [(0.2, 1), (0.6, 2)])
def test_a_second_document_is_quoted_only_where_it_answers_about_as_well(share: float, said: int) -> None:
    found = of_documents("Bygglov för altan kostar 900 kronor.", "Väntetiden för rådgivning är tre veckor.")
    first, second = candidates(found)
    ranked = [Ranked(first, 1.0, 0.6), Ranked(second, 0.5, 0.6 * share)]

    assert len(selected(ranked, found, 3, Asked.of("Vad kostar bygglov för altan?"))) == said
    same = passages("Bygglov för altan kostar 900 kronor.", "Väntetiden för rådgivning är tre veckor.")
    assert len(selected(ranked, same, 3, Asked.of("Vad kostar bygglov för altan?"))) == 2
