"""Another authority is named when the question's words leave no doubt, and never the one that is asked."""

from __future__ import annotations

import pytest
import yaml

from allmanning.generate.elsewhere import ELSEWHERE, elsewhere
from tests.integration.generate.scripted_platform import passage


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Hur ansöker jag om föräldrapenning?", "Försäkringskassan"),
        ("När öppnar vårdcentralen?", "Regionen"),
        ("Hur gör jag en flyttanmälan?", "Skatteverket"),
        ("Hur skriver jag in mig hos Arbetsförmedlingen?", "Arbetsförmedlingen"),
        ("Hur förlänger jag mitt uppehållstillstånd?", "Migrationsverket"),
        ("Hur förnyar jag mitt pass?", "Polisen"),
        ("När betalas studiemedel ut?", "CSN"),
        ("Hur förnyar jag körkortet?", "Transportstyrelsen"),
        ("Vad kostar uppkörning?", "Trafikverket"),
        ("How do I get a residence permit?", "Migrationsverket"),
        ("Vad kostar bygglov i Uppsala?", "Kommunen i Uppsala"),
        ("Hur söker jag bygglov hos Göteborgs stad?", "Kommunen i Göteborg"),
    ],
)
def test_the_right_one_is_named(question: str, name: str) -> None:
    found = elsewhere(question, "exempelby", "Exempelby kommun")

    assert found is not None
    assert found.name == name
    assert name.removeprefix("Kommunen i ") in found.told("sv")
    assert found.told("sv") != found.told("en")


@pytest.mark.parametrize(
    "question",
    [
        "Vad kostar bygglov?",
        "Hur hög är kommunalskatten i år?",
        "Jag flyttar från Uppsala, hur får barnet plats i förskolan?",
        "Passar den tiden?",
        "Vad kostar mark i kommunen?",
        "Får jag parkera utanför apoteket?",
    ],
)
def test_the_municipalitys_own_matters_stay(question: str) -> None:
    assert elsewhere(question, "exempelby", "Exempelby kommun") is None


def test_nobody_is_sent_to_whom_he_asks() -> None:
    assert elsewhere("Vad kostar bygglov i Uppsala?", "uppsala", "") is None
    assert elsewhere("När öppnar vårdcentralen?", "regionen-exempel", "Region Exempel") is None


def test_what_the_own_documents_write_about_is_not_sent_away() -> None:
    found = elsewhere("Vad gäller förskolan vid föräldrapenning?", "exempelby")

    assert found is not None
    assert found.known_here([passage("Du som har föräldrapenning får 15 timmar.")])
    assert not found.known_here([passage("Förskolan öppnar klockan sex.")])


@pytest.mark.parametrize("question", ["Hur ansöker jag om föräldrapenning?", "När betalas föräldrapenningen ut?"])
def test_a_mention_in_passing_does_not_make_it_an_own_matter(question: str) -> None:
    found = elsewhere(question, "exempelby")

    assert found is not None
    assert not found.known_here([passage("Lön, föräldrapenning och pension räknas som inkomst.", title="Avgifter")])
    assert not found.known_here([passage("Lön och föräldrapenning räknas.", title="För föräldrar")])
    assert found.known_here([passage("Ansök i god tid.", title="Föräldrapenning")])


def test_every_municipality_is_there_once() -> None:
    names = yaml.safe_load(ELSEWHERE)["municipalities"].split()

    assert len(names) == len(set(names)) == 290
