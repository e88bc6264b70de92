"""Every reply has its record, and the record proves itself without the platform."""

from __future__ import annotations

import json
import time
import zipfile
from pathlib import Path
from typing import Any

from tests.platform_node import Platform


def decision_of(demo: Platform, key: str, question: str) -> str:
    with demo.http(key) as client:
        answer = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": question}]})
        return str(answer.json()["allmanning"]["decision_id"])


def receipt_of(demo: Platform, key: str, decision_id: str) -> dict[str, Any]:
    with demo.http(key) as client:
        for _ in range(100):
            answer = client.get(f"/v1/decisions/{decision_id}/receipt")
            if answer.status_code == 200:
                receipt: dict[str, Any] = answer.json()
                return receipt
            time.sleep(0.1)
    raise AssertionError(answer.text)


def test_the_receipt_of_an_answer_verifies_offline(demo: Platform, keys: dict[str, str], tmp_path: Path) -> None:
    decision_id = decision_of(demo, keys["citizen"], "Behöver jag bygglov för en altan?")
    path = tmp_path / "kvitto.json"
    path.write_text(json.dumps(receipt_of(demo, keys["citizen"], decision_id)))
    assert demo.run("log", "verify", str(path)).returncode == 0
    path.write_text(path.read_text().replace("exempelby", "exempelbx"))
    assert demo.run("log", "verify", str(path)).returncode == 1


def test_a_bundle_verifies_and_a_changed_one_does_not(demo: Platform, keys: dict[str, str], tmp_path: Path) -> None:
    decision_id = decision_of(demo, keys["citizen"], "När är återvinningscentralen öppen?")
    receipt_of(demo, keys["citizen"], decision_id)
    bundle = tmp_path / "logg.zip"
    demo.command("log", "bundle", "--authority", "exempelby", "--out", str(bundle))
    assert demo.command("log", "verify", str(bundle))["ok"] is True
    read = demo.told("log", "verify", str(bundle))
    assert (read.returncode, read.stderr) == (0, "")
    # Every check has its mark, also those that nothing in the bundle asks for.
    assert {line[0] for line in read.stdout.splitlines() if line[1:2] == " " and line[0] != " "} == {"✓", "–"}
    changed = tmp_path / "andrad.zip"
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b'"answered"', b'"refused_"') if "leaves" in name else content)
    assert demo.run("log", "verify", str(changed)).returncode == 1
    (tmp_path / "skrap.zip").write_bytes(b"inte en zip")
    garbage = demo.run("log", "verify", str(tmp_path / "skrap.zip"))
    assert garbage.returncode != 0
    assert json.loads(garbage.stdout)


def test_a_decision_shows_every_step_in_order(demo: Platform, keys: dict[str, str]) -> None:
    decision_id = decision_of(demo, keys["citizen"], "Behöver jag bygglov för en altan?")
    receipt_of(demo, keys["citizen"], decision_id)
    with demo.http(keys["auditor"]) as client:
        decision = client.get(f"/v1/decisions/{decision_id}").json()
    types = [record["leaf"]["type"].removeprefix("se.audit.").removesuffix(".v1") for record in decision["records"]]
    assert types[0] == "question.received"
    assert types[-1] == "answer.released"
    positions = [
        types.index(name) for name in ("question.received", "gate.evaluated", "retrieval.done", "draft.generated")
    ]
    assert positions == sorted(positions)


def test_a_period_is_certified_and_counted_again_from_a_bundle_of_it(
    demo: Platform, keys: dict[str, str], tmp_path: Path
) -> None:
    receipt_of(demo, keys["citizen"], decision_of(demo, keys["citizen"], "När är återvinningscentralen öppen?"))
    period = ("--from", "2020-01-01", "--to", "2100-01-01")
    certificate, page, bundle = (tmp_path / name for name in ("intyg.json", "intyg.html", "period.zip"))
    authority = ("--authority", "exempelby")
    demo.command("log", "certificate", *authority, *period, "--out", str(certificate), "--html", str(page))
    assert demo.command("log", "verify", str(certificate))["ok"] is True
    assert "Intyg om att inget saknas" in page.read_text()
    demo.command("log", "bundle", *authority, *period, "--part", "input", "--out", str(bundle))
    report = tmp_path / "rapport.html"
    checked = demo.command("log", "verify", str(bundle), "--html", str(report))
    assert checked["ok"] is True
    assert checked["counts"]["rules_run"] > 0
    assert "Allt stämmer." in report.read_text()
    # The certificate is older than the bundle: its own record, and who took the bundle, came after it.
    against = demo.run("log", "verify", str(bundle), "--certificate", str(certificate))
    assert against.returncode == 1
    assert "certificate.miscounted" in against.stdout
