"""An auditor's day, from the command line, against a whole platform."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.e2e.test_log import decision_of, receipt_of
from tests.platform_node import Platform

A = ("--authority", "exempelby")
WHY = ("--reason", "Granskning enligt revisionsplan 2026")


def asked(demo: Platform, key: str, question: str) -> str:
    decision = decision_of(demo, key, question)
    receipt_of(demo, key, decision)
    return decision


def test_a_decision_is_found_seen_explained_and_filed(demo: Platform, keys: dict[str, str], tmp_path: Path) -> None:
    decision = asked(demo, keys["citizen"], "Behöver jag bygglov för en altan?")
    found: Any = demo.command("audit", "find", *A, "--where", "outcome=answered", "--where", "role=citizen")
    assert decision in [each["decision"] for each in found["decisions"]]
    assert demo.run("audit", "find", *A, "--where", "document=finns-inte").returncode == 1
    assert demo.run("audit", "find", *A, "--where", "färg=röd").returncode == 2
    assert demo.run("audit", "find", *A, "--text", "altan").returncode == 2

    seen: Any = demo.command("audit", "see", decision, *A, *WHY)
    assert seen["asked"] == "Behöver jag bygglov för en altan?"
    assert all(each["text"] for each in seen["passages"])
    assert any(each["cited"] for each in seen["passages"])
    assert [each for each in seen["since"] if each["kind"] == "source"] == []

    told: Any = demo.command("audit", "explain", decision, *A)
    assert any("Regel" in each for each in told["sv"])
    page = tmp_path / "underlag.html"
    demo.command("audit", "file", decision, *A, *WHY, "--out", str(page))
    assert "Behöver jag bygglov för en altan?" in page.read_text()

    read: Any = demo.command("audit", "readers", decision, *A)
    assert [each["receiverRole"] for each in read["usages"]] == ["caseworker", "auditor"]
    with demo.http(keys["citizen"]) as client:
        assert client.get(f"/v1/decisions/{decision}/readers").json()["usages"] == read["usages"]
        assert client.post(f"/v1/decisions/{decision}/explanation").json()["sv"] == told["sv"]
        assert client.get(f"/v1/audit/decisions/{decision}", params={"reason": "nyfiken"}).status_code == 403


def test_a_document_that_was_wrong_is_recalled(demo: Platform, keys: dict[str, str]) -> None:
    decision = asked(demo, keys["citizen"], "Behöver jag bygglov för en altan?")
    seen: Any = demo.command("audit", "see", decision, *A, *WHY)
    document = next(each["document"] for each in seen["passages"] if each["cited"])
    opened: Any = demo.command("audit", "recall", "open", "document", document, *A, *WHY)
    assert opened["decisions"][0]["effect"] == 0
    assert decision in [each["decision"] for each in opened["decisions"]]
    settled: Any = demo.command("audit", "recall", "settle", opened["recall"], decision, "corrected", *A, *WHY)
    assert settled["counts"]["corrected"] == 1
    tasks: Any = demo.command("audit", "tasks", *A, "--kind", "recall")
    assert opened["recall"] in [each["task"] for each in tasks["tasks"]]


def test_a_sample_is_drawn_and_judged(demo: Platform, keys: dict[str, str]) -> None:
    asked(demo, keys["citizen"], "När är återvinningscentralen öppen?")
    framed: Any = demo.command("audit", "sample", "frame", *A, *WHY, "--by", "outcome")
    drawn: Any = demo.command("audit", "sample", "draw", framed["sample"], *A, "--size", "1")
    assert drawn["repeats"] is True
    decision = drawn["decisions"][0]["decision"]
    judged: Any = demo.command(
        "audit", "sample", "judge", framed["sample"], decision, "right", *A, "--note", "Stämmer med källan."
    )
    assert judged["result"]["judged_once"] == 1
    assert demo.run("audit", "sample", "draw", framed["sample"], *A, "--size", "1").returncode == 2


def test_a_decision_is_handed_out_by_two_and_checked_without_the_platform(
    demo: Platform, keys: dict[str, str], tmp_path: Path
) -> None:
    decision = asked(demo, keys["citizen"], "Når jag er på anna.ek@exempelby.se om en altan?")
    proposal, page = tmp_path / "forslag.json", tmp_path / "utlamnat.html"
    demo.command("audit", "disclosure", "propose", decision, *A, *WHY, "--out", str(proposal))
    made: Any = demo.command("audit", "disclosure", "prepare", str(proposal), *A, *WHY)
    demo.command("audit", "disclosure", "settle", made["disclosure"], *A, *WHY, "--approve")
    demo.command("audit", "disclosure", "release", made["disclosure"], *A, "--out", str(page))
    assert "anna.ek@exempelby.se" not in page.read_text()
    proof = page.with_suffix(".bevis.json")
    assert demo.command("audit", "disclosure", "check", str(proof))["ok"] is True
    proof.write_text(proof.read_text().replace("exempelby", "exempelbx", 1))
    assert demo.run("audit", "disclosure", "check", str(proof)).returncode == 1


def test_the_schedule_of_controls_is_kept(demo: Platform) -> None:
    planned: Any = demo.command("audit", "control", "plan", "30", *A, *WHY)
    assert planned["overdue"] is False
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
    drawn: Any = demo.command("audit", "control", "draw", *A, *WHY, "--from", "2026-01-01", "--to", now, "-n", "2")
    shown: Any = demo.command("audit", "control", "show", drawn["control"], *A, *WHY)
    assert len(shown["items"]) == len(drawn["items"])


def test_the_lint_and_the_like_cases_answer(demo: Platform, keys: dict[str, str]) -> None:
    asked(demo, keys["citizen"], "Behöver jag bygglov för en altan?")
    linted = demo.run("audit", "lint", *A)
    assert linted.returncode in (0, 1)
    assert '"looked_at"' in linted.stdout
    assert demo.run("audit", "like-cases", *A, *WHY).returncode in (0, 1)
