"""What the rules hold back waits for a caseworker, and is told only after one has decided."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from allmanning.gateway.keys import create_key
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.contract.generate.served_model import served
from tests.e2e.test_questions import ask
from tests.platform_node import Platform

QUESTION = "När är återvinningscentralen öppen på lördagar?"


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform whose model nobody has approved: every free-worded answer is held for review."""
    script = Script(pieces=("På lördagar är återvinningscentralen öppen klockan 9.00–15.00. [1]",))
    with served(ScriptedModel(script)) as model:
        yield from started(model, tmp_path_factory.mktemp("careful"))


def started(model: ScriptedModel, folder: Path) -> Iterator[Platform]:
    environment = {
        "ALLMANNING_MODEL_API": "openai",
        "ALLMANNING_MODEL_URL": f"{model.url}/v1",
        "ALLMANNING_MODEL_NAME": "scripted",
    }
    platform = Platform(folder, environment=environment).start()
    platform.deploy("exempelby")
    admin = platform.key("exempelby", "admin")
    text = b"# Atervinning\n\n" + "Återvinningscentralen är öppen på lördagar klockan 9.00–15.00.\n".encode()
    with platform.http(admin) as client:
        sent = client.post(
            "/v1/documents", files={"file": ("oppet.md", text)}, data={"collection": "miljo", "secrecy": "open"}
        ).json()
        while client.get(f"/v1/documents/{sent['id']}").json()["state"] == "received":
            time.sleep(0.1)
    try:
        yield platform
    finally:
        platform.stop()


def waiting(client: httpx2.Client, decision_id: str) -> dict[str, Any]:
    for _ in range(100):
        for review in client.get("/v1/reviews").json()["reviews"]:
            # A record's content may come a moment after its leaf.
            if review["decision_id"] == decision_id and review["draft"] and review["reason"]:
                found: dict[str, Any] = review
                return found
        time.sleep(0.1)
    raise AssertionError("the held answer is not in the queue")


def test_a_held_answer_is_told_only_when_a_caseworker_has_approved_it(careful: Platform, tmp_path: Path) -> None:
    citizen, caseworker = careful.key("exempelby", "citizen"), careful.key("exempelby", "caseworker")
    with careful.http(citizen) as client:
        text, decision = ask(client, QUESTION)
        assert decision["outcome"] == "review"
        assert "15.00" not in text
        assert client.get("/v1/reviews").status_code == 403
    with careful.http(caseworker) as client:
        review = waiting(client, decision["decision_id"])
        assert "15.00" in review["draft"]
        closed = client.post(f"/v1/reviews/{decision['decision_id']}", json={"action": "approve"})
        assert closed.status_code == 200, closed.text
        again = client.post(f"/v1/reviews/{decision['decision_id']}", json={"action": "reject", "reason": "fel"})
        assert (again.status_code, again.json()["error"]["code"]) == (409, "review.closed")
    with careful.http() as client:
        page = client.get(f"/decision/{decision['decision_id']}", params={"authority": "exempelby"}).text
        for _ in range(50):
            if "15.00" in page:
                break
            time.sleep(0.1)
            page = client.get(f"/decision/{decision['decision_id']}", params={"authority": "exempelby"}).text
        assert "15.00" in page
    with careful.http(citizen) as client:
        events = f"/v1/decisions/{decision['decision_id']}/events"
        said = {"type": "contested", "kind": "human_intervention", "text": "Ni har öppet till 16."}
        contest = client.post(events, json=said).json()["record_id"]
    with careful.http(caseworker) as client:
        tried = waiting(client, contest)
        assert (tried["contests"], tried["reason"]) == (decision["decision_id"], "Ni har öppet till 16.")
        assert "15.00" in tried["draft"]
        client.post(f"/v1/reviews/{contest}", json={"action": "edit", "text": "Klockan 9.00–16.00."})
    with careful.http() as client:
        page = client.get(f"/decision/{decision['decision_id']}", params={"authority": "exempelby"}).text
        assert "Klockan 9.00–16.00." in page
    bundle = tmp_path / "logg.zip"
    careful.command("log", "bundle", "--authority", "exempelby", "--out", str(bundle))
    assert careful.run("log", "verify", str(bundle)).returncode == 0


def test_a_review_is_claimed_worked_on_and_closed_by_one_person(careful: Platform) -> None:
    with careful.http(create_key(careful.data, "exempelby", "citizen")) as client:
        _, decision = ask(client, QUESTION)
    path = f"/v1/reviews/{decision['decision_id']}"
    first = create_key(careful.data, "exempelby", "caseworker", competences=["jurist"])
    second = create_key(careful.data, "exempelby", "caseworker")
    with careful.http(first) as mine, careful.http(second) as other:
        review = waiting(mine, decision["decision_id"])
        assert (review["claimed_until"], review["overdue"]) == ("", False)
        assert mine.post(f"{path}/claim").json()["mine"]
        refused = other.post(f"{path}/claim")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "review.claimed")
        assert not waiting(other, decision["decision_id"])["mine"]
        records = mine.get(f"/v1/decisions/{decision['decision_id']}").json()["records"]
        [document, *_] = [each["document"] for record in records for each in record["leaf"].get("passages", [])]
        assert mine.post(f"{path}/seen", json={"document": document}).status_code == 204
        assert mine.post(f"{path}/seen", json={}).status_code == 204
        assert mine.post(f"{path}/seen", json={"document": "annat"}).status_code == 400
        assert mine.post(f"{path}/return", json={"note": "Kan du?"}).json()["claimed_until"] == ""
        assert other.post(f"{path}/claim").json()["note"] == "Kan du?"
        assert other.post(path, json={"action": "edit", "text": "Klockan 9–15."}).json()["state"] == "edited"
        found = mine.get("/v1/reviews").json()
        assert decision["decision_id"] not in [each["decision_id"] for each in found["reviews"]]
        assert mine.get("/v1/oversight").status_code == 403
    with careful.http(create_key(careful.data, "exempelby", "admin")) as admin:
        figures = admin.get("/v1/oversight").json()
        assert (figures["groups"], figures["least_group"]) == ([], 5)
        assert figures["withheld"] >= 1
        made = {
            "type": "decision.made",
            "decided_on": "2026-11-27",
            "mode": "automated",
            "content": "Ja.",
            "appeal_route": "laglighetsprövning",
            "delegation_ref": "5.1",
        }
        events = f"/v1/decisions/{decision['decision_id']}/events"
        refused = admin.post(events, json=made)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "event.delegation")
        wrong = records[0]["id"]
        corrected = {"type": "corrected", "corrects": wrong, "correction": "Lördagar.", "reason": "Skrivfel."}
        fixed = admin.post(events, json=corrected).json()["record_id"]
        for _ in range(50):
            read = admin.get(f"/v1/decisions/{decision['decision_id']}").json()["records"]
            if {each["id"]: each["corrected_by"] for each in read}[wrong] == [fixed]:
                break
            time.sleep(0.1)
        else:
            raise AssertionError("the correction does not show")
