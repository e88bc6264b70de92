"""What the rules hold back waits for a caseworker, and is told only after one has decided."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.test_questions import ask
from tests.platform_node import Platform

QUESTION = "När är återvinningscentralen öppen på lördagar?"


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform whose model nobody has approved: every free-worded answer is held for review."""
    from tests.benchmark.first_token import serve_in_background
    from tests.contract.generate.scripted_model import Script, ScriptedModel

    model = ScriptedModel(script=Script(pieces=("På lördagar är återvinningscentralen öppen klockan 9.00–15.00. [1]",)))
    serve_in_background(model)
    environment = {
        "ALLMANNING_MODEL_API": "openai",
        "ALLMANNING_MODEL_URL": f"{model.url}/v1",
        "ALLMANNING_MODEL_NAME": "scripted",
    }
    platform = Platform(tmp_path_factory.mktemp("careful"), environment=environment).start()
    platform.deploy("exempelby")
    admin = platform.key("exempelby", "admin")
    text = b"# Atervinning\n\n" + "Återvinningscentralen är öppen på lördagar klockan 9.00–15.00.\n".encode()
    with platform.http(admin) as client:
        sent = client.post(
            "/v1/documents", files={"file": ("oppet.md", text)}, data={"collection": "miljo", "secrecy": "open"}
        ).json()
        while client.get(f"/v1/documents/{sent['id']}").json()["state"] == "received":
            time.sleep(0.1)
    yield platform
    platform.stop()


def waiting(client: httpx2.Client, decision_id: str) -> dict[str, Any]:
    for _ in range(100):
        for review in client.get("/v1/reviews").json()["reviews"]:
            if review["decision_id"] == decision_id:
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
    bundle = tmp_path / "logg.zip"
    careful.command("log", "bundle", "--authority", "exempelby", "--out", str(bundle))
    assert careful.run("log", "verify", str(bundle)).returncode == 0
