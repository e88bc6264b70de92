"""Another authority is named when the question's words leave no doubt, and never the one that is asked."""

from __future__ import annotations

import json
from pathlib import Path

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
        ("hur mycket pengar får man när man är föräldraledig", "Försäkringskassan"),
        ("får jag betalt när jag är hemma och barnet är sjukt", "Försäkringskassan"),
        ("har ont i knät, hur får jag tid hos en doktor", "Regionen"),
        ("mitt recept är slut, hur förnyar jag mitt recept", "Regionen"),
        ("barnets pass har gått ut", "Polisen"),
        ("hur anmäler jag mig som arbetslös", "Arbetsförmedlingen"),
        ("kan man få bidrag för att plugga", "CSN"),
        ("när får jag tillbaka på skatten", "Skatteverket"),
        ("vad gör man i en vårdnadstvist", "Sveriges Domstolar"),
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
        "hur mycket dagis får storebror när jag är föräldraledig, kostar det pengar",
        "behöver jag ett intyg av läkaren för att få tid i färdtjänsten",
        "tandläkaren vill ha 4 000, jag lever på bidrag från er, kan ni betala",
        "Jag får a-kassa 13 900 och har tre barn, kan jag få hjälp med hyran?",
        "Vi ska skiljas. Var får vi hjälp att prata om barnen?",
        "Får gymnasieelever busskort av kommunen?",
        "Kan jag få bostadsanpassningsbidrag?",
        "De har tagit mitt pass",
        "Barnen bor i Stockholm. Kan ni hämta soffan?",
        "ja e 18 å vill flytta",
    ],
)
def test_the_municipalitys_own_matters_stay(question: str) -> None:
    assert elsewhere(question, "exempelby", "Exempelby kommun") is None


def test_everyday_questions_that_the_documents_answer_are_not_sent_away_by_what_people_say() -> None:
    files = (Path(__file__).parents[2] / "evaluation/generate/everyday").glob("*.jsonl")
    asked = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    sent = [each["question"] for each in asked if each["kind"] == "answer" and elsewhere(each["question"], "exempelby")]

    assert len(asked) > 400
    # By the benefit's own word, which the page on fees has as well.
    assert sent == ["räknas barnbidraget in när ni räknar ut dagis pengen"]


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
