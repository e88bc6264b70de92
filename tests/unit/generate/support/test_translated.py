"""What every language writes alike must be the same in a sentence and in what it cites in another language."""

from __future__ import annotations

import pytest

from allmanning.generate.support.translated import differences

SAME = [
    ("The fee is SEK 1,547 a month.", "Högsta avgift är 1 547 kronor per månad."),
    ("You pay 38.60 kronor per cubic metre.", "Avgiften är 38,60 kronor per kubikmeter."),
    ("Apply by 31 March 2026.", "Ansök senast 2026-03-31."),
    ("Apply by March 31.", "Ansök senast den 31 mars."),
    ("Phones are open Monday to Thursday, 8 a.m. to 4.30 p.m.", "Telefontid måndag–torsdag klockan 8.00–16.30."),
    ("The Swedish Tax Agency checks this once a year.", "Skatteverket kontrollerar uppgifterna en gång om året."),
    ("First, you log in with an e-ID.", "Logga in med e-legitimation."),
    ("Write to bygg@exempelby.example.", "Mejla bygg@exempelby.example så svarar vi."),
    ("It is decided under Chapter 9, Section 4.", "Beslutet fattas enligt 9 kap. 4 §."),
    ("Call +46 8 465 004 00 about it.", "Ring 08-465 004 00."),
    ("The office is at Åkergatan 3.", "Kontoret ligger på Åkergatan 3."),
    ("The fee is nothing for the fourth child.", "Barn 4: 0 kronor."),
]
OTHER = [
    ("figures", "The fee is 1,574 kronor.", "Avgiften är 1 547 kronor."),
    ("figures", "It takes three weeks.", "Det tar två veckor."),
    ("figures", "The office closes at 5 p.m.", "Kontoret stänger klockan 16.00."),
    ("figures", "It takes two months.", "Det tar två veckor."),
    ("figures", "Call 08-465 004 01.", "Ring 08-465 004 00."),
    ("figures", "It is decided under Chapter 9, Section 5.", "Beslutet fattas enligt 9 kap. 4 §."),
    ("dates", "Apply by 30 March.", "Ansök senast den 31 mars."),
    ("dates", "We are closed on Fridays.", "Vi har stängt på torsdagar."),
    ("names", "The place is on Årstabro.", "Platsen ligger vid Sjölunda."),
    ("names", "Ask Karin about it.", "Fråga Anna om det."),
    ("addresses", "Write to plan@exempelby.example.", "Mejla bygg@exempelby.example."),
]


@pytest.mark.parametrize(("said", "quoted"), SAME)
def test_what_is_written_in_the_way_of_another_language_is_the_same(said: str, quoted: str) -> None:
    assert differences(said, quoted, "", "en") == ()


@pytest.mark.parametrize(("code", "said", "quoted"), OTHER)
def test_another_figure_date_name_or_address_is_seen_in_any_language(code: str, said: str, quoted: str) -> None:
    assert code in differences(said, quoted, "", "en")


def test_a_name_may_stand_in_the_title() -> None:
    assert differences("It is on Åkergatan.", "Det ligger i centrum.", "Hitta till Åkergatan", "en") == ()
