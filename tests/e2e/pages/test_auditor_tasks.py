"""What auditors and administrators do with the log, page by page, on the whole platform and without scripts."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from html import unescape
from typing import TypeVar
from uuid import uuid4

import httpx2
import pytest
from pypdf import PdfReader

from tests.e2e.pages.test_auditor import QUESTION, REASON, decision

__all__ = ["decision"]

NAME = "Kim Testsson"

T = TypeVar("T")


@pytest.fixture(scope="module")
def others(demo) -> dict[str, str]:
    """A second person of each kind: what two persons do, one can't."""
    return {role: demo.key("exempelby", role) for role in ("auditor", "admin")}


class Visitor:
    """Somebody signed in to the pages, whose forms are sent as a browser sends them."""

    def __init__(self, url: str, key: str) -> None:
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
        self.client = httpx2.Client(base_url=url, timeout=60, headers=headers)
        assert self.client.post("/signin", data={"key": key}).status_code == 303

    def see(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def send(self, path: str, **form: object) -> str:
        """Send a form that is taken; returns where it leads, or the page."""
        answer = self.client.post(path, data=form)
        assert answer.status_code in {200, 303}, (path, answer.status_code, answer.text)
        return answer.headers.get("location", answer.text)

    def refused(self, path: str, **form: object) -> str:
        """Send a form that is not; returns the page that tells why."""
        answer = self.client.post(path, data=form)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        return answer.text


@pytest.fixture
def auditor(demo, keys) -> Visitor:
    return Visitor(demo.url, keys["auditor"])


@pytest.fixture
def second(demo, others) -> Visitor:
    return Visitor(demo.url, others["auditor"])


@pytest.fixture
def admin(demo, keys) -> Visitor:
    return Visitor(demo.url, keys["admin"])


@pytest.fixture
def second_admin(demo, others) -> Visitor:
    return Visitor(demo.url, others["admin"])


def until(look: Callable[[], T]) -> T:
    """What `look` sees as soon as it is something: a record is in the log a moment after it was made."""
    deadline = time.monotonic() + 15
    while not (seen := look()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return seen


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return unescape(found[1])


def test_a_recall_lists_marks_and_closes(auditor, decision):
    document = re.search(r"cited_document=([^\"&]+)", auditor.see(f"/log/{decision}"))
    assert document
    refused = auditor.refused("/log/recalls", kind="document", value=document[1], reason="")
    assert 'role="alert"' in refused
    assert document[1] in refused
    recall = auditor.send("/log/recalls", kind="document", value=document[1], reason="Fel avgift")
    page = auditor.see(recall)
    assert decision in page
    # By its title, in the list too.
    named = re.search(rf'<a href="/documents/{document[1]}">([^<]+)</a>', page)
    assert named
    assert f"<td>{named[1]}</td>" in auditor.see("/log/recalls")
    auditor.send(recall, decisions=decision, state="corrected", reason="Rättat i dokumentet")

    listed = auditor.client.get(f"{recall}?format=csv&state=corrected")
    assert decision in listed.text


@pytest.mark.usefixtures("decision")
def test_a_sample_is_drawn_once_and_judged_by_two(auditor, second):
    sample = auditor.send("/log/samples?outcome=answered", stratify_by="", reason="Revisionsplan")
    auditor.send(f"{sample}/draw", size=3)
    assert "Ja, samma beslut" in auditor.see(sample)
    assert 'role="alert"' in auditor.refused(f"{sample}/draw", size=3)
    drawn = field(auditor.see(sample), "decision")
    assert 'role="alert"' in auditor.refused(f"{sample}/open", decision=drawn, reason="")
    assert "Reglerna prövades" in auditor.send(f"{sample}/open", decision=drawn, reason=REASON)
    auditor.send(f"{sample}/verdicts", decision=drawn, verdict="right", note="Stämmer")
    again = auditor.refused(f"{sample}/verdicts", decision=drawn, verdict="right", note="Stämmer")
    assert "en annan person gör den andra bedömningen" in again
    second.send(f"{sample}/verdicts", decision=drawn, verdict="right", note="Stämmer")

    assert f"{drawn};right;right;Stämmer;" in auditor.client.get(f"{sample}?format=csv").text


def test_readings_are_controlled_by_somebody_else(auditor, second, decision):
    why = uuid4().hex[:9]
    auditor.send(f"/log/{decision}", reason=why)
    assert 'role="alert"' in auditor.refused("/log/controls/plan", every_days=0, reason="Rutin")
    auditor.send("/log/controls/plan", every_days=30, reason="Rutin")
    control = auditor.send("/log/controls/draw", size=5, reason="Månadens kontroll")
    assert "Här står vem som läste" in second.see(control)
    drawn = second.send(control, reason=REASON).split("<li>")
    record = field(next(each for each in drawn if why in each), "record")
    own = auditor.refused(control, reason=REASON, record=record, verdict="justified", note="Själv")
    assert "Någon annan bedömer din läsning." in own

    judged = second.send(control, reason=REASON, record=record, verdict="justified", note="Följer planen")
    assert "Befogad: Följer planen" in judged


def test_rules_are_tried_and_a_broken_table_is_kept_to_be_mended(auditor):
    page = auditor.see("/log/replay")
    table = unescape(page.split('<textarea id="table"')[1].split(">", 1)[1].split("</textarea>")[0])
    assert "beslut provades" in auditor.send("/log/replay", table=table)

    refused = auditor.refused("/log/replay", table="regler: [trasig")
    assert 'role="alert"' in refused
    assert "regler: [trasig" in refused


def test_what_the_law_asks_for_is_filled_in(admin, auditor, decision):
    assert auditor.client.get(f"/log/lint/{decision}").status_code == 403
    given = {"content": "Bidrag beviljas.", "decided_by": "Anna Ek", "appeal_route": "förvaltningsbesvär"}
    assert "Bidrag beviljas." in admin.refused(f"/log/lint/{decision}", decided_on="igår", **given)
    admin.send(f"/log/lint/{decision}", decided_on="2026-11-27", **given)

    assert "beslut prövades" in auditor.see("/log/lint")
    assert auditor.client.get("/log/lint?format=csv").headers["content-type"].startswith("text/csv")


def test_a_disclosure_is_masked_by_one_and_released_by_another(admin, second_admin, auditor, decision):
    path = f"/log/disclosures/of/{decision}"
    assert auditor.client.get(path).status_code == 403
    assert QUESTION in admin.send(path, reason=REASON)
    nowhere = admin.refused(f"{path}/masks", reason=REASON, added="finns inte", added_law="OSL 21 kap. 7 §")
    assert "står inte i någon av texterna" in nowhere
    disclosure = admin.send(f"{path}/masks", reason=REASON, added="altan", added_law="OSL 21 kap. 7 §")
    assert 'role="alert"' in admin.refused(disclosure, reason=REASON, decision="yes")
    shown = second_admin.send(disclosure, reason=REASON)
    assert "[maskat: OSL 21 kap. 7 §]" in shown
    assert QUESTION not in shown
    assert "Godkänt" in second_admin.send(disclosure, reason=REASON, decision="yes")

    page = until(lambda: found if (found := second_admin.client.post(f"{disclosure}/release")).is_success else None)
    assert QUESTION not in page.text
    as_pdf = second_admin.client.post(f"{disclosure}/release", data={"format": "pdf"})
    said = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(as_pdf.content)).pages)
    assert "[maskat: OSL 21 kap. 7 §]" in " ".join(said.split())
    assert QUESTION not in " ".join(said.split())


