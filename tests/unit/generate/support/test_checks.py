"""Each check sees what is said of something else, and lets other words for the same pass."""

from __future__ import annotations

import pytest

from allmanning.generate.support.verdict import STRICT, verdict

SAME = [
    ("Avgiften är 1 200 kr per år.", "Avgiften är 1200 kronor per år."),
    ("Handläggningen tar två veckor.", "Handläggningen tar 2 veckor."),
    ("Ansök senast den 31 mars 2026.", "Ansök senast 2026-03-31."),
    ("Ansök senast 31/3.", "Ansök senast 31 mars."),
    ("Vi har öppet kl. 8–17 på vardagar.", "Vi har öppet kl. 08.00-17.00 på vardagar."),
    ("Ring 08-123 45 67 om du undrar.", "Ring +46 8 123 45 67 om du undrar."),
    ("Kostnaden är 2 Mkr per år.", "Kostnaden är 2 miljoner kronor per år."),
    ("Det kan t.ex. vara ett plank.", "Det kan till exempel vara ett plank."),
    ("Du måste söka bygglov.", "Du ska söka bygglov."),
    ("Du kan söka via e-tjänsten i kommunen.", "Du kan söka via e-tjänsten eller på papper i kommunen."),
    ("Reningsverk i kommunen tar emot slam.", "Avloppsreningsverk i kommunen tar emot slam."),
    ("Nya hushåll i kommunen har egen tunna.", "Nya hushåll i kommunen har i regel egen tunna."),
    ("Räddningstjänsten skickar en man till platsen.", "Räddningstjänsten skickar en man till platsen direkt."),
    ("En altan kräver normalt inte bygglov i Exempelby.", "En altan kräver normalt inte bygglov i Exempelby kommun."),
    ("Du får bygga garage och plank, men inte murar.", "Du får bygga plank och garage, men inte murar."),
    ("De andra husen i kvarteret hyrs ut.", "De andra husen i kvarteret hyrs ut av kommunen."),
    ("Beslutet kommer inom två veckor.", "Beslutet kommer inom 14 dagar."),
    ("Felanmälan bekräftas inom 24 timmar.", "Felanmälan bekräftas inom ett dygn."),
    ("Räcket ska vara minst 90 centimeter högt.", "Räcket ska vara minst 0,9 meter högt."),
    ("Glasögon godtas var 24 månad med kvitto.", "Glasögon godtas var 2 år med kvitto."),
    ("Frukost serveras till halv åtta på vardagar.", "Frukost serveras till klockan 7.30 på vardagar."),
    ("Du får låna släpet utan kostnad.", "Du får låna släpet gratis."),
    ("Det kostar ingenting att överklaga beslutet.", "Det är kostnadsfritt att överklaga beslutet."),
    ("Rullstolen får väga inte mer än 200 kilo.", "Rullstolen får väga högst 200 kilo."),
    ("Anmäl rivningen senast tre veckor före start.", "Anmäl rivningen minst tre veckor innan start."),
    ("Enligt 9 kap. 4 § får du bygga en altan.", "Enligt 9 kap. 4 § får du bygga en altan vid huset."),
]

