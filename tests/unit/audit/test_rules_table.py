from __future__ import annotations

import contextlib
import json
import re
from importlib.resources import files

import pytest

from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.table import Table
from tests.unit.audit.tables import row, table

WRITTEN = files("allmanning.audit.gate").joinpath("rules.yaml").read_text(encoding="utf-8")
OWN = """nivå: egen
tabell: Byggnadsnämndens regler
utgåva: 1
regler:
  - regel: B1
    text: Frågor om strandskydd läses av en jurist.
    villkor: {skede: svar, användning: strandskydd}
    utfall: granska
    lagrum: {sfs: 2017:900, kap: "", paragraf: 5, lydelse: 2018-07-01}
    ägare: Stadsjuristen
    gäller från: 2026-01-01
    kompetens: jurist
    besked: granskas
    exempel:
      - {skede: svar, användning: strandskydd}
besked:
  granskas: {sv: En jurist läser svaret., en: A lawyer reads the answer.}
"""


def test_an_authoritys_table_is_read_as_it_is_written():
    own = Table.from_yaml(OWN)
    [rule] = own.rules
    assert (rule.id, rule.competence, rule.owner) == ("B1", "jurist", "Stadsjuristen")
    assert rule.legal_basis == "SFS 2017:900, 5 §, lydelse 2018-07-01"
    assert own.texts["granskas"]["en"] == "A lawyer reads the answer."
    assert rule.place.line == 5


def test_the_hash_follows_the_content_and_not_the_layout():
    own = Table.from_yaml(OWN)
    assert Table.from_value(own.value).hash == own.hash
    assert Table.from_yaml(f"# en kommentar\n{OWN}").hash == own.hash
    assert Table.from_yaml(OWN.replace("jurist läser", "handläggare läser")).hash != own.hash
    assert Table.from_value(Table.from_yaml(WRITTEN).value).hash == Table.from_yaml(WRITTEN).hash


def test_a_table_without_what_reviews_are_held_to_has_the_hash_it_had_before_there_was_such_a_thing():
    assert Table.from_yaml(OWN).hash == "sha256:93944f6f38be1e184ca7916208b9c60351ec11f00a145994009078e1519e90fc"


def test_a_row_says_how_soon_and_by_how_many_its_cases_are_reviewed():
    asking = OWN.replace("kompetens: jurist", "kompetens: jurist\n    handläggningstid: 4\n    andra granskare: ja")
    made = Table.from_yaml(asking)
    assert (made.rules[0].deadline_hours, made.rules[0].second_reviewer) == (4, True)
    assert Table.from_value(made.value) == Table.from_yaml(json.dumps(made.value, ensure_ascii=False))
    assert Table.from_value(made.value).hash == made.hash != Table.from_yaml(OWN).hash
    assert (Table.from_yaml(OWN).rules[0].deadline_hours, Table.from_yaml(OWN).rules[0].second_reviewer) == (None, None)


