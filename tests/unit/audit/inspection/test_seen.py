"""The time machine, and what is built from it: only the records speak."""

from __future__ import annotations

from html.parser import HTMLParser

from allmanning.audit.inspection.case_file import case_file
from allmanning.audit.inspection.explanation import explained
from allmanning.audit.inspection.seen import seen
from allmanning.audit.inspection.since import InForce, since
from allmanning.audit.log.reading import StoredPin
from tests.unit.audit.inspection.chains import Made, without
from tests.unit.audit.producer import AUTHORITY


def pins(gate):
    return {gate.baseline.hash: StoredPin(AUTHORITY, gate.baseline.hash, "rules", gate.baseline.pinned)}


def test_a_decision_is_seen_with_the_wording_that_its_sources_had(gate):
    shown = seen(Made().answered(gate).chain, pins(gate))
    assert (shown["asked"], shown["told"]) == ("Behöver jag bygglov för en altan?", "Nej.")
    first, second = shown["passages"]
    assert (first["text"], first["cited"]) == ("Så här löd texten om altan.", True)
    assert (second["text"], second["cited"]) == ("Så här löd texten om plank.", False)
    assert shown["held_back"] == 3
    assert [each["row"]["regel"] for each in shown["gates"]] == [each["rule"] for each in shown["gates"]]
    assert shown["gone"] == []


def test_an_erased_wording_is_said_to_be_gone_and_is_not_empty(gate):
    shown = seen(without(Made().answered(gate).chain, "retrieved", "question"), pins(gate))
    assert shown["asked"] is None
    assert [each["text"] for each in shown["passages"]] == [None, None]
    assert {each["part"] for each in shown["gone"]} == {"retrieved", "question"}
    assert {each["retention"] for each in shown["gone"]} == {"G1"}


def test_a_table_that_is_not_kept_gives_no_row(gate):
    assert {each["row"] for each in seen(Made().answered(gate).chain, {})["gates"]} == {None}


def test_what_a_reviewer_wrote_is_what_was_told(gate):
    made = Made().answered(gate).add("review.closed", {"text": "Ja, ibland."}, review={"state": "edited"})
    assert seen(made.chain, {})["told"] == "Ja, ibland."


def test_what_has_changed_since_is_told_in_words(gate):
    made = Made().answered(gate)
    same = InForce(rules=gate.baseline.hash, model="extract-1", prompt="")
    assert since(made.chain, same) == []
    made.add("contested", {"text": "Fel."}).add("corrected")
    found = since(without(made.chain, "question"), InForce(rules="sha256:0", model="extract-2", prompt="x"))
    assert [each["kind"] for each in found] == ["rules", "model", "contested", "corrected", "gone"]
    assert all(each["words"].endswith(".") for each in found)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.said = ""

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href") or name.startswith("on")]

    def handle_data(self, data):
        self.said += data


def read(data: bytes) -> Page:
    page = Page()
    page.feed(data.decode())
    return page


def test_the_case_file_holds_what_was_used_and_loads_nothing(gate):
    made = Made().answered(gate, question="<script>alert(1)</script> altan?")
    data = case_file(seen(made.chain, pins(gate)), AUTHORITY, "BN 2026-12")
    page = read(data)
    assert data.startswith(b'<!doctype html>\n<html lang="sv">')
    assert "script" not in page.tags
    assert page.loads == []
    assert page.tags.count("h1") == 1
    for text in ("<script>alert(1)</script> altan?", "Så här löd texten om altan.", "BN 2026-12", "Nej."):
        assert text in page.said


def test_the_case_file_is_the_same_bytes_each_time_and_others_for_another_record(gate):
    made = Made().answered(gate)
    first = case_file(seen(made.chain, pins(gate)), AUTHORITY, "")
    assert case_file(seen(made.chain, pins(gate)), AUTHORITY, "") == first
    assert case_file(seen(made.add("corrected").chain, pins(gate)), AUTHORITY, "") != first


def test_the_explanation_names_rule_law_sources_and_what_would_have_changed_it(gate):
    told = explained(Made().answered(gate).chain, pins(gate))
    swedish = " ".join(told["sv"])
    assert "Regel F6 (SFS 2017:900, 6 §, lydelse 2018-07-01) gällde: Allmän fråga från en medborgare." in swedish
    assert "Om altan" in swedish
    assert "Om plank" not in swedish
    assert "Ingen människa såg på svaret" in swedish
    assert "om svagaste stöd hade varit" in swedish
    assert "The answer rests on: Om altan." in told["en"]
    assert len(told["sv"]) == len(told["en"])


def test_the_explanation_shows_none_of_the_texts_of_the_case(gate):
    told = explained(Made().answered(gate, question="Min dotter Vanja Ek är sjuk").chain, pins(gate))
    assert "Vanja" not in str(told)
    assert "Så här löd" not in str(told)


def test_without_model_or_sources_the_explanation_says_so(gate):
    made = Made().add("question.received", {"question": "Hej"})
    made.gated(gate, {"stage": "request", "role": "citizen", "channel": "citizen", "acute": True})
    told = explained(made.add("escalated", {"told": "Ring 112."}, outcome="handed_over").chain, pins(gate))
    assert "Systemet tillämpade regler. Ingen språkmodell formulerade något." in told["sv"]
    assert "Inga dokument söktes." in told["sv"]
    assert "Frågan lämnades till en människa." in told["sv"]