def test_erasure_takes_two_persons_and_leaves_a_certificate(demo, keys, admin, second_admin):
    asked = {
        "model": "allmanning",
        "messages": [{"role": "user", "content": f"Jag heter {NAME}. Vad kostar förskolan?"}],
    }
    headers = {"Authorization": f"Bearer {keys['citizen']}"}
    with httpx2.Client(base_url=demo.url, headers=headers, timeout=60) as citizen:
        asked_of = citizen.post("/v1/chat/completions", json=asked).json()["allmanning"]["decision_id"]
        until(lambda: citizen.get(f"/v1/decisions/{asked_of}/receipt").is_success)
    named = re.compile(r'name="record_ids" value="([^"]+)"')
    records = until(lambda: named.findall(admin.send("/log/erasures/search", text=NAME, reason="Begäran om radering")))
    form = {"record_ids": records, "ground": "GDPR 17.1.a", "reason": "Begäran"}
    assert "På prov:" in admin.send("/log/erasures/new", act="count", **form)
    erasure = admin.send("/log/erasures/new", act="ask", **form)
    assert 'role="alert"' in admin.refused(erasure, approve="yes", reason="Själv")
    second_admin.send(erasure, approve="yes", reason="Prövad")

    until(lambda: "Intyg om gallring" in admin.see(erasure))
    # What is left are the searches themselves.
    left = named.findall(admin.send("/log/erasures/search", text=NAME, reason="Kontroll efteråt"))
    assert set(left) & set(records) == set()


def test_a_contest_is_listed_and_holds_the_decision(demo, keys, auditor, decision):
    said = {"type": "contested", "kind": "human_intervention", "text": "Jag håller inte med."}
    headers = {"Authorization": f"Bearer {keys['citizen']}"}
    told = httpx2.post(f"{demo.url}/v1/decisions/{decision}/events", json=said, headers=headers, timeout=30)
    assert told.status_code == 201
    page = until(lambda: page if decision in (page := auditor.see("/log/contests")) else "")
    assert "Hålls kvar" in page
    assert "Vill att en människa prövar" in page
    assert "Jag håller inte med." not in page
    assert "Beslutet är ifrågasatt." in auditor.see(f"/log/{decision}")


def test_a_certificate_a_register_and_the_plan_are_read_and_taken_home(auditor, admin, second_admin):
    month = re.search(r"<option>(\d{4}-\d\d)", auditor.see("/log/certificates"))
    assert month
    assert "Inga fel hittades." in auditor.see(f"/log/certificates?month={month[1]}")
    taken = auditor.client.get(f"/log/certificates?month={month[1]}&format=json")
    assert taken.json()["certificate"]["kind"] == "allmanning.certificate/v1"
    assert "attachment" in auditor.client.get("/log/registers/osl42").headers["content-disposition"]
    assert 'role="alert"' in admin.refused("/log/registers/osl42", reason="Första")
    plan = {"meaning": "Frågor", "keep_days": "365", "plan_item": "2.3", "plan_version": "4", "decision_dnr": "KS 7"}
    admin.send("/log/retention/classes", retention_class="G1", reason="Plan", **plan)
    proposal = re.search(r'action="(/log/retention/classes/[^"]+)"', second_admin.see("/log/retention"))
    assert proposal
    assert 'role="alert"' in admin.refused(proposal[1])
    second_admin.send(proposal[1])
    assert "KS 7" in auditor.see("/log/retention")


def test_no_page_of_the_log_is_for_caseworkers(demo, keys):
    caseworker = Visitor(demo.url, keys["caseworker"])

    assert {
        path: caseworker.client.get(f"/log{path}").status_code
        for path in ("", "/decisions", "/lint", "/samples", "/controls", "/retention", "/registers", "/oversight")
    } == dict.fromkeys(
        ("", "/decisions", "/lint", "/samples", "/controls", "/retention", "/registers", "/oversight"), 403
    )