OTHER = [
    ("figures", "Avgiften är 1 654 kronor.", "Avgiften är 1 645 kronor."),
    ("figures", "Handläggningen tar fem veckor.", "Handläggningen tar tre veckor."),
    ("figures", "Handläggningen tar 3 månader.", "Handläggningen tar 3 veckor."),
    ("figures", "Handläggningen tar en månad.", "Handläggningen tar två månader."),
    ("figures", "Beslutet kommer inom tre veckor.", "Beslutet kommer inom 14 dagar."),
    ("figures", "Beslutet kommer inom tre dagar.", "Beslutet kommer inom tre arbetsdagar."),
    ("figures", "Beslutet kommer inom fyra veckor.", "Beslutet kommer inom en månad."),
    ("figures", "Räcket ska vara 9 centimeter högt.", "Räcket ska vara 0,9 meter högt."),
    ("figures", "Frukost serveras till halv åtta.", "Frukost serveras till klockan 8.30."),
    ("figures", "Enligt 4 kap. 9 § krävs bygglov.", "Enligt 9 kap. 4 § krävs bygglov."),
    ("figures", "Ring 08-123 45 76 om bygglov.", "Ring 08-123 45 67 om bygglov."),
    (
        "figures.place",
        "Avgiften är 1 200 kronor för barn.",
        "Avgiften är 900 kronor för barn och 1 200 kronor för vuxna.",
    ),
    ("dates", "Ansök senast den 31 maj.", "Ansök senast den 31 mars."),
    ("dates", "Vi har stängt på tisdagar.", "Vi har stängt på måndagar."),
    ("dates", "Ansök mellan den 1 mars och den 1 april.", "Ansök mellan den 1 april och den 1 mars."),
    ("names", "Kontakta Skatteverket om du flyttar.", "Kontakta Försäkringskassan om du flyttar."),
    ("names", "Ansökan görs hos Migrationsverket enligt LSS.", "Ansökan görs hos Migrationsverket enligt PBL."),
    ("negation", "Altaner kräver bygglov.", "Altaner kräver inte bygglov."),
    ("negation", "Ingen behöver betala för bygglov.", "Du behöver betala för bygglov."),
    ("modality", "Du måste lämna in en ritning.", "Du kan lämna in en ritning."),
    ("modality", "Du bör lämna in en ritning.", "Du ska lämna in en ritning."),
    ("antonyms", "Altanen får vara minst 1,8 meter hög.", "Altanen får vara högst 1,8 meter hög."),
    ("modality", "Du måste ta med elräkningar.", "Ta gärna med elräkningar."),
    ("antonyms", "Du betalar i förskott för tiden.", "Du betalar i efterhand för tiden."),
    ("antonyms", "Anmäl rivningen tidigast tre veckor före start.", "Anmäl rivningen senast tre veckor före start."),
    ("negation", "Du får inte låna släpet gratis.", "Du får låna släpet utan kostnad."),
    ("antonyms", "Ansökan avslås när alla handlingar finns.", "Ansökan beviljas när alla handlingar finns."),
    ("antonyms", "Tillståndet är ogiltigt i fem år.", "Tillståndet är giltigt i fem år."),
    ("antonyms", "Åtgärden kräver icke-kommunal prövning.", "Åtgärden kräver kommunal prövning."),
]

