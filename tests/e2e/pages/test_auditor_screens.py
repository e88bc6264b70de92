"""Like cases, expected use, sealing, reports that were dealt with, and what leaves as PDF: on the whole platform."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from tests.e2e.pages.test_auditor import QUESTION, REASON, decision
from tests.e2e.pages.test_auditor_tasks import Visitor, admin, auditor, others, second_admin, until

__all__ = ["admin", "auditor", "decision", "others", "second_admin"]


def read(visitor: Visitor, path: str, **form: object) -> str:
    """What a PDF says, on one line."""
    answer = visitor.client.post(path, data=form) if form else visitor.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(each.extract_text().split()) for each in pages)


def test_the_cases_like_one_are_shown_after_a_reason_with_how_they_ended(auditor, decision):
    path = f"/log/like-cases/{decision}"
    assert path in auditor.see(f"/log/{decision}")
    assert QUESTION not in auditor.see(path)
    assert 'role="alert"' in auditor.refused(path, reason="")
    assert QUESTION in auditor.send(path, reason=REASON)
    assert auditor.client.post("/log/like-cases/finns-inte", data={"reason": REASON}).status_code == 404

    assert 'role="alert"' in auditor.refused("/log/like-cases", reason="")
    assert "beslut jämfördes" in auditor.send("/log/like-cases?outcome=answered", reason=REASON)
    listed = auditor.client.post("/log/like-cases", data={"reason": REASON, "format": "csv"})
    assert "likhet;time;question" in listed.text


def test_expected_use_is_declared_watched_and_kept_when_it_is_changed(auditor, admin):
    assert auditor.client.post("/log/use", data={"most": "1", "reason": "x"}).status_code == 403
    refused = admin.refused("/log/use", most="många", reason="FRIA 1")
    assert "”många” är inget tal" in refused
    assert 'value="många"' in refused
    admin.send("/log/use", least="1", most="1 000", automated="95 %", groups="citizen", reason="FRIA 1")
    until(lambda: "högst 1&nbsp;000" in (page := auditor.see("/log/use")).replace("\u00a0", "&nbsp;") and page)
    admin.send("/log/use", most="2000", groups=["citizen", "caseworker"], reason="FRIA 2")

    page = until(lambda: found if "högst 2" in (found := auditor.see("/log/use")) else "")
    assert page.split("Vad som har angetts förut")[1].count("högst") == 3
    assert "AI-förordningen" in page


def test_a_log_is_ended_by_nobody_who_has_not_read_what_it_leads_to(auditor, admin):
    assert auditor.client.get("/log/seal").status_code == 403
    period = admin.see("/log/seal").split('name="period" value="')[1].split('"')[0]
    kept = {"reason": "key_rotation", "text": "Årligt byte", "period": period}
    assert "Kryssa i att du har läst" in admin.refused("/log/seal", **kept)
    unwritten = admin.refused("/log/seal", **{**kept, "text": ""}, understood="true")

    assert 'role="alert"' in unwritten
    assert period in admin.see("/log/seal")


def test_reports_are_counted_and_erased_by_administrators_only(auditor, admin):
    assert "Gallra åtgärdade anmälningar" in auditor.see("/log/reports")
    assert auditor.client.post("/log/reports", data={"before": "2026-01-01"}).status_code == 403
    assert "På prov: 0 anmälningar" in admin.send("/log/reports", before="2020-01-01")
    assert 'role="alert"' in admin.refused("/log/reports", act="erase", before="2020-01-01", ground="", reason="")


@pytest.mark.slow
def test_what_a_page_shows_leaves_as_pdf(auditor, admin, decision):
    without, opened = f"/log/{decision}?format=pdf", f"/log/{decision}"
    skeleton = read(auditor, without)
    assert "Fört till loggen." in skeleton
    assert "Loggens öppna nycklar" in skeleton
    assert QUESTION not in skeleton
    whole = read(auditor, opened, reason=REASON, format="pdf")
    assert QUESTION in whole
    assert "Reglerna prövades" in whole
    # Each copy that is taken is a reading of its own.
    assert "Revisor" in until(lambda: auditor.see(f"/log/{decision}").split('id="readers"')[1])
    assert "Hur besluten slutade" in read(auditor, "/log?format=pdf")
    assert "Förklaring till den det gäller" in read(admin, f"{opened}/explanation", format="pdf")