@pytest.mark.parametrize(
    ("written", "instead", "line", "said"),
    [
        ("användning: strandskydd}\n    utfall", "väder: sol}\n    utfall", 7, "kolumnen väder finns inte; välj bland"),
        ("villkor: {skede: svar,", "villkor: {fara: kanske,", 7, "skriv ja eller nej, inte 'kanske'"),
        ("villkor: {skede: svar,", 'villkor: {svagaste stöd: "0,5",', 7, "minst 0,75"),
        ("villkor: {skede: svar,", "villkor: {sekretess: hemlig,", 7, "hemlig finns inte, välj bland intern"),
        ("villkor: {skede: svar,", "villkor: {överklagas: jovisst,", 7, "välj bland ej_ärende"),
        ("villkor: {skede: svar,", "villkor: {språk: [],", 7, "listan är tom"),
        ("användning: strandskydd}\n    utfall", "språk: \"'sv' or true\"}\n    utfall", 7, "inte ett ord"),
        ("utfall: granska", "utfall: kanske", 8, "utfallet kanske finns inte, välj bland svara, granska"),
        ("sfs: 2017:900,", "sfs: FL,", 9, "lagens nummer, till exempel 2017:900"),
        ("lydelse: 2018-07-01", "lydelse: nyss", 9, "skriv en dag som 2026-12-01"),
        (", lydelse: 2018-07-01", "", 9, "lydelse saknas"),
        ("    ägare: Stadsjuristen\n", "", 5, "ägare saknas"),
        ("gäller från: 2026-01-01", "gäller från: 1/1", 11, "skriv en dag som 2026-12-01, inte '1/1'"),
        ("gäller från: 2026-01-01", "gäller från: 2026-02-30", 11, "skriv en dag"),
        ("    kompetens: jurist", "    gäller till: 2025-01-01\n    kompetens: jurist", 12, "ligger före"),
        ("    kompetens: jurist\n", "", 5, "skriv vad den som granskar ska vara"),
        ("    kompetens: jurist\n", "    kompetanse: jurist\n    kompetens: jurist\n", 12, "kompetanse finns inte"),
        (
            "kompetens: jurist",
            "kompetens: jurist\n    handläggningstid: snart",
            13,
            "antalet timmar, ett heltal från 1",
        ),
        ("kompetens: jurist", "kompetens: jurist\n    handläggningstid: 8761", 13, "till 8760, inte '8761'"),
        (
            "kompetens: jurist",
            "kompetens: jurist\n    andra granskare: kanske",
            13,
            "skriv ja eller nej, inte 'kanske'",
        ),
        ("utfall: granska", "utfall: svara\n    andra granskare: ja", 9, "bara en regel med utfallet granska"),
        ("      - {skede: svar, användning: strandskydd}\n", "      []\n", 15, "minst ett fall"),
        ("      - {skede: svar,", "      - {skede: [svar],", 15, "ett exempel är ett fall"),
        ("      - {skede: svar,", '      - {svagaste stöd: "7",', 15, "mellan 0 och 1"),
        ("regel: B1", "regel: B 1?", 5, "högst 40 bokstäver"),
        ("utfall: granska", "utfall: granska\n    utfall: svara", 9, "utfall står två gånger (också på rad 8)"),
        ("utgåva: 1", "utgåva: ett", 3, "ett heltal från 1"),
        ("nivå: egen", "nivå: min", 1, "nationell eller egen"),
        (", en: A lawyer reads the answer.", "", 17, "en saknas"),
        ("tabell: Byggnadsnämndens regler", "tabell: *regler", 2, "& och * betyder något"),
        ("tabell: Byggnadsnämndens regler", "tabell: [", 4, "går inte att läsa här"),
    ],
)
def test_a_table_that_can_not_be_used_says_where_and_what_to_write(written, instead, line, said):
    assert written in OWN
    with pytest.raises(BadRules) as caught:
        Table.from_yaml(OWN.replace(written, instead, 1))
    told = [each for each in caught.value.problems if said in each.text]
    assert told, str(caught.value)
    assert told[0].place.line == line, str(caught.value)
    assert f"rad {line}, tecken" in str(told[0])


def test_every_fault_is_told_at_once():
    faulty = OWN.replace("skede: svar", "skede: paus").replace("utfall: granska", "utfall: kanske")
    with pytest.raises(BadRules) as caught:
        Table.from_yaml(faulty)
    assert {each.column for each in caught.value.problems} >= {"skede", "utfall", "exempel, skede"}
    assert {each.rule for each in caught.value.problems} == {"B1"}


@pytest.mark.parametrize("text", ["", "- a", "hej", "{", "a: &x 1", "[[[[", "x" * 400_001, "\x00"])
def test_what_is_no_table_is_refused(text):
    with pytest.raises(BadRules):
        Table.from_yaml(text)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "inga regler"),
        ([row("G", utfall="svara")], "utan villkor, ska ha utfallet granska"),
        ([row("G", **{"gäller till": "2027-01-01"})], "ingen sista dag"),
        ([row("G", villkor={"fara": "ja"})], "ska sakna villkor"),
        ([row("A"), row("G")], "bara den sista"),
        ([row("G", villkor={"fara": "ja"}), row("G")], "heter likadant"),
    ],
)
def test_the_baseline_ends_with_a_row_that_sends_everything_to_review(rows, said):
    with pytest.raises(BadRules, match=re.escape(said)):
        table(*rows, closing=False)


def test_a_row_out_of_its_time_is_no_row():
    dated = table(row("A", villkor={"fara": "ja"}, **{"gäller från": "2026-12-01", "gäller till": "2026-12-31"}))
    assert [len(dated.on(day)) for day in ("2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01")] == [1, 2, 2, 1]


@pytest.mark.parametrize("cut", range(0, len(WRITTEN), 397))
def test_a_table_that_was_cut_off_is_read_or_refused_and_never_anything_else(cut):
    with contextlib.suppress(BadRules):
        assert Table.from_yaml(WRITTEN[:cut]).rules