UNSURE = [
    (
        "added",
        "Altanen ska målas av byggherren före slutbesked.",
        "Altanen ska mätas av byggherren före slutbesked.",
    ),
    ("qualifiers", "Endast barn får avgiftsfri vård hos oss.", "Barn får avgiftsfri vård hos oss."),
    ("qualifiers", "Plank kräver bygglov hos oss.", "Plank kräver oftast bygglov hos oss."),
    ("roles", "Barnet hämtar föräldern efter skolan.", "Föräldern hämtar barnet efter skolan."),
    ("roles", "Kommunen granskas av bolaget varje år.", "Kommunen granskar bolaget varje år."),
    ("roles", "Ansökan lämnas till nämnden i december.", "Ansökan lämnas av nämnden i december."),
    ("added", "Sotaren har en guldkälla på gården i byn.", "På gården i byn har sotaren haft en källa."),
    ("added", "Du får ett tidsbegränsat lov för altanen i trädgården.", "Du får ett lov för altanen i trädgården."),
    ("quantity", "Några kommuner tar ut avgift för vatten.", "Kommuner tar ut avgift för vatten."),
    ("quantity", "Kommuner tar ut avgift för vatten.", "Ett fåtal kommuner tar ut avgift för vatten."),
    ("scope", "Bolaget har sällan grävt i byn.", "Bolaget har grävt i byn, men sällan på vintern."),
    ("comparison", "Plan A är billigare för kommunen.", "Plan A är billigare för kommunen än plan B."),
    ("omission", "Nämnden beviljar stödet till föreningen.", "Nämnden föreslår att bevilja stödet till föreningen."),
    ("omission", "Avgiften betalas av ägaren och hyresgästen.", "Avgiften betalas av ägaren snarare än hyresgästen."),
    (
        "splice",
        "Rektorn beslutar om skolskjuts för eleven.",
        "Rektorn informerar vårdnadshavare om att kommunen beslutar om skolskjuts för eleven.",
    ),
    ("omission", "Kommunen bygger ut bussgatan i höst.", "Det är osäkert om kommunen bygger ut bussgatan i höst."),
    (
        "scope",
        "Nämnden beviljar lov till garage, men inte till plank eller till murar.",
        "Nämnden beviljar lov till garage och till murar, men inte till plank.",
    ),
    ("reference", "Hyran för salen är lägre än för de andra.", "Hyran för salen är lägre än för de andra husen."),
    ("reference", "Hyran för salen är lägre än för de andra husen.", "Hyran för salen är lägre än för de andra."),
    (
        "reference",
        "Norrvik får en ny brygga och en lång gångväg ner till badet vid Norrvik.",
        "Norrvik får en ny brygga och en lång gångväg ner till badet vid sjön.",
    ),
    ("reference", "Hon ska skicka in blanketten i januari.", "Anna ska skicka in blanketten i januari."),
    (
        "condition",
        "Du slipper avgiften för plats i förskolan.",
        "Om du studerar slipper du avgiften för plats i förskolan.",
    ),
    (
        "condition",
        "Sökanden skickar ett intyg till nämnden.",
        "Sökanden skickar ett intyg eller en kopia till nämnden.",
    ),
    ("restriction", "Alla hushåll i kommunen har egen tunna.", "Alla nya hushåll i kommunen har egen tunna."),
    ("tense", "Kommunen har krav på lov för altaner.", "Kommunen hade krav på lov för altaner."),
]


@pytest.mark.parametrize(("sentence", "quoted"), SAME)
def test_other_words_for_the_same_are_released(sentence: str, quoted: str) -> None:
    found = verdict(sentence, quoted)
    assert (found.failed, found.doubts) == ((), ())
    assert found.support >= STRICT


@pytest.mark.parametrize(("check", "sentence", "quoted"), OTHER)
def test_what_says_another_thing_is_found_by_its_check_and_dropped(check: str, sentence: str, quoted: str) -> None:
    found = verdict(sentence, quoted)
    assert check in found.failed
    assert found.support == 0.0


@pytest.mark.parametrize(("check", "sentence", "quoted"), UNSURE)
def test_what_no_check_is_sure_of_is_left_to_a_caseworker(check: str, sentence: str, quoted: str) -> None:
    found = verdict(sentence, quoted)
    assert found.failed == ()
    assert check in found.doubts
    assert found.support < STRICT


def test_a_title_lends_names_but_never_figures() -> None:
    assert verdict("Altanen i Exempelby kräver bygglov.", "Altanen kräver bygglov.", "Exempelby 2026").support > 0
    assert verdict("Altanen kräver bygglov från 2026.", "Altanen kräver bygglov.", "Exempelby 2026").support == 0.0


def test_a_number_of_the_neighbouring_sentence_does_not_carry_what_is_said_of_this_one() -> None:
    quoted = "Avgiften för ett plank är 4 200 kronor. Avgiften för en altan är 900 kronor."
    assert verdict("Avgiften för en altan är 4 200 kronor.", quoted).failed == ("figures.place",)
    assert verdict("Avgiften för en altan är 900 kronor.", quoted).support >= STRICT


def test_the_record_tells_codes_and_numbers_but_no_text() -> None:
    told = verdict("Avgiften är 31 kronor.", "Avgiften är 30 kronor.").told()
    assert told == {"support": 0.0, "failed": ["figures"], "doubts": [], "containment": 1.0}


def test_an_active_sentence_and_its_passive_say_the_same() -> None:
    found = verdict("Bygglov krävs inte för altaner i markhöjd.", "Altaner i markhöjd kräver inte bygglov.")
    assert (found.failed, found.doubts) == ((), ())
