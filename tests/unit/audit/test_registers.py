"""The system card and the registers that are made of it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from allmanning.audit.gate.gate import Gate
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.store import Store
from allmanning.audit.registers.book import BOOK
from allmanning.audit.registers.card import Card, Named, card_of, months_before
from allmanning.audit.registers.facts import facts_of
from allmanning.audit.registers.form import IDS, form, writable
from allmanning.audit.registers.register import filled
from allmanning.audit.registers.rendering import rendered
from allmanning.audit.registers.use import measured
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.record import canonical, digest
from tests.unit.audit.producer import AUTHORITY, Producer, put
from tests.unit.audit.story import PINS, SECRET, tell

AT = "2026-11-25T12:00:00.000Z"


def kept(store: Store, producer: Producer) -> None:
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [])


def card(store: Store, at: str = AT) -> Card:
    with store.reading(AUTHORITY) as log:
        return card_of(log, at, Named("Exempelby kommun", "bygg@exempelby.example"))


@pytest.fixture
def used(store: Store, producer: Producer, gate: Gate) -> Store:
    """Nine questions in two months: five answered, one refused, three reviewed, of which two were changed."""
    rules = gate.baseline.hash
    for _ in range(4):
        tell(producer, time="2026-10-02T10:00:00.000Z", rules=rules)
    tell(producer, rules=rules, question={"language": "en", "role": "caseworker", "channel": "internal"})
    tell(producer, rules=rules, outcome="refused")
    for state in ("approved", "edited", "rejected"):
        tell(producer, rules=rules, outcome="review", review=state)
    kept(store, producer)
    model = canonical({"answerer": "llama", "model_name": "Llama-3", "model_temperature": 0.1})
    store.keep(
        [],
        [
            StoredPin(AUTHORITY, rules, "rules", gate.baseline.pinned),
            StoredPin(AUTHORITY, PINS["model"], "model", model),
        ],
    )
    return store


def test_use_is_counted_from_the_log(used: Store) -> None:
    use = card(used).value["use"]
    assert use["decisions"] == 9
    assert use["months"] == {"2026-10": 4, "2026-11": 5}
    assert use["outcomes"] == {"answered": 5, "refused": 1, "review": 3}
    assert use["automated_share"] == round(6 / 9, 4)
    assert use["reviews"] == {"approved": 1, "edited": 1, "rejected": 1}
    assert use["reversal_rate"] == round(2 / 3, 4)
    assert use["by_language"] == {"en": 1, "sv": 8}
    assert use["by_channel"] == {"citizen": 8, "internal": 1}


def test_a_review_counts_once_and_its_first_closing_is_the_one_that_counts(store: Store, producer: Producer) -> None:
    decision = tell(producer, outcome="review", review="approved")
    producer.record("review.closed", decision, outcome="refused", review={"state": "rejected"})
    producer.record("corrected", decision, outcome="refused")
    kept(store, producer)
    with store.reading(AUTHORITY) as log:
        use = measured(log.connection, AUTHORITY, "2026-11", "2026-11")
    assert use.reviews == {"approved": 1}
    assert use.outcomes == {"review": 1}


def test_a_known_wrong_draft_is_nobody_s_question(store: Store, producer: Producer) -> None:
    decision = tell(producer, outcome="review")
    tell(producer)
    producer.record("review.closed", decision, outcome="control", review={"state": "approved"})
    kept(store, producer)
    assert card(store).value["use"]["decisions"] == 1


def test_only_the_months_asked_for_and_only_the_own_authority_are_counted(used: Store, producer: Producer) -> None:
    other = Producer(authority="annanby")
    tell(other)
    put(used, other.leaves, len(producer.leaves) + len(other.leaves))
    with used.reading(AUTHORITY) as log:
        assert measured(log.connection, AUTHORITY, "2026-10", "2026-10").decisions == 4
        assert measured(log.connection, AUTHORITY, "2026-01", "2026-12").decisions == 9


def test_the_card_is_bound_by_its_hash_and_holds_nothing_personal(used: Store) -> None:
    made = card(used)
    text = canonical(made.value)
    assert digest(text) == made.hash
    assert SECRET not in text.decode()
    assert "k1" not in text.decode()
    assert card(used).hash == made.hash


def test_the_card_tells_of_rules_model_sources_and_retention(used: Store, gate: Gate) -> None:
    value = card(used).value
    assert [row["regel"] for row in value["rules"]] == [rule.id for rule in gate.national.rules]
    assert value["model"]["model_name"] == "Llama-3"
    assert value["sources"] == {"searches": 9, "documents": 2, "held_back": 9}
    assert {"part": "question", "class": "G1", "records": 9} in value["records"]["content"]
    assert value["configuration"]["prompt"]["value"] == PINS["prompt"]


def test_the_card_tells_of_the_deployments_that_are_in_force(store: Store, producer: Producer) -> None:
    said = {"use_cases": ["bygglov"], "channels": ["citizen"], "valid_from": "2026-11-01", "valid_to": "", "dnr": "7"}
    for matter, end in (("m1", False), ("m2", True), ("m3", None)):
        producer.record("deployment.proposed", matter, deployment=said)
        if end is not None:
            producer.record("deployment.approved", matter, deployment=said)
        if end:
            producer.record("deployment.ended", matter)
    kept(store, producer)
    made = card(store).value
    assert [each["in_force"] for each in made["deployments"]] == [False, False, True]
    told = facts_of(made)["deployments"]
    assert told == "Gällande beslut om ibruktagande:\nbygglov i kanalerna citizen, från 2026-11-01, dnr 7"


def test_an_empty_log_gives_a_card_and_every_register(store: Store) -> None:
    made = card(store)
    for each in IDS:
        document = filled(form(each), made).as_json()
        for name in ("html", "json", "csv"):
            assert rendered(document, name).data


@pytest.mark.parametrize("id", IDS)
def test_a_register_marks_every_place_where_a_person_must_write_and_no_other(used: Store, id: str) -> None:
    document = filled(form(id), card(used)).as_json()
    fields = [field for section in document["sections"] for field in section["fields"]]
    assert fields
    for each in fields:
        assert ("[SKRIV HÄR: " in each["text"]) is (each.get("written") is False)
    html = rendered(document, "html").data.decode()
    assert html.count("<mark>[SKRIV HÄR:") == sum(each.get("written") is False for each in fields)


def test_what_was_written_stands_in_every_register_that_asks_for_it_and_in_the_next_card(
    used: Store, producer: Producer
) -> None:
    producer.record("register.written", BOOK, parts={"texts": {"purpose": "Svara på frågor om bygglov."}})
    put(used, producer.leaves[-1:], len(producer.leaves))
    used.keep(producer.parts[-1:], [])
    for made in (card(used), card(used, "2027-02-01T00:00:00.000Z")):
        for name in ("art30", "annex8a", "dpia", "nl"):
            texts = [each.text() for each in filled(form(name), made).fields if each.field.write == "purpose"]
            assert texts
            assert all("Svara på frågor om bygglov." in text for text in texts)
            assert not any("[SKRIV HÄR" in text for text in texts)


def test_the_newest_texts_count(store: Store, producer: Producer) -> None:
    for text in ("Förr.", "Nu."):
        producer.record("register.written", BOOK, parts={"texts": {"purpose": text}})
    kept(store, producer)
    assert card(store).value["texts"] == {"purpose": "Nu."}


def test_a_register_is_publishable_once_all_that_is_required_is_written(used: Store) -> None:
    made = card(used)
    for each in IDS:
        wanted = form(each)
        assert filled(wanted, made).unwritten == sorted({f.write for f in wanted.fields if f.required})
        written = {field.write: "Skrivet." for field in wanted.fields if field.required}
        register = filled(wanted, Card({**made.value, "texts": written}, made.hash))
        assert register.unwritten == []
        assert "[SKRIV HÄR" not in json.dumps(register.as_json(published=True), ensure_ascii=False)


def test_measured_facts_are_told_in_plain_swedish(used: Store) -> None:
    facts = facts_of(card(used).value)
    assert "9 frågor, i snitt 4 i månaden (högst 5)" in facts["frequency"]
    assert "En människa deltog i 3 av 9 avslutade frågor (33,3 %)" in facts["human_review"]
    assert "Andel som ändrades eller avvisades: 66,7 %" in facts["human_review"]
    assert facts["languages"] == "Språk: svenska 8, engelska 1."
    assert "Llama-3" in facts["model"]
    assert "SFS 2017:725, 6 kap. 37–38 §§" in facts["legal_bases"]
    assert "SFS 2017:900, 6 §" in facts["legal_bases"]
    assert "G1: Gallras efter 1 år" in facts["retention"]
    assert "inget gallringsbeslut ännu" in facts["retention"]


@pytest.mark.parametrize(
    ("id", "numbers"),
    [
        # GDPR 30(1)(a)-(g); OSL 4:2 p. 1-7; AI Act Annex VIII A 1-13 and C 1-5; AI Act 27(1)(a)-(f).
        ("art30", [f"30.1 {each}" for each in "abcdefg"]),
        ("osl42", [f"4:2 p. {each}" for each in range(1, 8)]),
        ("annex8a", [f"A.{each}" for each in range(1, 14)]),
        ("annex8c", [f"C.{each}" for each in range(1, 6)]),
        ("fria", [*(f"27.1 {each}" for each in "abcdef"), "27.2"]),
    ],
)
def test_a_form_has_every_point_of_its_law_in_order(id: str, numbers: list[str]) -> None:
    assert [field.number for field in form(id).fields] == numbers


def test_the_dpia_covers_each_point_of_article_35_7() -> None:
    assert {field.number for field in form("dpia").fields} >= {f"35.7 {each}" for each in "abcd"} | {"35.2", "35.9"}


def test_every_form_asks_only_for_facts_that_there_are(store: Store) -> None:
    known = facts_of(card(store).value)
    for each in IDS:
        for field in form(each).fields:
            assert set(field.facts) <= known.keys(), field.name
            assert bool(field.write) == bool(field.guide), field.name
            assert field.facts or field.write or field.text, field.name
    assert all(writable().values())


def test_html_shows_what_people_wrote_as_text(used: Store) -> None:
    made = card(used)
    evil = Card({**made.value, "texts": {"purpose": "<script>alert(1)</script>"}}, made.hash)
    html = rendered(filled(form("art30"), evil).as_json(), "html").data.decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert html.startswith("<!doctype html>")
    assert '<html lang="sv">' in html


def test_csv_has_a_row_a_field_and_no_formulas(used: Store) -> None:
    made = card(used)
    evil = Card({**made.value, "texts": {"benefits": "=1+1"}}, made.hash)
    data = rendered(filled(form("atrs"), evil).as_json(), "csv").data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["number", "section", "name", "value"]
    assert len(rows) == 1 + len(form("atrs").fields)
    [benefits] = [row for row in rows if row[2] == "Benefits"]
    assert benefits[3] == "'=1+1"


def test_what_is_not_a_register_or_a_format_is_refused(used: Store) -> None:
    with pytest.raises(NotFound, match=r"register\.unknown"):
        form("../form")
    with pytest.raises(InvalidInput, match=r"register\.format"):
        rendered(filled(form("nl"), card(used)).as_json(), "pdf")


@pytest.mark.parametrize(
    ("month", "number", "before"), [("2026-11", 11, "2025-12"), ("2026-01", 1, "2025-12"), ("2026-03", 0, "2026-03")]
)
def test_months_are_counted_over_new_year(month: str, number: int, before: str) -> None:
    assert months_before(month, number) == before
    assert re.fullmatch(r"\d{4}-\d{2}", before)
